"""What provokes the answers to beginners' mistakes on the command line."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import pytest

import fastvenv


@contextlib.contextmanager
def inside(folder: Path) -> Iterator[None]:
    """In this folder for a moment."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def create(tmp: Path, *args: str) -> None:
    """What the command does in a folder."""
    with inside(tmp):
        fastvenv.main(["--without-pip", *args])


def clear(tmp: Path) -> None:
    """A project that is cleared."""
    for name in "abcdefg":
        (tmp / "project" / name).mkdir(parents=True)
    create(tmp, "--clear", "project")
    assert not (tmp / "project/a").exists()


def usage(*args: str) -> list[str]:
    """How a refused command line ends: the status, and the last line."""
    stderr = io.StringIO()
    argv = mock.patch.object(sys, "argv", ["__main__.py"])
    with contextlib.redirect_stderr(stderr), argv, pytest.raises(SystemExit, match="2"):
        fastvenv.main([*args])
    return ["SystemExit", stderr.getvalue().splitlines()[-1]]


def shadow(tmp: Path) -> list[str]:
    """A file of the user's with the name of a module that the command imports."""
    (tmp / "argparse.py").write_text("")
    command = [sys.executable, "-m", "fastvenv", "--help"]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    done = subprocess.run(command, cwd=tmp, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: module 'argparse' has no attribute 'ArgumentParser'")
    return ["AttributeError", done.stderr.splitlines()[-1]]


PROVOKED: dict[str, Callable[[Path], object]] = {
    "clear-project": clear,
    "command": lambda tmp: create(tmp, "install"),
    "tilde": lambda tmp: create(tmp, "~/env"),
    "no-directory": lambda tmp: usage("--copies"),
    "pip-option": lambda tmp: usage("--pip", ".venv"),
    "no-pip-option": lambda tmp: usage("--no-pip", ".venv"),
    "p-option": lambda tmp: usage("-p", "3.12", ".venv"),
    "shadow": shadow,
}
