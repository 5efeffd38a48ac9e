"""Whatever becomes of the processes that compile: bytecode is whole or there is none, and nobody else is disturbed."""

import contextlib
import marshal
import os
import shutil
import signal
import subprocess
import sys
import threading
import warnings

import pytest

import faults
import seeding
from platforms import linux_only, posix_only
from seeding import images, leftovers

pytestmark = [pytest.mark.usefixtures("cache"), posix_only("shell scripts stand in for Pythons that fail")]


def create_in_vain(env):
    """Neither the cache nor the environment gets an image, and our base interpreters have no ensurepip."""
    with pytest.raises(subprocess.CalledProcessError):
        seeding.create(env)


@pytest.mark.slow
def test_bytecode_that_is_not_written_whole(tmp_path, cache):
    """A process that can write only a part of a file ends, and nothing that it wrote is used or kept."""
    with seeding.base_that(tmp_path, "ulimit -f 100", 'base "$@"'):
        create_in_vain(tmp_path / "limited")
    assert images(cache) == leftovers(cache) == []
    seeding.create_natively(tmp_path / "env")
    for bytecode in seeding.site_packages(tmp_path / "env").rglob("*.pyc"):
        marshal.loads(bytecode.read_bytes()[16:])


def bytecode(tree):
    """The names of the compiled files below a directory."""
    return {str(path.relative_to(tree)) for path in tree.rglob("*.pyc")}


def least_memory(source):
    """The most address space, in KiB, in which the base interpreter gets a MemoryError from compiling this source."""
    program = f"""
try:
    compile(open({str(source)!r}, "rb").read(), "source", "exec")
except MemoryError:
    raise SystemExit(3)
"""
    for limit in range(100_000, 10_000, -1000):
        script = f'ulimit -v {limit} && exec "$@"'
        command = ["sh", "-c", script, "sh", os.path.realpath(sys._base_executable), "-I", "-S", "-c", program]
        done = subprocess.run(command, capture_output=True, timeout=60, check=False)
        if done.returncode:
            if done.returncode == 3:
                return limit
            break
    return pytest.skip("memory can't be limited here so that only compiling fails")


@linux_only("the shell limits memory")
@pytest.mark.slow
def test_no_memory_to_compile_a_module(tmp_path, filled, cache):
    """A module that only lacks memory is no module that can't be compiled: no image goes without its bytecode."""
    sources = [path for image in images(filled) for path in image.glob("tree/**/*.py")]
    limit = least_memory(max(sources, key=lambda path: path.stat().st_size))
    with seeding.base_that(tmp_path, f"ulimit -v {limit}", 'base "$@"'):
        create_in_vain(tmp_path / "limited")
    assert images(cache) == leftovers(cache) == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 2, 3, 40])
def test_a_compiling_process_that_is_killed(number, tmp_path, filled, cache):
    """Killed at any of its writes, as the kernel does when memory runs out, it leaves no image that lacks a file."""
    faults.need_strace()
    strace = f"strace -qq -o /dev/null -e trace=write -e inject=write:signal=KILL:when={number}"
    kill_one = f"mkdir '{tmp_path}/killed' 2>/dev/null && base() {{ {strace} '{sys.executable}' \"$@\"; }}"
    with seeding.base_that(tmp_path, kill_one, 'base "$@"'):
        seeding.create_natively(tmp_path / "env")
    seeding.check_whole(tmp_path / "env")
    whole = {name for image in images(filled) for name in bytecode(image / "tree")}
    assert bytecode(seeding.site_packages(tmp_path / "env")) == whole
    assert {name for image in images(cache) for name in bytecode(image / "tree")} in (set(), whole)
    assert leftovers(cache) == []


@pytest.mark.slow
def test_some_compiling_processes_cannot_be_started(tmp_path):
    """Where the system starts only some of the processes, these compile everything."""
    faults.need_strace()
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("there is one process only on one core")
    calls = "clone,clone3,vfork"
    strace = ["strace", "-qq", "-o", os.devnull, "-e", f"trace={calls}"]
    for first in ("1+2", "2+2"):  # every other one fails, the first or the second to begin with
        env = tmp_path / first
        os.environ["FASTVENV_CACHE_DIR"] = str(tmp_path / f"cache{first}")
        inject = ["-e", f"inject={calls}:error=EAGAIN:when={first}"]
        program = "import sys, seeding; seeding.create_natively(sys.argv[1])"
        subprocess.run([*strace, *inject, sys.executable, "-c", program, env], check=True)
        seeding.check_whole(env)


@pytest.mark.slow
def test_bytecode_that_is_cut_later(tmp_path, cache):
    """A file that is shorter than what was written into it is noticed before an image is made of it."""
    cut = "find . -name '__init__.*.pyc' -size +1 | while read -r name; do : > \"$name\"; done"
    with (
        seeding.base_that(tmp_path, 'base "$@"', "status=$?", cut, "exit $status"),
        pytest.raises(OSError, match=r"0 bytes of \d+ are there"),
    ):
        seeding.create(tmp_path / "env")
    assert images(cache) == leftovers(cache) == []


def test_processes_that_end_early(tmp_path):
    """They don't end the process that Python runs in, also where a broken pipe would."""

    def create():
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        with seeding.base_that(tmp_path, "exit 1"):
            create_in_vain(tmp_path / "env")

    faults.in_child(create)


def test_processes_whose_end_is_told_to_nobody(tmp_path):
    """Where Python's process doesn't want to hear of the end of others, their work is used all the same."""

    def create():
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        seeding.create_natively(tmp_path / "env")

    faults.in_child(create)
    seeding.check_whole(tmp_path / "env")


def test_nothing_unfinished_is_left_to_ensurepip(tmp_path, filled, cache):
    """Where pip can't be placed after all, in the middle of it, ensurepip finds nothing under names of ours."""
    shutil.copytree(filled, cache)
    next(cache.glob("images/*/tree/pip/__main__.py")).unlink()
    with seeding.base_that(tmp_path, "exit 1"):
        create_in_vain(tmp_path / "env")
    assert (seeding.site_packages(tmp_path / "env") / "pip").exists()
    assert not list(seeding.site_packages(tmp_path / "env").glob(".fastvenv-*"))


@contextlib.contextmanager
def forked():
    """A process that has everything open that we have, and lives on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it does nothing that a lock could be missing for
        child = os.fork()
    if child == 0:
        while True:
            signal.pause()
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_fork_while_bytecode_is_compiled(tmp_path, cache):
    """A process that another thread forks meanwhile neither holds up the creation nor keeps its locks."""
    import fcntl  # Windows has none

    env, gate = tmp_path / "env", tmp_path / "gate"
    os.mkfifo(gate)
    creating = threading.Thread(target=seeding.create, args=(env,))
    with seeding.base_that(tmp_path, f"read _ < '{gate}'", 'base "$@"'):
        creating.start()
        # It opens when a compiler stands at it.
        with gate.open("w") as opened, forked():
            opened.write("\n" * 100)
            opened.flush()
            creating.join(30)
            assert not creating.is_alive()
            for path in [*(cache / "locks").iterdir(), seeding.site_packages(env)]:
                lock = os.open(path, os.O_RDONLY)
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.close(lock)
    seeding.check_whole(env)
