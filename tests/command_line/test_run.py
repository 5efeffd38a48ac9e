"""python -m fastvenv.run: everything is as with `python -m` and `python`, but for `venv`, which is fastvenv."""

import os
import py_compile
import subprocess
import sys
import zipfile

import pytest

import fastvenv
from platforms import BIN, posix_only

# Tells all that a program can see of how it was started, and then does what its first argument says.
PROBE = """
import sys

def outcome(what):
    if what == "error":
        raise ValueError("wrong")
    if what == "cause":
        try:
            {}["key"]
        except KeyError as error:
            raise ValueError("wrong") from error
    if what == "interrupt":
        raise KeyboardInterrupt
    if what == "hook":
        sys.excepthook = lambda kind, error, trace: print("hook", kind, error, trace.tb_frame.f_code.co_name)
        raise ValueError("wrong")
    if what == "at exit":
        import atexit
        atexit.register(lambda: print(sys.modules["__main__"].outcome.__name__))
    if what == "thread":
        import threading
        started = threading.main_thread()
        threading.Thread(target=lambda: (started.join(), print(sys.modules["__main__"].outcome.__name__))).start()
    if what == "pickle":
        import pickle
        print(pickle.loads(pickle.dumps(outcome)) is outcome)
    if what.startswith("exit"):
        sys.exit({"exit 3": 3, "exit": None, "exit text": "text", "exit true": True, "exit -1": -1}[what])

print(sys.argv, sys.path, list(vars()), sys.flags)
print(__name__, __file__, __package__, type(__loader__), getattr(__spec__, "name", None), vars().get("__cached__"))
print(sys.excepthook is sys.__excepthook__, sys.modules["__main__"].__dict__ is globals())
outcome(sys.argv[1] if len(sys.argv) > 1 else "")
"""
OUTCOMES = [
    "", "error", "cause", "interrupt", "hook", "at exit", "thread", "pickle",
    "exit", "exit 3", "exit text", "exit true", "exit -1",
]  # fmt: skip


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """A folder with programs of every kind, which becomes the current one."""
    package, folder = tmp_path / "package", tmp_path / "folder"
    for made in (package, folder, tmp_path / "empty"):
        made.mkdir()
    for file in (tmp_path / "probe.py", folder / "__main__.py", folder / "inner.py", package / "__main__.py"):
        file.write_text(PROBE)
    (package / "__init__.py").write_text("")
    (package / "broken.py").write_text("import missing_module\n")
    (tmp_path / "syntax.py").write_text("print(1)\nprint(2\n")
    (tmp_path / "latin.py").write_bytes("# coding: latin-1\nprint(ascii('\xe9'))\n".encode("latin-1"))
    (tmp_path / "link.py").symlink_to(folder / "inner.py")
    py_compile.compile(str(tmp_path / "probe.py"), tmp_path / "compiled.pyc")
    with zipfile.ZipFile(tmp_path / "probe.pyz", "w") as archive:
        archive.writestr("__main__.py", PROBE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "elsewhere"))
    return tmp_path


def both(program, *args, options=()):
    """Exit status, output and errors of a program: by the interpreter alone, and by fastvenv.run."""
    results = []
    for start in (["-m"] if isinstance(program, tuple) else [], ["-m", "fastvenv.run"]):
        name = program[0] if isinstance(program, tuple) else program
        command = [sys.executable, *options, *start, name, *args]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        results.append((done.returncode, done.stdout, done.stderr))
    return results


@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize("program", [("probe",), "probe.py"], ids=["module", "script"])
@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_outcome_is_the_program_s_own(program, outcome):
    """Status, output and tracebacks are those of `python -m MODULE` and `python SCRIPT`, whatever the program does."""
    theirs, ours = both(program, outcome, "--option", "-h")
    assert ours == theirs


@posix_only("the paths of some programs are those of POSIX")
@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize(
    "program",
    [
        ("package",),
        ("package.__main__",),
        ("package.broken",),
        ("syntax",),
        ("empty",),
        ("missing",),
        ("package.missing",),
        ("probe.missing",),
        "./probe.py",
        "folder/../probe.py",
        "folder/inner.py",
        "link.py",
        "latin.py",
        "syntax.py",
        "compiled.pyc",
        "probe.pyz",
        "./folder",
        "./empty",
        "missing.py",
        "./missing",
    ],
    ids=str,
)
@pytest.mark.parametrize("options", [[], ["-I"], ["-P"]], ids=str)
def test_every_kind_of_program(program, options):
    """Packages, scripts, links, bytecode, zip files, folders, and what is broken or missing: all as without us."""
    if options == ["-P"] and sys.version_info < (3, 11):
        pytest.skip("-P came with 3.11")
    theirs, ours = both(program, options=options)
    assert ours == theirs


def test_venv_is_fastvenv_in_it(programs):
    """The program's `import venv` gives fastvenv, in every form."""
    (programs / "user.py").write_text(
        "import venv, fastvenv\nfrom venv import EnvBuilder\nprint(venv is fastvenv, EnvBuilder is venv.EnvBuilder)\n"
    )
    for name in ("user", "user.py"):
        assert subprocess.check_output([sys.executable, "-m", "fastvenv.run", name]) == b"True True\n"


def test_venv_itself(programs):
    """`python -m fastvenv.run venv` is fastvenv's command line."""
    command = [sys.executable, "-m", "fastvenv.run", "venv", "--without-pip", "env"]
    subprocess.run(command, check=True)
    text = (programs / "env" / BIN / "activate").read_text()
    fastvenv.create(programs / "env", clear=True)
    assert text == (programs / "env" / BIN / "activate").read_text()


def test_other_processes_are_not_affected(programs):
    """A Python that the program starts has the standard library's `venv`."""
    (programs / "starter.py").write_text(
        "import subprocess, sys\nprogram = 'import venv, sys; print(\"fastvenv\" in sys.modules)'\n"
        "subprocess.run([sys.executable, '-c', program], check=True)\n"
    )
    assert subprocess.check_output([sys.executable, "-m", "fastvenv.run", "starter"]) == b"False\n"


def test_multiprocessing_finds_the_main_module(programs):
    """A spawned worker imports the program again under its own name, module or script."""
    (programs / "workers.py").write_text(
        "import multiprocessing\n\ndef work(x):\n    return x * 2\n\nif __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n        print(pool.map(work, [1, 2]))\n"
    )
    for program in (("workers",), "workers.py"):
        theirs, ours = both(program)
        assert ours == theirs == (0, "[2, 4]\n", "")


@pytest.mark.usefixtures("programs")
@pytest.mark.parametrize("args", [[], [""], ["-c", "pass"], ["--nonsense"], ["-m", "probe"]], ids=str)
def test_misuse_has_status_2(args):
    """What is no program is told on stderr, with the usage."""
    done = subprocess.run([sys.executable, "-m", "fastvenv.run", *args], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: python -m fastvenv.run MODULE")


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help(flag):
    """Help goes to stdout, with status 0; after the program's name it is the program's."""
    done = subprocess.run([sys.executable, "-m", "fastvenv.run", flag], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "PATH" in done.stdout


def test_a_subclass_of_start_up_is_told(programs):
    """Where start-up has made a class that can't be served, an error says which, and the program isn't run."""
    (programs / "elsewhere").mkdir()
    (programs / "elsewhere" / "sitecustomize.py").write_text("import venv\nclass Early(venv.EnvBuilder): pass\n")
    done = subprocess.run(
        [sys.executable, "-m", "fastvenv.run", "probe"], capture_output=True, text=True, check=False, env=os.environ
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "sitecustomize.Early" in done.stderr
