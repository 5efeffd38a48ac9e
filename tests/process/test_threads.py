"""Threads and processes that create environments at once do not disturb each other."""

import os
import subprocess
import sys
import threading

import fastvenv
from platforms import BIN, posix_only, python_of


def test_threads_create_environments_side_by_side(tmp_path):
    """Environments made by several threads at once are whole, each with its own values."""
    errors = []
    start = threading.Barrier(4)

    def create(name):
        try:
            start.wait()
            for index in range(10):
                fastvenv.create(tmp_path / f"{name}{index}", symlinks=True, prompt=f"{name}{index}")
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=create, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    for name in os.listdir(tmp_path):
        assert f"prompt = '{name}'\n" in (tmp_path / name / "pyvenv.cfg").read_text()
        assert (tmp_path / name / BIN / "activate").is_file()


def test_processes_may_create_the_same_environment(tmp_path):
    """Several processes that make one environment at the same time end well, and it works."""
    command = [sys.executable, "-m", "fastvenv", "--without-pip", str(tmp_path / "env")]
    children = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(8)]
    assert [(child.communicate()[1], child.returncode) for child in children] == [(b"", 0)] * 8
    assert subprocess.check_output([python_of(tmp_path / "env"), "-c", "print(1)"]) == b"1\n"


@posix_only("there are no FIFOs")
def test_other_threads_run_while_a_file_is_opened(tmp_path):
    """The GIL is released during file work: a thread that waits in it does not stop the others.

    A FIFO as the source keeps symlink_or_copy inside the system call until this thread opens it too. It can't be
    copied, which doesn't matter here.
    """
    program = """
import os, sys, threading, fastvenv
source, seen = sys.argv[1], []
def copy():
    try:
        fastvenv.EnvBuilder(symlinks=False).symlink_or_copy(source, source + "-copy")
    except OSError as error:
        seen.append(error.filename)
os.mkfifo(source)
thread = threading.Thread(target=copy)
thread.start()
open(source, "w").close()
thread.join()
assert seen == [source], seen
"""
    subprocess.run([sys.executable, "-c", program, tmp_path / "source"], check=True, timeout=60)


def test_a_module_that_another_thread_is_importing_is_waited_for(tmp_path):
    """What a stage uses only if it is loaded is used when it is whole, not in the middle of its import."""
    program = """
import _thread, sys, fastvenv

def background(function, *args):
    ended = _thread.allocate_lock()
    ended.acquire()
    _thread.start_new_thread(lambda: (function(*args), ended.release()), ())
    return ended

class Pausing:
    def find_spec(name, path=None, target=None):
        if name == "string" and "logging" in sys.modules:
            reached.release()
            go_on.acquire()

reached, go_on = _thread.allocate_lock(), _thread.allocate_lock()
reached.acquire(), go_on.acquire()
for name in ("logging", "string"):
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Pausing)
imported = background(__import__, "logging")
assert reached.acquire(timeout=30)
created = background(fastvenv.create, sys.argv[1])
assert not created.acquire(timeout=0.3), "it did not wait"
go_on.release()
assert imported.acquire(timeout=30) and created.acquire(timeout=30)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "env"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
