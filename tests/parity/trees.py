"""What an action leaves in a folder and how it ends, as plain values that can be compared."""

import functools
import hashlib
import importlib.util
import marshal
import os
import re
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

OLDER = re.compile(rb"^version = 3\.(8|9|10)\.", re.MULTILINE)
LAUNCHER = re.compile(r"pip[^/\\]*\.exe$")
# pip's name for a launcher, and the hash of it.
LAUNCHER_IN_RECORD = re.compile(rb"^(\.\./\.\./Scripts/[^,]*\.exe),sha256=[^,]*", re.MULTILINE)
ACTIVATION_SCRIPTS = {"activate", "activate.bat", "activate.csh", "activate.fish", "Activate.ps1", "deactivate.bat"}


class Entry(NamedTuple):
    """One name in a tree: its type and permission bits, and a link's target or what is compared of a file."""

    mode: str
    content: object = None


def compare(
    sandbox: Path,
    action: Callable[[str, Path], object],
    before: Callable[[Path], object] = lambda env: None,
) -> None:
    """Call `action` for `venv`, then for `fastvenv`, on the same folder in the same state, and compare.

    Both functions are given the path of the environment, `sandbox/env`; `before` brings it into its state.
    """
    outcomes = []
    here = os.getcwd()
    for module in ("venv", "fastvenv"):
        os.chdir(here)  # the first round may have gone into the sandbox, and Windows removes no current directory
        shutil.rmtree(sandbox, ignore_errors=True)
        sandbox.mkdir()
        env = sandbox / "env"
        before(env)
        outcomes.append(outcome(sandbox, functools.partial(action, module, env)))
    theirs, ours = outcomes
    names = {"error"} if "error" in theirs.keys() | ours.keys() else theirs.keys() | ours.keys()
    found = [
        f"{name}: {theirs.get(name)} became {ours.get(name)}"
        for name in sorted(names)
        if theirs.get(name) != ours.get(name)
    ]
    assert not found, "\n".join(found)


def outcome(sandbox: Path, action: Callable[[], object]) -> dict[str, object]:
    """The error that `action` raises, or else what it returns and leaves in `sandbox`."""
    try:
        result = action()
    except OSError as error:
        return {"error": (type(error), error.errno, error.filename, error.filename2)}
    except ValueError as error:
        return {"error": (type(error), str(error))}
    except TypeError as error:
        return {"error": type(error)}  # what else it says depends on the call that happened to be the first
    return {"result": result, ".": entry(str(sandbox), comparable), **snapshot(sandbox)}


def comparable(path: str) -> object:
    """What of a file is the same whoever made it: its content, but for the differences that are documented."""
    if os.path.basename(path) in ACTIVATION_SCRIPTS:
        return "fastvenv has its own"
    data = Path(path).read_bytes()
    if path.endswith("pyvenv.cfg") and OLDER.search(data):
        # The keys of 3.11, which fastvenv writes for older versions as well.
        return b"".join(line for line in data.splitlines(True) if not line.startswith((b"executable", b"command")))
    if path.endswith(".pyc") and data[:4] != importlib.util.MAGIC_NUMBER:
        return data[:8], data[12:16]  # only its own interpreter can read it: test_interpreters.py has it do so
    if path.endswith(".pyc"):
        # Not the source's time; and the code as values, since marshal's bytes depend on reference counts.
        return data[:8], data[12:16], marshal.loads(data[16:])
    if "SOURCE_DATE_EPOCH" not in os.environ:  # which says what time it is
        data = timeless(path, data)
    return shown(data)


def timeless(path: str, data: bytes) -> bytes:
    """The data without what depends on when it was made: the times in pip's launchers, and their hashes in RECORD."""
    if LAUNCHER.match(os.path.basename(path)):
        return undated(data)
    if os.path.basename(path) == "RECORD":
        return LAUNCHER_IN_RECORD.sub(rb"\1,", data)
    return data


def undated(launcher: bytes) -> bytes:
    """A launcher with zeros for time and date, which stand in both headers of the zip file at its end."""
    blank = bytearray(launcher)
    for header, offset in ((b"PK\3\4", 10), (b"PK\1\2", 12)):
        start = launcher.rindex(header) + offset
        blank[start : start + 4] = bytes(4)
    return bytes(blank)


def content(path: str) -> object:
    """What a file holds, whoever made it."""
    return shown(Path(path).read_bytes())


def shown(data: bytes) -> object:
    """The data, or of much its hash: the messages of failed tests show it."""
    return data if len(data) < 10_000 else hashlib.sha256(data).hexdigest()


def snapshot(root: Path, read: Callable[[str], object] = comparable) -> dict[str, Entry]:
    """All that stands below `root`, by relative path, files as they are read; links aren't followed."""
    paths = [os.path.join(folder, name) for folder, folders, files in os.walk(root) for name in folders + files]
    return {os.path.relpath(path, root): entry(path, read) for path in paths}


def entry(path: str, read: Callable[[str], object]) -> Entry:
    """What stands at `path`."""
    mode = os.lstat(path).st_mode
    if stat.S_ISLNK(mode):
        return Entry(stat.filemode(mode), os.readlink(path))
    return Entry(stat.filemode(mode), read(path) if stat.S_ISREG(mode) else None)
