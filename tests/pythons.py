"""The Pythons of this machine, and scratch copies of them that a test may break."""

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from platforms import need_movable_python

PYENV = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
# Before 3.11, a Python in an environment takes the environment's executable for its base.
RUNNING = Path(sys._base_executable) if sys.version_info >= (3, 11) else Path(sys._base_executable).resolve()
MINORS = range(8, 16)  # what fastvenv creates natively: 3.8 and later
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"

ASK = """
import importlib.util, json, os, sys
library = os.path.basename(os.path.dirname(os.__file__))
ensurepip = importlib.util.find_spec("ensurepip") is not None
facts = [sys.version_info[:3], sys.implementation.name, library, ensurepip]
print(json.dumps([sys.executable, sys.prefix != sys.base_prefix, *facts]))
"""


class Python(NamedTuple):
    """An installed interpreter."""

    path: Path
    version: tuple[int, ...]
    implementation: str
    library: str  # the name of its directory: `python3.13t`
    has_ensurepip: bool

    @property
    def short(self) -> str:
        """`3.12`."""
        return f"{self.version[0]}.{self.version[1]}"

    @property
    def full(self) -> str:
        """`3.12.1`."""
        return ".".join(map(str, self.version))

    def run(self, program: str, *args: object) -> str:
        """What a program prints; no variable of this process changes what Python does."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        command = [self.path, "-c", program, *map(str, args)]
        return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout


def label(python: Python) -> str:
    """How it is called where a test has it as its parameter: `python3.12-usr`."""
    return f"{python.path.name}-{python.path.parts[1]}"


def ask(path: object) -> Python | None:
    """What this executable is; None if it is no Python under its own name, as pyenv's shims, or in an environment."""
    command = [str(path), "-I", "-c", ASK]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    if asked.returncode:
        return None
    executable, is_inside, version, *rest = json.loads(asked.stdout)
    if is_inside or os.path.realpath(executable) != os.path.realpath(str(path)):
        return None
    return Python(Path(str(path)), tuple(version), *rest)


@functools.cache
def named(name: str) -> list[Python]:
    """Every Python of this name: installed beside the running one, in pyenv, in PATH. Each file is listed once."""
    beside = Path(sys.base_prefix).parent.glob(f"*/bin/{name}")
    in_path = [Path(folder, name) for folder in os.environ["PATH"].split(os.pathsep) if os.path.isabs(folder)]
    candidates = [*sorted(beside), *sorted(PYENV.glob(f"versions/*/bin/{name}")), *in_path]
    found: dict[str, Python | None] = {}
    for path in candidates:
        real = os.path.realpath(path)
        if found.get(real) is None and path.exists() and not is_script(path):
            found[real] = ask(path)  # None for the link of an environment, which another path may follow
    return [python for python in found.values() if python is not None]


def is_script(path: Path) -> bool:
    """Whether a shell runs it: one of pyenv's shims, which take long to say no."""
    with path.open("rb") as file:
        return file.read(2) == b"#!"


@functools.cache
def others() -> list[Python]:
    """All CPythons from 3.8 on but the running one, the oldest first."""
    kinds = ["", "t", "-dbg"]  # free-threaded builds, and Debian's debug builds
    found = [python for minor in MINORS for kind in kinds for python in named(f"python3.{minor}{kind}")]
    return [python for python in found if python.implementation == "cpython" and not python.path.samefile(RUNNING)]


def another() -> Python:
    """A CPython of another version that has ensurepip and that fastvenv itself runs on, or the test is skipped."""
    usable = [python for python in others() if python.has_ensurepip and python.version >= (3, 10)]
    for python in usable:
        if python.short != VERSION:
            return python
    pytest.skip("there is no other Python here")


def foreign() -> list[Python]:
    """Pythons for which fastvenv runs their own `venv`: an older CPython, and PyPy."""
    older = [*named("python3.7"), *named("python3.6")]
    return [*older[:1], *named("pypy3")[:1]]


def twin(python: Path, folder: Path) -> Path:
    """Another installation with a copy of this interpreter, whose files may be changed: `folder/bin/<its name>`.

    The library is one of links, but for the modules that tell what an installation is. Bytecode is its own: nothing
    that the copy writes comes into the original.
    """
    need_movable_python()
    version = ask(os.path.realpath(python))  # 3.10 takes an environment's Python for the base
    assert version is not None
    library = Path(version.run("import os; print(os.path.dirname(os.__file__))").strip())
    (folder / "bin").mkdir(parents=True)
    (folder / "lib" / library.name).mkdir(parents=True)
    for path in library.iterdir():
        copied = folder / "lib" / library.name / path.name
        if path.name == "__pycache__":
            continue
        if path.name == "os.py" or path.name.startswith("_sysconfigdata"):
            shutil.copy2(path, copied)
        else:
            copied.symlink_to(path)
    executable = folder / "bin" / python.name
    shutil.copy2(os.path.realpath(python), executable)
    return executable
