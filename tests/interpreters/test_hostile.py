"""What isn't a Python, or behaves badly, is refused in time with a message, and nothing is written."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

import fastvenv
import pythons
from platforms import posix_only

pytestmark = posix_only("shell scripts stand in for Pythons")

LIMIT = 15  # seconds that an interpreter has for its answer


@pytest.fixture
def pids(tmp_path):
    """A pipe in which scripts write their process ids; what is still alive in the end is killed."""
    pipe = tmp_path / "pids"
    os.mkfifo(pipe)
    descriptor = os.open(pipe, os.O_RDWR)

    class Pids:
        path = pipe
        seen = ()

        def read(self):
            """The ids that were written meanwhile; waits for the first."""
            self.seen = [int(line) for line in os.read(descriptor, 1000).split()]
            return self.seen

    pids = Pids()
    yield pids
    os.close(descriptor)
    for pid in pids.seen:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def is_alive(pid):
    """Whether the process is still there."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_file_that_is_not_executable(refused, tmp_path):
    """A file without the permission to run it is named."""
    (tmp_path / "python").write_text("#!/bin/sh\n")
    assert str(tmp_path / "python") in refused(tmp_path / "python")


def test_a_file_that_is_no_program(refused, tmp_path):
    """An executable file that the kernel doesn't run is named."""
    (tmp_path / "python").write_bytes(b"\x7fELF no program")
    (tmp_path / "python").chmod(0o755)
    assert str(tmp_path / "python") in refused(tmp_path / "python")


@pytest.mark.parametrize("path", ["missing/python3", "missing", "env/bin/python"])
def test_a_path_that_is_missing(path, refused, tmp_path):
    """A path that leads nowhere is named."""
    assert str(tmp_path / path) in refused(tmp_path / path)


def test_a_link_that_leads_nowhere(refused, tmp_path):
    """A link to an interpreter that was uninstalled is named."""
    (tmp_path / "python").symlink_to("/nowhere/python3")
    assert str(tmp_path / "python") in refused(tmp_path / "python")


def test_a_loop_of_links(refused, tmp_path):
    """A link to itself is named."""
    (tmp_path / "python").symlink_to("python")
    assert str(tmp_path / "python") in refused(tmp_path / "python")


@pytest.mark.parametrize("inside", ["", "bin/", "bin/python3/", "bin/python/inner"])
def test_a_directory_without_a_python(inside, refused, tmp_path):
    """A directory that is neither an installation nor an environment is named."""
    (tmp_path / "folder" / inside).mkdir(parents=True)
    assert str(tmp_path / "folder") in refused(tmp_path / "folder")


@pytest.mark.parametrize(
    "spec",
    ["", "\n", "python3\n", "python3\nhome = /evil", " ", "-c", "--version", "\0", "a\0b", "\udcff"],
    ids=ascii,
)
def test_names_that_no_python_has(spec, refused):
    """A newline, an option, a NUL or nothing at all is no name of an interpreter."""
    refused(spec)


def test_a_newline_in_the_message_is_escaped(refused):
    """What is quoted in a message doesn't look like another message."""
    assert "\nError: forged" not in refused("python\nError: forged")


@pytest.mark.parametrize("python", [1, 3.12, ["python3"], b"python3", True], ids=repr)
def test_what_is_no_path_is_a_type_error(python, tmp_path):
    """A version is a string: 3.10 as a number would be 3.1."""
    with pytest.raises(TypeError):
        fastvenv.create(tmp_path / "env", python=python)
    assert not (tmp_path / "env").exists()


@pytest.mark.parametrize("character", ["\n", "\r"], ids=ascii)
def test_an_installation_whose_path_has_a_newline(character, other, refused, tmp_path):
    """No line can be added to pyvenv.cfg by the name of a directory."""
    refused(pythons.twin(other.path, tmp_path / f"twin{character}include-system-site-packages = true"))


FORGED = {
    "executable": "/bin/sh",
    "base_executable": "/bin/sh",
    "version": [3, 12, 0],
    "version_info": [3, 12, 0, "final", 0],
    "implementation": "cpython",
    "platform": "linux",
    "prefix": "/usr",
    "base_prefix": "/usr",
}

ANSWERS = {
    "JSON without the marker": f"echo '{json.dumps(FORGED)}'",
    "its own arguments": 'echo "$@"',
    "its own arguments, one per line": 'for argument; do echo "$argument"; done',
    "its own arguments and JSON": f"""for argument; do printf '%s\\n%s\\n' "$argument" '{json.dumps(FORGED)}'; done""",
    "each word of its arguments before JSON": f"""for word in $*; do echo "$word" '{json.dumps(FORGED)}'; done""",
    "a number": "echo 1",
    "no text": r"printf '\377\376\000'",
    "nothing": "exit 0",
    "the name of a Python": "echo Python 3.12.1",
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS.keys())
def test_forged_answers(answer, script, refused):
    """What isn't the answer to the question is not believed."""
    python = script(answer)
    assert str(python) in refused(python)


@pytest.mark.parametrize("end", ["exit 3", "kill -SEGV $$"])
def test_one_that_fails(end, script, refused):
    """The message has what a failing interpreter printed."""
    message = refused(script(f"echo 'on stdout'; echo 'library is missing' >&2; {end}"))
    assert "library is missing" in message


@pytest.mark.parametrize("end", ["exit 3", "kill -KILL $$"])
def test_one_that_answers_and_then_crashes(end, other, script, refused):
    """Its answer doesn't count: nothing that it was asked for later would work either."""
    message = refused(script(f'echo "a last word"; "{other.path}" "$@"; {end}'))
    assert "isn't a working Python" in message
    assert message.endswith("It printed: a last word")


@pytest.mark.slow
def test_one_that_never_ends(script, refused, pids, tmp_path):
    """After the limit the interpreter is killed, even one that ignores signals, and the message names the limit."""
    os.mkfifo(tmp_path / "silent")
    python = script(f"""echo hello; echo $$ > "{pids.path}"; trap '' TERM INT HUP; read line < "{tmp_path}/silent\"""")
    start = time.monotonic()
    message = refused(python)
    assert LIMIT - 1 < time.monotonic() - start < LIMIT + 10
    assert str(LIMIT) in message
    assert not any(map(is_alive, pids.read()))


def test_one_that_ends_and_leaves_a_child_with_the_pipe(script, refused, pids):
    """A child that keeps the pipe open doesn't keep fastvenv waiting for ever."""
    python = script(f'sleep 1000 & echo $! > "{pids.path}"; exit 0')
    start = time.monotonic()
    refused(python)
    assert time.monotonic() - start < LIMIT + 10
    pids.read()


def test_a_python_beside_a_child_with_the_pipe(other, script, is_of, pids, tmp_path):
    """A shim that starts a daemon and then the interpreter is as good as another."""
    python = script(f'sleep 1000 & echo $! > "{pids.path}"; exec "{other.path}" "$@"')
    start = time.monotonic()
    fastvenv.create(tmp_path / "env", symlinks=True, python=python)
    assert time.monotonic() - start < LIMIT + 10
    pids.read()
    assert is_of(other)


@pytest.mark.parametrize("lines", ["exec yes", "exec yes >&2", "exec cat /dev/zero"])
def test_one_that_prints_without_end(lines, script, refused):
    """Output without end takes neither all memory nor more time than the limit, and the message stays short."""
    start = time.monotonic()
    message = refused(script(lines))
    assert time.monotonic() - start < LIMIT + 10
    assert len(message) < 10_000


def test_one_that_prints_much_before_its_answer(other, script, is_of, tmp_path):
    """Start-up chatter, on both streams and more than a pipe holds, does no harm."""
    chatter = "echo hello; echo '{}'; echo 'a warning' >&2; head -c 200000 /dev/zero; head -c 200000 /dev/zero >&2"
    fastvenv.create(tmp_path / "env", symlinks=True, python=script(f'{chatter}; exec "{other.path}" "$@"'))
    assert is_of(other)


def test_one_that_prints_after_its_answer(other, script, is_of, tmp_path):
    """What comes after the answer does no harm either."""
    python = script(f'"{other.path}" "$@"; status=$?; echo; echo bye; exit $status')
    fastvenv.create(tmp_path / "env", symlinks=True, python=python)
    assert is_of(other)


def test_one_that_reads_its_input(other, script, is_of, tmp_path):
    """An interpreter gets none of our input."""
    python = script(f'cat > "{tmp_path}/read"; exec "{other.path}" "$@"')
    command = [sys.executable, "-m", "fastvenv", "--without-pip", "--python", python, tmp_path / "env"]
    subprocess.run(command, input="mine\n", text=True, check=True, timeout=60)
    assert (tmp_path / "read").read_text() == ""
    assert is_of(other)


def test_an_interrupt_while_an_interpreter_is_asked(script, pids, tmp_path):
    """Ctrl-C ends the wait, and the interpreter that was asked."""
    python = script(f'echo $$ > "{pids.path}"; exec sleep 1000')
    program = "import sys, fastvenv; fastvenv.create(sys.argv[1], python=sys.argv[2])"
    child = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path / "env", python], stderr=subprocess.PIPE, text=True
    )
    [asked] = pids.read()
    start = time.monotonic()
    child.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in child.communicate(timeout=30)[1]
    assert time.monotonic() - start < 10
    assert not is_alive(asked)
    assert not (tmp_path / "env").exists()


@pytest.mark.parametrize("symlinks", [True, False])
@pytest.mark.parametrize("spec", ["bin/python", "."])
def test_an_environment_whose_base_is_gone(spec, symlinks, other, refused, tmp_path):
    """An environment of an interpreter that was uninstalled is no interpreter."""
    base = pythons.ask(pythons.twin(other.path, tmp_path / "twin"))
    base.run(f"import sys, venv; venv.create(sys.argv[1], symlinks={symlinks})", tmp_path / "inner")
    shutil.rmtree(tmp_path / "twin")
    assert str(tmp_path / "inner") in refused(tmp_path / "inner" / spec)


POISON = {
    "PYTHONHOME": "/nowhere",
    "PYTHONPATH": "{folder}",
    "PYTHONSTARTUP": "{folder}/json.py",
    "PYTHONINSPECT": "1",
    "PYTHONIOENCODING": "utf-16",
    "PYTHONOPTIMIZE": "2",
    "PYTHONPLATLIBDIR": "lib-of-another",
    "PYTHONEXECUTABLE": "/nowhere/python",
    "PYTHONWARNINGS": "error",
    "PYTHONVERBOSE": "1",
    "PYTHONDUMPREFS": "1",
    "PYTHONMALLOC": "nonsense",
    "PYTHONHASHSEED": "nonsense",
    "PYTHONUTF8": "nonsense",
    "_PYTHON_SYSCONFIGDATA_NAME": "nonsense",
}


@pytest.mark.slow
@pytest.mark.parametrize("names", [[name] for name in POISON] + [list(POISON)], ids="-".join)
def test_variables_of_python_do_not_reach_it(names, other, is_of, tmp_path, monkeypatch):
    """Whatever PYTHON variables say to the running interpreter, the other one isn't told."""
    # A copy, which wasn't asked yet.
    python = pythons.twin(other.path, tmp_path / "twin")
    folder = tmp_path / "modules"
    folder.mkdir()
    for module in ("json", "os", "sysconfig", "encodings", "sitecustomize"):
        (folder / f"{module}.py").write_text("raise SystemExit('poisoned')\n")
    monkeypatch.chdir(folder)
    for name in names:
        monkeypatch.setenv(name, POISON[name].format(folder=folder))
    fastvenv.create(tmp_path / "env", symlinks=True, python=python)
    monkeypatch.undo()
    assert is_of(pythons.ask(python))


def test_modules_beside_it_are_not_imported(other, is_of, tmp_path):
    """A json.py in the directory of the executable or of a script isn't the interpreter's."""
    python = pythons.twin(other.path, tmp_path / "twin")
    for module in ("json", "sysconfig"):
        (python.parent / f"{module}.py").write_text("raise SystemExit('poisoned')\n")
    fastvenv.create(tmp_path / "env", symlinks=True, python=python)
    assert is_of(pythons.ask(python))
