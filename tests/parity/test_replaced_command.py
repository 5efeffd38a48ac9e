"""CPython's own tests of `venv` pass on an interpreter whose `python -m venv` is replaced."""

import importlib.util
from pathlib import Path

import pytest

from replacing import pythons

pytestmark = pytest.mark.slow


@pytest.mark.skipif(importlib.util.find_spec("test.test_venv") is None, reason="CPython came without test.test_venv")
def test_the_interpreter_s_own_tests_pass(tmp_path: Path) -> None:
    """They create environments in their own process and by the command, and start what they created."""
    python = pythons.installation(tmp_path / "python")
    assert python.replace("install").returncode == 0
    assert python.served_by("-m", "venv", "--help") == str(python.file)
    done = python.run("-m", "unittest", "test.test_venv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "\nOK" in done.stderr
