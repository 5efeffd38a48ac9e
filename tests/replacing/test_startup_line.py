"""The line that `fastvenv.replace` installs: it acts in `python -m venv`, can't fail, and costs nothing elsewhere."""

import math
import subprocess
import sys
import timeit
from pathlib import Path

import pytest

from fastvenv import _startup
from fastvenv.replace import LINE
from platforms import posix_only
from replacing import pythons

pytestmark = posix_only("the installations are made of links")

OPTIONS = [["-m", "venv"], ["-I", "-m", "venv"], ["-Im", "venv"], ["-mvenv"], ["-IBmvenv"]]
OPTIONS += [["-X", "utf8", "-W", "ignore", "-m", "venv"], ["-Xutf8", "-Wm", "-Im", "venv"], ["-s", "-Emvenv"]]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> pythons.Python:
    """An environment with the line."""
    made = pythons.environment(tmp_path_factory.mktemp("replaced") / "env")
    assert made.replace("install").returncode == 0
    return made


@pytest.fixture
def own(tmp_path: Path) -> pythons.Python:
    """An environment with the line, for one test."""
    made = pythons.environment(tmp_path / "env")
    assert made.replace("install").returncode == 0
    return made


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
@pytest.mark.parametrize("args", [["--help"], ["--without-pip", "env"], ["--without-pip", "venv", "-m"]], ids=" ".join)
def test_it_acts_whatever_options_come_first(python: pythons.Python, options: list[str], args: list[str]) -> None:
    """`python -m venv` is served however it is written, with any arguments."""
    if args[-1] == "-m":
        args = [*args[:-1], "--prompt=-m"]
    assert python.served_by(*options, *args) == str(python.file)


@pytest.mark.parametrize(
    "command",
    [
        ["-c", "import sys; print('fastvenv' in sys.modules)", "-m", "venv"],
        ["-c", "import sys; print('fastvenv' in sys.modules)", "venv"],
        ["probe.py", "-m", "venv"],
        ["-m", "probe", "venv"],
        ["-m", "probe", "-m", "venv"],
        ["-mprobe", "venv"],
        ["-m", "mvenv"],
        ["-mmvenv"],
        ["-m", "deep.mvenv"],
        ["-mdeep.mvenv"],
        ["-m", "deep.venv"],
        ["--", "-m", "venv"],
        ["-"],
    ],
    ids=" ".join,
)
def test_it_acts_for_nothing_else(python: pythons.Python, tmp_path: Path, command: list[str]) -> None:
    """Any other process has not even imported fastvenv."""
    (tmp_path / "deep").mkdir()
    for name in ("probe.py", "mvenv.py", "deep/mvenv.py", "deep/venv.py", "-m"):
        (tmp_path / name).write_text("import sys; print('fastvenv' in sys.modules)")
    process = python.start(*command, cwd=tmp_path)
    assert process.communicate() == ("" if command == ["-"] else "False\n", "")


def test_fastvenv_s_own_command_is_not_touched(python: pythons.Python) -> None:
    """`python -m fastvenv` runs as ever."""
    assert python.served_by("-m", "fastvenv", "--help") is None


def test_other_processes_import_nothing_more(python: pythons.Python) -> None:
    """With and without the line, the same modules are loaded."""
    program = "import sys; print(sorted(sys.modules))"
    replaced = python.run("-c", program).stdout
    python.file.rename(python.packages / "aside")
    try:
        assert python.run("-c", program).stdout == replaced
    finally:
        (python.packages / "aside").rename(python.file)


@pytest.mark.parametrize("args", [["-c", "venv"], ["-m", "x"], ["script.py", *["argument"] * 1000]], ids=lambda a: a[0])
def test_other_processes_lose_no_time(monkeypatch: pytest.MonkeyPatch, args: list[str]) -> None:
    """It takes at most a hundredth of Python's start, measured as `site` executes it.

    Other load only ever adds time, to either side: both are measured in turn, until their best times show it.
    """
    monkeypatch.setattr(sys, "argv", args[:1] + args[2:])
    monkeypatch.setattr(sys, "orig_argv", ["python", *args])
    python = [sys.executable, "-c", "pass"]
    line = start = math.inf
    for _ in range(100):
        line = min(line, *timeit.repeat(lambda: exec(LINE), number=1, repeat=50))
        start = min(start, timeit.timeit(lambda: subprocess.run(python, check=True), number=1))
        if line <= start / 100:
            return
    pytest.fail(f"it takes {line * 1000:.3f} ms, and Python's start {start * 1000:.1f} ms")


@pytest.mark.parametrize("argv", [None, [], ["-m"], ["-m", *"abcdef"], ("-m",)], ids=repr)
def test_it_does_not_mind_odd_arguments(monkeypatch: pytest.MonkeyPatch, argv: object) -> None:
    """Programs may call `site.addsitedir` after they have changed `sys.argv`."""
    monkeypatch.setattr(sys, "argv", argv)
    exec(LINE)
    monkeypatch.delattr(sys, "argv")
    exec(LINE)


def test_without_site_the_standard_library_runs(python: pythons.Python) -> None:
    """`python -S` reads no such file."""
    assert python.served_by("-S", "-m", "venv", "--help") is None


@pytest.mark.parametrize("value", ["", "1"])
def test_the_variable_leaves_it_on(python: pythons.Python, value: str) -> None:
    """An empty FASTVENV_REPLACE counts as unset."""
    assert python.served_by("-m", "venv", "--help", FASTVENV_REPLACE=value) == str(python.file)


def test_the_variable_turns_it_off(python: pythons.Python) -> None:
    """FASTVENV_REPLACE=0 turns it off for a process and its children."""
    assert python.served_by("-m", "venv", "--help", FASTVENV_REPLACE="0") is None
    program = "import subprocess, sys; subprocess.run([sys.executable, '-m', 'venv', '-h'], check=True)"
    assert python.served_by("-c", program) == str(python.file)
    assert python.served_by("-c", program, FASTVENV_REPLACE="0") is None


def test_the_variable_has_no_other_value(python: pythons.Python, tmp_path: Path) -> None:
    """What was perhaps meant to turn it off is refused, and nothing is made."""
    done = python.run("-m", "venv", tmp_path / "env", FASTVENV_REPLACE="no")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "Error: FASTVENV_REPLACE is 'no', not 0 or 1. Correct the variable or unset it.\n"
    assert not (tmp_path / "env").exists()


def test_a_venv_py_in_the_current_directory_does_not_win(python: pythons.Python, tmp_path: Path) -> None:
    """The interpreter alone would run it."""
    (tmp_path / "venv.py").write_text("print('local')")
    assert python.run("-m", "venv", "-h", cwd=tmp_path).stdout.startswith("usage: venv ")
    assert python.run("-m", "venv", "-h", cwd=tmp_path, FASTVENV_REPLACE="0").stdout == "local\n"


@pytest.mark.parametrize(
    "args", [["-h"], [], ["--nonsense", "env"], ["--upgrade", "--clear", "env"], ["a:b"], ["pyvenv.cfg/env"]], ids=repr
)
def test_it_is_fastvenv_in_everything_it_says(python: pythons.Python, args: list[str]) -> None:
    """Output, messages and status are those of `python -m fastvenv`, under the name `venv`."""
    expected, done = python.run("-m", "fastvenv", *args), python.run("-m", "venv", *args)
    assert done.returncode == expected.returncode
    for text, said in ((expected.stdout, done.stdout), (expected.stderr, done.stderr)):
        text = text.replace("usage: fastvenv", "usage: venv").replace("fastvenv: error", "venv: error")
        text = text.replace("-m fastvenv", "-m venv")
        assert said.split() == text.split()  # the longer name breaks the lines of the usage elsewhere


def test_the_recorded_command_is_the_interpreter_s_own(python: pythons.Python, tmp_path: Path) -> None:
    """pyvenv.cfg is the same file, byte for byte, where the interpreter's own venv writes the command."""
    env, written = tmp_path / "env", []
    for variables in ({}, {"FASTVENV_REPLACE": "0"}):
        args = ["--clear", "--without-pip", "--copies", "--prompt", "a b"]
        assert python.run("-m", "venv", *args, env, **variables).returncode == 0
        written.append((env / "pyvenv.cfg").read_text())
    command = [line for line in written[0].splitlines() if line.startswith("command = ")]
    assert command[0].startswith(f"command = {python.executable} -m venv ")
    if "command = " in written[1]:
        assert command[0] in written[1].splitlines()


DAMAGE = {
    "exit": ("__init__.py", "raise SystemExit(3)"),
    "interrupt": ("__init__.py", "raise KeyboardInterrupt"),
    "generator": ("__init__.py", "raise GeneratorExit"),
    "syntax": ("__init__.py", "("),
    "empty": ("__init__.py", ""),
    "null": ("__init__.py", "\0"),
    "core": ("_core.abi3.so", "not a library"),
    "command line": ("_cli.py", "def"),
    "main": ("__main__.py", "import nothing_like_it"),
    "startup": ("_startup.py", ""),
}


@pytest.mark.slow
@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_fastvenv_is_not_noticed(own: pythons.Python, damage: str) -> None:
    """Whatever its import raises, the standard library's venv runs, and nothing else is printed."""
    name, text = DAMAGE[damage]
    damaged = pythons.copy_of_fastvenv(own) / name
    damaged.unlink(missing_ok=True)
    damaged.write_text(text)
    check_the_standard_library_runs(own)


# What `python -m venv` does not use.
UNUSED = {"_replace.py", "cache.py", "check.py", "repair.py", "replace.py", "run.py", "testing.py"}
NEEDED = [path.relative_to(pythons.PACKAGE).as_posix() for path in sorted(pythons.PACKAGE.rglob("*"))]
NEEDED = [name for name in NEEDED if name.endswith((".py", ".so")) and name not in UNUSED]


@pytest.mark.slow
@pytest.mark.parametrize("name", [*NEEDED, *(f"scripts/{script}" for script in _startup.SCRIPTS)])
def test_an_incomplete_fastvenv_is_not_noticed(own: pythons.Python, name: str) -> None:
    """If any file that the command may need is missing, the standard library's venv runs."""
    package = pythons.copy_of_fastvenv(own)
    assert own.served_by("-m", "venv", "--help") == str(own.file)
    (package / name).unlink()
    check_the_standard_library_runs(own)


def test_every_script_is_looked_for() -> None:
    """The list of scripts is that of the package, for this platform."""
    scripts = pythons.PACKAGE / "scripts"
    there = [path for part in ("common", "posix") for path in (scripts / part).iterdir()]
    assert sorted(path.relative_to(scripts).as_posix() for path in there) == sorted(_startup.SCRIPTS)


def check_the_standard_library_runs(python: pythons.Python) -> None:
    """Check that the command does what it does when the replacement is off."""
    assert python.run("-m", "venv", "--help").stdout == python.run("-m", "venv", "-h", FASTVENV_REPLACE="0").stdout
    done = python.run("-m", "venv", "--without-pip", "made")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (python.executable.parents[1] / "made" / "pyvenv.cfg").exists()


@pytest.mark.slow
def test_pip_uninstall_leaves_the_standard_library(tmp_path: Path) -> None:
    """The line stays when pip has uninstalled fastvenv, and does nothing."""
    python = pythons.environment(tmp_path / "env", with_pip=True)
    (python.packages / "a.pth").unlink()
    pip = ["-m", "pip", "--disable-pip-version-check"]
    done = python.run(*pip, "install", "--no-index", pythons.wheel(tmp_path))
    assert done.returncode == 0, done.stderr
    assert python.replace("install").returncode == 0
    assert python.served_by("-m", "venv", "--help") == str(python.file)
    assert python.run(*pip, "uninstall", "--yes", "fastvenv").returncode == 0
    assert python.file.exists()
    check_the_standard_library_runs(python)


def test_the_wheel_has_no_such_file() -> None:
    """The package has no file that `site` would read; scanners rightly flag such files."""
    assert not list(pythons.PACKAGE.rglob("*.pth"))
    assert not list(pythons.PACKAGE.rglob("*.start"))


def test_an_installation_is_served_too(tmp_path: Path) -> None:
    """`python -m venv` of a base interpreter is served, and its environments are not."""
    base = pythons.installation(tmp_path / "python")
    assert base.replace("install").returncode == 0
    assert base.served_by("-Im", "venv", "--without-pip", tmp_path / "env") == str(base.file)
    made = pythons.Python(tmp_path / "env" / "bin" / "python")
    assert made.run("-c", "import sys; print(sys.base_prefix)").stdout == f"{tmp_path / 'python'}\n"
    assert made.served_by("-m", "venv", "--help") is None


def test_an_environment_with_access_to_the_installation_is_served(tmp_path: Path) -> None:
    """With --system-site-packages, the line of the base interpreter is read there too."""
    base = pythons.installation(tmp_path / "python")
    assert base.replace("install").returncode == 0
    env = tmp_path / "env"
    assert base.run("-m", "venv", "--without-pip", "--system-site-packages", env).returncode == 0
    assert pythons.Python(env / "bin" / "python").served_by("-m", "venv", "--help") == str(base.file)
