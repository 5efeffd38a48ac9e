"""What fastvenv doesn't create itself is created by the interpreter's own `venv`, with the same options."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import fastvenv
import pythons
from parity import states
from parity.test_command import PACKAGES
from parity.trees import compare
from platforms import posix_only
from pythons import Python

pytestmark = [pytest.mark.slow, posix_only("Pythons are found by the names that they have in bin/")]


@pytest.fixture(params=pythons.foreign(), ids=pythons.label)
def other(request: pytest.FixtureRequest) -> Python:
    """An older CPython, and PyPy."""
    python: Python = request.param
    return python


OPTIONS: list[tuple[dict[str, Any], list[str]]] = [
    ({"symlinks": True}, ["--symlinks"]),
    ({}, ["--copies"]),
    ({"symlinks": True, "system_site_packages": True}, ["--symlinks", "--system-site-packages"]),
    ({"symlinks": True, "prompt": "p q"}, ["--symlinks", "--prompt", "p q"]),
    ({"symlinks": True, "prompt": "--clear"}, ["--symlinks", "--prompt=--clear"]),
    ({"symlinks": True, "clear": True}, ["--symlinks", "--clear"]),
    ({"symlinks": True, "upgrade": True}, ["--symlinks", "--upgrade"]),
]


@pytest.mark.parametrize(("options", "arguments"), OPTIONS, ids=repr)
def test_each_option(options: dict[str, Any], arguments: list[str], other: Python, tmp_path: Path) -> None:
    """Each option has the meaning that it has for the interpreter's own `venv`, also where files are in the way."""
    if options.get("prompt") and other.version < (3, 6):
        pytest.skip("this version has no such option")

    def action(module: str, env: Path) -> None:
        if module == "fastvenv":
            fastvenv.EnvBuilder(**options, python=other.path).create(env)
        else:
            subprocess.run([other.path, "-m", "venv", "--without-pip", *arguments, env], check=True)

    compare(tmp_path / "sandbox", action, states.junk if "clear" in options else states.empty)


def test_the_command(other: Python, tmp_path: Path) -> None:
    """pip is installed, and options that the interpreter's `venv` doesn't have are left out."""
    if not other.has_ensurepip:
        pytest.skip("it has no ensurepip")

    def action(module: str, env: Path) -> list[Path]:
        command = [other.path, "-m", "venv", env]
        if module == "fastvenv":
            command = [sys.executable, "-m", "fastvenv", "--python", other.path, env]
        subprocess.run(command, env={**os.environ, "PYTHONPATH": PACKAGES}, check=True)
        shown = subprocess.check_output([env / "bin/python", "-Im", "pip", "--version"], text=True)
        assert str(env) in shown
        return sorted(path.relative_to(env) for path in env.rglob("*") if path.suffix != ".pyc")

    compare(tmp_path / "sandbox", action)
