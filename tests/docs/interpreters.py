"""What provokes the messages about another interpreter."""

import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import fastvenv
from docs import commands
from docs.beginners import inside


def create(tmp: Path, python: object) -> None:
    """An environment for this interpreter."""
    fastvenv.create(tmp / "env", python=python)  # type: ignore[arg-type]


def script(tmp: Path, line: str, builder: type[fastvenv.EnvBuilder] = fastvenv.EnvBuilder) -> None:
    """An environment for a shell script."""
    path = tmp / "python"
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    builder(python=path).create(tmp / "env")


def changed(statement: str) -> str:
    """A line that passes what it is asked to the running Python, after this statement."""
    return f'exec {sys.executable} -c "import sys; {statement}; exec(sys.argv.pop(1))" "$5" "$6"'


def dangling(tmp: Path) -> None:
    """An environment for a link that leads nowhere."""
    (tmp / "python").symlink_to(tmp / "gone")
    create(tmp, tmp / "python")


def mute(tmp: Path) -> None:
    """An environment for a file without the right to be executed."""
    (tmp / "python").touch(mode=0o644)
    create(tmp, tmp / "python")


def orphan(tmp: Path) -> None:
    """An environment for a Python whose base interpreter isn't where it says."""
    script(tmp, changed("sys._base_executable = '/gone/python3'"))


class Overriding(fastvenv.EnvBuilder):
    """A builder with a stage of its own."""

    def post_setup(self, context: object) -> None:
        """Do nothing."""


def version(tmp: Path) -> None:
    """An environment for a version that isn't there, without the package that could find it."""
    with mock.patch.dict(sys.modules, {"python_discovery": None}):
        create(tmp, "3.99")


def here(tmp: Path) -> None:
    """A name that PATH doesn't have, of a file in the current directory."""
    (tmp / "snake").symlink_to(sys.executable)
    with inside(tmp):
        create(tmp, "snake")


def stages(tmp: Path) -> None:
    """A subclass's environment for a Python that only its own venv can serve."""
    script(tmp, changed("sys.implementation.name = 'other'"), builder=Overriding)


PROVOKED: dict[str, Callable[[Path], object]] = {
    "python-missing": lambda tmp: create(tmp, tmp / "nothing"),
    "python-dangling": dangling,
    "python-directory": lambda tmp: create(tmp, tmp),
    "python-start": mute,
    "python-other": lambda tmp: script(tmp, "echo hello; exit 3"),
    "python-silent": lambda tmp: script(tmp, "exec sleep 1000"),
    "python-loud": lambda tmp: script(tmp, "exec yes"),
    "python-orphan": orphan,
    "python-empty": lambda tmp: create(tmp, ""),
    "python-bytes": lambda tmp: create(tmp, b"python3"),
    "python-version": version,
    "python-here": here,
    "command-python-version": commands.version,
    "command-no-python": commands.no_python,
    "python-stages": stages,
}
