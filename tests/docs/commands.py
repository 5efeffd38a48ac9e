"""What provokes the messages of the native command."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from native_command.conftest import find


def error(command: Path, tmp: Path, *args: str, path: str = "") -> list[str]:
    """The error of a command with this PATH, as class and message."""
    environ = {**os.environ, "PATH": path}
    environ.pop("VIRTUAL_ENV", None)
    done = subprocess.run([command, *args, tmp / "env"], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    kind, _, message = done.stderr.rstrip("\n").partition(": ")
    return [kind, message]


def version(tmp: Path) -> list[str]:
    """A version that isn't there."""
    (tmp / "python3").symlink_to(sys.executable)
    return error(find(), tmp, "--python", "3.99", path=str(tmp))


def no_python(tmp: Path) -> list[str]:
    """A command that was installed for no Python, without one in PATH."""
    shutil.copy2(find(), tmp / "fastvenv")
    return error(tmp / "fastvenv", tmp)
