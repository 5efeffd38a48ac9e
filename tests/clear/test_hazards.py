"""clear meets what it may not delete: swapped folders, mounts, read-only folders, fastvenv itself, an interrupt."""

import contextlib
import ctypes
import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import fastvenv
import faults
from circumstances import limit, mounted
from platforms import linux_only, posix_only

AT_FDCWD, RENAME_EXCHANGE = -100, 2


def exchange(one, other):
    """Give two paths each other's place, in one step."""
    renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    if renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE):
        raise OSError(ctypes.get_errno(), "cannot exchange", str(one))


def keep_exchanging(one, other):
    """Go on exchanging two paths until killed, or until one of them is gone."""
    with contextlib.suppress(OSError):
        while True:
            exchange(one, other)


def cleared(env):
    """How a clearing ended: None, the errno, or that it was refused for the sake of a link."""
    try:
        fastvenv.EnvBuilder().clear_directory(env)
    except ValueError as error:
        return "refused" if "Unable to create directory" in str(error) else error
    except OSError as error:
        return error.errno
    return None


@pytest.fixture
def exchanging(tmp_path):
    """Starts a process that exchanges two paths all the time."""
    try:
        (tmp_path / "a").mkdir()
        (tmp_path / "b").mkdir()
        exchange(tmp_path / "a", tmp_path / "b")
    except (AttributeError, OSError):
        pytest.skip("paths can't be exchanged here")
    processes = []

    def start(one, other):
        while processes:
            processes.pop().kill()
        process = multiprocessing.get_context("fork").Process(target=keep_exchanging, args=(one, other))
        process.start()
        processes.append(process)

    yield start
    for process in processes:
        process.kill()
        process.join()


def precious(folder):
    """A folder with files that must survive."""
    for number in range(30):
        (folder / str(number)).mkdir(parents=True)
        (folder / str(number) / "kept").write_text("precious")
    return faults.snapshot(folder)


@linux_only("two paths are exchanged by renameat2")
def test_a_folder_inside_that_is_swapped_for_a_link(tmp_path, exchanging):
    """While a folder in the environment and a link to elsewhere change places all the time, nothing elsewhere goes.

    Both have the same names in them: who goes by paths deletes elsewhere in the first rounds.
    """
    outside, env = tmp_path / "outside", tmp_path / "env"
    before = precious(outside)
    for number in range(2 * faults.ROUNDS):
        inner = env / f"inner{number}"
        precious(inner)
        (tmp_path / f"trap{number}").symlink_to(outside)
        exchanging(inner, tmp_path / f"trap{number}")
        assert cleared(env) in (None, errno.ENOTDIR, errno.ENOTEMPTY, errno.EISDIR, errno.ENOENT)
        assert faults.snapshot(outside) == before


@linux_only("two paths are exchanged by renameat2")
def test_the_folder_itself_that_is_swapped_for_a_link(tmp_path, exchanging):
    """While the environment's folder and a link to elsewhere change places all the time, nothing elsewhere goes."""
    outside, env, trap = tmp_path / "outside", tmp_path / "env", tmp_path / "trap"
    before = precious(outside)
    env.mkdir()
    trap.symlink_to(outside)
    exchanging(env, trap)
    seen = []
    enough = time.monotonic() + 30
    while (len(seen) < 50 * faults.ROUNDS or len(set(seen)) < 2) and time.monotonic() < enough:
        seen.append(cleared(env))
    assert faults.snapshot(outside) == before
    # ENOTDIR: a link when it was opened, and a folder when it was looked at.
    assert {None, "refused"} <= set(seen) <= {None, "refused", errno.ENOTDIR}


def test_what_is_mounted_inside(tmp_path):
    """A folder that is mounted in the environment, be it of the same file system, keeps its files; EBUSY names it."""
    outside, env = tmp_path / "outside", tmp_path / "env"
    before = precious(outside)
    (env / "lib/data").mkdir(parents=True)
    (env / "junk").touch()
    with mounted(env / "lib/data", "bind", outside), pytest.raises(OSError, match="busy") as caught:
        fastvenv.create(env, clear=True)
    assert (caught.value.errno, caught.value.filename) == (errno.EBUSY, str(env / "lib/data"))
    assert any(note.startswith(f"'{env}' still contains ") and "'lib'" in note for note in caught.value.__notes__)
    assert faults.snapshot(outside) == before


def test_a_read_only_folder_inside(tmp_path):
    """What its owner has made read-only is not made writable: the error names it, and says what remains."""
    faults.need_root()
    env = tmp_path / "env"
    (env / "frozen").mkdir(parents=True)
    (env / "frozen" / "kept").write_text("precious")
    for path in [env, *env.rglob("*")]:
        os.chown(path, 65534, 65534)
    (env / "frozen").chmod(0o555)
    code, *told = faults.as_nobody(lambda: fastvenv.create(env, clear=True), tmp_path)
    assert int(code) == errno.EACCES
    assert told[:2] == [str(env / "frozen/kept"), "fastvenv could not remove"]
    assert told[-1] == f"'{env}' still contains 'frozen'"
    assert (env / "frozen" / "kept").read_text() == "precious"


@pytest.mark.parametrize("name", ["a", "lib", "z"])
def test_everything_else_goes_where_one_entry_resists(name, tmp_path):
    """Whatever its place in the order, one entry that can't be removed is all that remains, with what it is in."""
    env = tmp_path / "env"
    for folder in ("a", "b/deep", "lib", "z/deep"):
        (env / folder).mkdir(parents=True)
        (env / folder / "file").touch()
    (env / name / "data").mkdir()
    with mounted(env / name / "data", "size=1m"), pytest.raises(OSError, match="busy") as caught:
        fastvenv.create(env, clear=True)
    assert caught.value.filename == str(env / name / "data")
    assert sorted(path.relative_to(env) for path in env.rglob("*")) == [Path(name), Path(name, "data")]
    if sys.version_info >= (3, 11):
        assert f"'{env}' still contains '{name}'" in caught.value.__notes__
    fastvenv.create(env, clear=True)
    assert not (env / name / "data").exists()


def test_the_first_of_several_that_resist_is_named(tmp_path):
    """Of two entries that can't be removed the error names the first by name, and the note both."""
    env = tmp_path / "env"
    for name in ("one", "two", "gone"):
        (env / name).mkdir(parents=True)
    with mounted(env / "two", "size=1m"), mounted(env / "one", "size=1m"):
        with pytest.raises(OSError, match="busy") as caught:
            fastvenv.create(env, clear=True)
        assert sorted(os.listdir(env)) == ["one", "two"]
    assert caught.value.filename == str(env / "one")


def test_a_long_list_of_what_remains_is_cut(tmp_path):
    """Of what remains five names are told, and how many more there are."""
    faults.need_strace()
    env = tmp_path / "env"
    for number in range(9):
        (env / str(number) / "below").mkdir(parents=True)
    program = "import sys, fastvenv; fastvenv.create(sys.argv[1], clear=True)"
    # A folder's own removal comes after it was told to be a folder, and what is in it.
    inject = "inject=unlinkat:error=EIO:when=3+"
    command = ["strace", "-qq", "-o", os.devnull, "-e", inject, sys.executable, "-c", program, str(env)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "[Errno 5] Input/output error" in done.stderr
    if sys.version_info >= (3, 11):
        assert f"'{env}' still contains '0', '1', '2', '3', '4' and 4 more" in done.stderr


def test_the_folder_that_fastvenv_stands_in(tmp_path, monkeypatch):
    """An environment can't be cleared by the fastvenv that is installed in it: nothing could be put there again."""
    package = tmp_path / "env/lib/site-packages/fastvenv"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.setattr(fastvenv, "__file__", str(package / "__init__.py"))
    with pytest.raises(ValueError, match=r"it contains fastvenv itself.* Nothing was deleted"):
        fastvenv.create(tmp_path / "env", clear=True)
    assert (package / "__init__.py").exists()


@posix_only("it keeps the file of a running program")
def test_the_environment_of_the_running_interpreter(tmp_path):
    """Cleared by its own interpreter, with fastvenv from elsewhere, an environment is made anew and works.

    On 3.10 that interpreter takes itself for the base: to clear it would leave links that lead to themselves.
    """
    env = tmp_path / "env"
    fastvenv.create(env, symlinks=True)
    whole = faults.snapshot(env)
    program = "import sys, fastvenv; fastvenv.create(sys.prefix, symlinks=True, clear=True)"
    environ = {**os.environ, "PYTHONPATH": str(Path(fastvenv.__file__).parent.parent)}
    done = subprocess.run([env / "bin/python", "-c", program], env=environ, capture_output=True, text=True, check=False)
    if sys.version_info < (3, 11):
        assert f"it contains the base interpreter, '{env}/bin'. Nothing was deleted." in done.stderr
        assert faults.snapshot(env) == whole
        return
    assert done.returncode == 0, done.stderr
    again = faults.snapshot(env)
    for tree in (whole, again):
        del tree["pyvenv.cfg"]  # it tells by which interpreter it was made, and with --clear
    assert again == whole


@posix_only("alarms interrupt")
@pytest.mark.slow
def test_an_interrupt_ends_a_long_clearing(tmp_path):
    """Ctrl-C while much is deleted is a KeyboardInterrupt long before the end, which says what remains."""
    env = tmp_path / "env"
    env.mkdir()
    for number in range(40_000):
        os.symlink("nowhere", env / str(number))

    def interrupt(*_):
        left = len(os.listdir(env))
        if left == 40_000:  # too early: nothing is deleted yet
            signal.setitimer(signal.ITIMER_REAL, 0.01)
        elif left:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        with pytest.raises(KeyboardInterrupt) as caught:
            fastvenv.EnvBuilder().clear_directory(env)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert any("still contains" in note for note in caught.value.__notes__)
    assert os.listdir(env)


@posix_only("directories are open by descriptors")
def test_a_tree_deeper_than_descriptors_go(tmp_path):
    """Folders in folders, more than may be open at once, end in an error that names one, not in a crash."""
    import resource  # Windows has none

    env = tmp_path / "env"
    env.mkdir()
    here = os.open(env, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    with limit("RLIMIT_NOFILE", 1024), pytest.raises(OSError, match="Too many open files") as caught:
        fastvenv.EnvBuilder().clear_directory(env)
    assert str(caught.value.filename).startswith(str(env / "d/d/d"))
    with limit("RLIMIT_NOFILE", min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1])):
        fastvenv.EnvBuilder().clear_directory(env)
    assert os.listdir(env) == []
