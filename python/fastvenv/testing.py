"""Fixtures for pytest: fresh virtual environments, in milliseconds.

They are opt-in. In a ``conftest.py``::

    pytest_plugins = ["fastvenv.testing"]
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

import fastvenv

if TYPE_CHECKING:
    from _typeshed import StrPath

__all__ = ["Environment", "MakeVenv", "fresh_venv", "make_venv"]


class Environment:
    """A virtual environment.

    :ivar path: Its directory.
    :ivar bin: The directory of its executables: ``bin``, on Windows ``Scripts``.
    :ivar python: Its Python.
    """

    path: Path
    bin: Path
    python: Path

    def __init__(self, path: Path) -> None:
        self.path = path
        self.bin = path / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.bin / ("python.exe" if os.name == "nt" else "python")

    def __repr__(self) -> str:
        return f"Environment({str(self.path)!r})"

    def run(self, *args: "StrPath", check: bool = True, **kwargs: Any) -> "subprocess.CompletedProcess[str]":
        """Run the environment's Python as in a shell in which the environment is active.

        :param args: Its command line: ``run("-m", "pip", "list")``.
        :param check: Raise an error if it fails; pytest then shows what it printed.
        :param kwargs: Passed to `subprocess.run`. By default the output is captured, as text.
        :returns: The process, with `stdout` and `stderr`.
        :raises subprocess.CalledProcessError: if it fails and `check` is true.
        """
        kwargs = {"capture_output": True, "text": True, "env": self._variables(), **kwargs}
        done: subprocess.CompletedProcess[str] = subprocess.run([self.python, *args], check=False, **kwargs)
        if check and done.returncode:
            print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
            done.check_returncode()
        return done

    def _variables(self) -> "dict[str, str]":
        """This process's variables, changed as activation changes them."""
        variables = {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "PYTHONPATH"}}
        variables["VIRTUAL_ENV"] = str(self.path)
        variables["PATH"] = os.pathsep.join([str(self.bin), *filter(None, [os.environ.get("PATH")])])
        return variables


class MakeVenv(Protocol):
    """The fixture :func:`make_venv`."""

    def __call__(
        self,
        name: str = "venv",
        *,
        builder: "type[fastvenv.EnvBuilder]" = fastvenv.EnvBuilder,
        **options: Any,
    ) -> Environment:
        """Create an environment in a new temporary directory.

        :param name: The name of its directory.
        :param builder: The class that creates it.
        :param options: The builder's options, such as ``python="3.12"`` or ``system_site_packages=True``. Links and
                        pip are the default, as for the command.
        """


@pytest.fixture
def make_venv(tmp_path_factory: pytest.TempPathFactory) -> MakeVenv:
    """Create environments: ``make_venv(python="3.12", with_pip=False)``. See :class:`MakeVenv`."""

    def make(
        name: str = "venv", *, builder: "type[fastvenv.EnvBuilder]" = fastvenv.EnvBuilder, **options: Any
    ) -> Environment:
        path = tmp_path_factory.mktemp("venv") / name
        builder(**{"symlinks": os.name != "nt", "with_pip": True, **options}).create(path)
        return Environment(path)

    return make


@pytest.fixture
def fresh_venv(make_venv: MakeVenv) -> Environment:
    """A new environment with pip, for this test alone."""
    return make_venv()
