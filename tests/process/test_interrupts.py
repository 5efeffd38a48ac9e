"""Interrupts are heard and raised, whatever they interrupt."""

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import fastvenv
from platforms import posix_only

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


@posix_only("the build has no such module of variables")
@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit, TimeoutError])
def test_an_interrupt_of_an_import_is_raised(raised, tmp_path, monkeypatch):
    """Only an ImportError means that the module with the build's variables isn't there."""

    class Interrupting:
        def find_spec(self, name, path=None, target=None):
            if name.startswith("_sysconfigdata"):
                raise raised

    with monkeypatch.context() as patch:  # whatever else imports that module must not be interrupted
        for name in [name for name in sys.modules if name.startswith("_sysconfigdata")]:
            patch.delitem(sys.modules, name)
        patch.setattr(sys, "meta_path", [Interrupting(), *sys.meta_path])
        with pytest.raises(raised):
            fastvenv.create(tmp_path / "env", symlinks=True, with_pip=True)


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_of_a_record_is_raised(raised, tmp_path, monkeypatch):
    """What a signal's handler raises while a record is handled ends the creation."""

    class Interrupting(logging.Handler):
        def emit(self, record):
            raise raised

    logger = logging.getLogger("fastvenv")
    monkeypatch.setattr(logger, "handlers", [Interrupting()])
    logger.setLevel(logging.DEBUG)
    try:
        with pytest.raises(raised):
            fastvenv.create(tmp_path / "env", symlinks=True)
    finally:
        logger.setLevel(logging.NOTSET)


@pytest.mark.usefixtures("cache")
@pytest.mark.skipif(FAKETIME is None or sys.platform != "linux", reason="libfaketime is not here")
def test_an_interrupt_is_heard_while_the_clock_stands_still(tmp_path):
    """While another process holds the environment's lock, Ctrl-C ends the wait, even if no time passes."""
    import fcntl  # Windows has none

    program = "import sys, fastvenv; fastvenv.create(sys.argv[1], symlinks=True, with_pip=True)"
    env = tmp_path / "env"
    fastvenv.create(env, symlinks=True)
    [packages] = env.glob("lib/python*/site-packages")
    handle = os.open(packages, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    environ = {**os.environ, "LD_PRELOAD": str(FAKETIME), "FAKETIME": "2026-01-01 00:00:00"}
    child = subprocess.Popen([sys.executable, "-c", program, env], env=environ, stderr=subprocess.PIPE, text=True)
    try:
        # The child opens the directory and then only asks for its lock, again and again.
        while child.poll() is None and not holds(child.pid, packages):
            pass
        child.send_signal(signal.SIGINT)
        assert "KeyboardInterrupt" in child.communicate(timeout=25)[1]
    finally:
        child.kill()
        os.close(handle)


def holds(pid, path):
    """Whether the process has the directory open."""
    try:
        return any(os.readlink(link) == str(path) for link in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False  # a descriptor was closed meanwhile
