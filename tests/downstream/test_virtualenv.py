"""virtualenv: its creator `venv` uses `venv` in its own process where the base interpreter runs it."""

import os
import sys
from pathlib import Path

import pytest

virtualenv = pytest.importorskip("virtualenv", reason="virtualenv is not installed: nox -s downstream")


@pytest.fixture
def base_python(monkeypatch) -> str:
    """The base interpreter, which finds the packages of this environment."""
    monkeypatch.setenv("PYTHONPATH", str(Path(virtualenv.__file__).parents[1]))
    return os.path.realpath(sys.executable)


@pytest.mark.parametrize(
    "options",
    [
        ["--without-pip", "--activators", ""],
        ["--symlinks", "--no-download"],
        ["--copies", "--without-pip"],
        ["--system-site-packages", "--without-pip", "--prompt", "it's"],
    ],
    ids=" ".join,
)
def test_creator_venv(base_python, both, options):
    """What virtualenv makes upon it is the same, whichever made it."""
    both("-m", "virtualenv", "--quiet", "--creator", "venv", "--no-vcs-ignore", *options, "{env}", python=base_python)
