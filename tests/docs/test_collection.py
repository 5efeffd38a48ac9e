"""Every file of tests can be collected where what only POSIX has is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
# Of what Windows lacks, all that a test file might use while it is imported. The imported libraries must find theirs.
PROGRAM = """
import importlib, os, signal, sys, sysconfig
import ctypes, multiprocessing, shutil, site, subprocess, tarfile, tempfile
import hypothesis, pytest, fastvenv, fastvenv.testing

sysconfig.get_config_vars()
sys.modules.update(dict.fromkeys(["fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"]))
for name in ["chown", "fork", "geteuid", "getgid", "getuid", "getxattr", "mkfifo", "sched_getaffinity", "statvfs"]:
    vars(os).pop(name, None)
for name in ["ITIMER_REAL", "SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGSTOP", "SIGUSR1", "alarm", "setitimer"]:
    vars(signal).pop(name, None)
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except pytest.skip.Exception:
        pass
"""


@pytest.mark.slow
def test_no_file_needs_posix_to_be_imported():
    """What a file needs of POSIX, it needs when its tests run, and there it says so."""
    files = [*TESTS.glob("*.py"), *TESTS.glob("*/*.py")]
    left_out = {"conftest.py", "user_code.py", "stdlib_suite.py", "replaced.py", "test_collection.py"}
    names = [
        ".".join(path.relative_to(TESTS).with_suffix("").parts)
        for path in sorted(files)
        # Other projects' own tests aren't run on Windows; conftest.py is what `pytest` imports itself.
        if path.name not in left_out and path.parent.name != "downstream"
    ]
    assert "clear.test_hazards" in names
    environ = {**os.environ, "PYTHONPATH": str(TESTS)}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *names], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
