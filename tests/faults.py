"""What the tests of faults share: a creation of which one system call fails, or is the last thing that happens."""

import errno
import functools
import json
import os
import random
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import fastvenv
from parity import trees
from parity.trees import Entry
from platforms import is_root

ROUNDS = int(os.environ.get("FASTVENV_TEST_ROUNDS", "12"))
ERRORS = ["ENOSPC", "EACCES", "EROFS", "EMFILE", "EIO", "EDQUOT"]
MARK = "/fastvenv-test-begins-here"

# Something is created before, so that everything that is looked up once has been looked up.
PROGRAM = f"""
import json, os, sys
import fastvenv

env, options = sys.argv[1], json.loads(sys.argv[2])
fastvenv.create(env + "-before", **options)
os.path.lexists({MARK!r})
try:
    fastvenv.create(env, **options)
    told = {{"class": None}}
except BaseException as error:
    fields = ("errno", "strerror", "filename", "filename2", "__notes__")
    told = {{name: getattr(error, name, None) for name in fields}}
    told["class"], told["text"] = type(error).__name__, str(error)
    told["is_os_error"] = isinstance(error, OSError)
os.write(1, json.dumps(told).encode())
"""


@dataclass(frozen=True)
class Call:
    """A system call of the creation: its name, and the how many-th of its name it is in the process."""

    name: str
    number: int
    line: str

    def __str__(self) -> str:
        return self.line


@dataclass
class Outcome:
    """How the process ended, and what the creation raised: its fields, `class` being None if it raised nothing."""

    status: int
    raised: dict[str, object]
    stderr: str
    failed: str = ""  # the call that `run_with` made fail


def need_strace() -> None:
    """Skip the test where system calls can't be tampered with."""
    command = ["strace", "-qq", "-e", "inject=getcwd:error=EIO:when=1", "-o", os.devnull, "true"]
    if not shutil.which("strace") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("strace is not here, or may not trace")


def calls(env: Path, prepare=None, **options: object) -> list[Call]:
    """The system calls of a creation, in order, but those whose failure panics: see tests/process/test_panics.py."""
    found = all_calls(env, prepare, **options)
    return [two for one, two in zip([found[0], *found], found, strict=False) if not closes_a_listing(one, two)]


def closes_a_listing(one: Call, two: Call) -> bool:
    """Whether the second call closes a folder that the first one listed, which Rust's library expects to succeed."""
    return (one.name, two.name) == ("getdents64", "close")


def all_calls(env: Path, prepare=None, **options: object) -> list[Call]:
    """The system calls of a creation, in order, but those on memory and signals."""
    need_strace()
    log = env.with_name("trace")
    for _ in range(2):  # the first time, bytecode and caches may be written
        reset(env, prepare)
        outcome = run(env, ["-o", str(log)], **options)
        assert outcome.raised == {"class": None}, outcome
    seen: dict[str, int] = {}
    found, begun = [], False
    for line in log.read_text(errors="backslashreplace").splitlines():
        name, paren, _ = line.partition("(")
        if not paren or not name.isidentifier():
            continue
        seen[name] = seen.get(name, 0) + 1
        if begun and not re.match(
            "brk|m(map|unmap|remap|protect|advise)|rt_sig|futex|get(pid|e?uid)|exit|wait4|clone|poll", name
        ):
            found.append(Call(name, seen[name], line))
        begun = begun or MARK in line
    # The last one is the child's own report.
    return found[:-1]


def reset(env: Path, prepare=None) -> None:
    """Remove what stood at `env` and beside it, and bring it into the state that the test begins with."""
    for path in (env, env.with_name(f"{env.name}-before")):
        shutil.rmtree(path, ignore_errors=True)
    if prepare:
        prepare(env)


def run(env: Path, strace: list[str], **options: object) -> Outcome:
    """Create in a process of its own, under strace with these options; it must end by itself."""
    command = ["strace", "-qq", *strace, sys.executable, "-c", PROGRAM, str(env), json.dumps(options)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return Outcome(done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr)


def run_with(fault: str, call: Call, env: Path, **options: object) -> Outcome:
    """Create, with this fault at that call: `error=ENOSPC`, `signal=KILL`."""
    inject = f"inject={call.name}:{fault}:when={call.number}"
    log = env.with_name("failed")
    outcome = run(env, ["-e", f"trace={call.name}", "-e", inject, "-o", str(log)], **options)
    lines = log.read_text(errors="backslashreplace").splitlines()
    outcome.failed = next((line for line in lines if line.endswith("(INJECTED)")), "")
    return outcome


def some(population: list, count: int = ROUNDS) -> list:
    """As many as are to be tried, always the same."""
    return population if count >= len(population) else random.Random(6).sample(population, count)


@functools.cache
def base() -> Entry:
    """The entry of a copy of the base interpreter."""
    return Entry("-rwxr-xr-x", trees.content(os.path.realpath(sys._base_executable)))


def snapshot(root: Path) -> dict[str, Entry]:
    """All that stands below, files with all that they hold."""
    return trees.snapshot(root, trees.content)


def fresh(env: Path, prepare=None, **options: object) -> dict[str, Entry]:
    """What an undisturbed creation leaves at this path."""
    reset(env, prepare)
    fastvenv.create(env, **options)  # type: ignore[arg-type]
    return snapshot(env)


def check_nothing_is_half(env: Path, before: dict, whole: dict, call: Call) -> None:
    """Whatever has its own name is as it was or as it will be; what is unfinished has another name."""
    for name, entry in snapshot(env).items():
        if os.path.basename(name).startswith(".fastvenv-"):
            continue
        copy_is_due = whole.get(name) is not None and "thon" in os.path.basename(name)
        unfinished_copy = copy_is_due and entry[1] == base()[1]
        assert entry in (before.get(name), whole.get(name)) or unfinished_copy, (call, name, entry)
    lost = before.keys() - snapshot(env).keys()
    assert not lost, (call, lost)


def check_error(outcome: Outcome, error: str, call: Call) -> None:
    """It is the OSError of that errno, with its text and a path, and says what could not be done."""
    raised = outcome.raised
    assert raised["is_os_error"], (call, outcome)
    # Where it is a look at what stands in the way that fails, it is told that something does.
    code = errno.EEXIST if call.name == "statx" and raised["errno"] == errno.EEXIST else getattr(errno, error)
    assert (raised["errno"], raised["strerror"]) == (code, os.strerror(code)), (call, outcome)
    # Of a link, the first name is what it says, which may be relative.
    assert any(os.path.isabs(str(raised[name])) for name in ("filename", "filename2")), (call, outcome)
    if sys.version_info >= (3, 11):
        assert str(raised["__notes__"][0]).startswith("fastvenv could not "), (call, outcome)  # type: ignore[index]


def in_child(action):
    """Run `action` in a child process, which may do to itself what it likes; what it raises is raised here."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        status = 0
        try:
            action()
        except OSError as error:
            fields = (error.errno, error.filename, *getattr(error, "__notes__", ()))
            os.write(write, "\n".join(map(str, fields)).encode())
        except BaseException as error:
            os.write(write, f"{type(error).__name__}: {error}".encode())
            status = 1
        finally:
            os._exit(status)
    os.close(write)
    with os.fdopen(read) as told:
        text = told.read()
    assert os.waitpid(child, 0)[1] == 0, text
    return text.split("\n") if text else []


def need_root():
    """Skip the test where this process can't become somebody else."""
    if not is_root():
        pytest.skip("only root can become another user")


def as_nobody(action, folder):
    """Run `action` as a user without rights, who can reach `folder`."""
    for path in [folder, *folder.parents]:
        path.chmod(path.stat().st_mode | 0o011)

    def act():
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        action()

    return in_child(act)
