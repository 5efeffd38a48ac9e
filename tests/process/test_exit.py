"""A daemon thread that is creating environments when the process ends disturbs neither the exit nor what is left."""

import contextlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

# The main thread ends as soon as the daemon thread has got that far: to its n-th record, or into a hook.
PROGRAM = """
import logging, sys, threading
import fastvenv

moment, count, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
reached = threading.Event()
steps = 0

class Counting(logging.Handler):
    def emit(self, record):
        global steps
        steps += 1
        if steps >= count:
            reached.set()

class Builder(fastvenv.EnvBuilder):
    def post_setup(self, context):
        if moment == "hook":
            reached.set()
            while True:
                pass

if moment == "record":
    logger = logging.getLogger("fastvenv")
    logger.addHandler(Counting())
    logger.setLevel(logging.DEBUG)

def create():
    for index in range(1000):
        Builder(symlinks=True, with_pip=moment == "record").create(f"{folder}/{index}")

threading.Thread(target=create, daemon=True).start()
reached.wait()
"""


def processes_with(marker):
    """The processes that have this variable in their environment, by /proc."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it has ended
            if marker in environ.read_bytes():
                found.append(environ.parent.name)
    return found


def is_whole(packages):
    """Whether every file that the RECORD of a pip in this site-packages names is there; true without a pip."""
    records = list(packages.glob("*.dist-info/RECORD"))
    names = [line.rsplit(",", 2)[0].strip('"') for record in records for line in record.read_text().splitlines()]
    return all((packages / name).exists() for name in names)


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found by /proc")
@pytest.mark.parametrize(("moment", "runs"), [pytest.param("record", 8, marks=pytest.mark.slow), ("hook", 4)])
def test_a_process_may_exit_while_a_daemon_thread_creates(moment, runs, tmp_path, cache):
    """The exit is clean, no compiling process outlives it for long, and what has a dist-info is whole."""
    for run in range(runs):
        marker = f"FASTVENV_TEST_MARKER={tmp_path}/{run}"
        environ = {**os.environ, "FASTVENV_TEST_MARKER": f"{tmp_path}/{run}"}
        if run % 4 == 0:  # one that compiles
            environ["FASTVENV_CACHE_DIR"] = f"{cache}{run}"
        command = [sys.executable, "-c", PROGRAM, moment, str(random.randint(1, 20)), str(tmp_path / str(run))]
        done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        deadline = time.monotonic() + 60
        while processes_with(marker.encode()):
            assert time.monotonic() < deadline, "a process was left behind"
        for packages in (tmp_path / str(run)).glob("*/lib/python*/site-packages"):
            assert is_whole(packages)
