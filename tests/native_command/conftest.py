"""The native command `fastvenv`."""

import os
import sys
from pathlib import Path

import pytest

from platforms import IS_WINDOWS

EXECUTABLES = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"MZ")


def find() -> Path:
    """The one that FASTVENV_TEST_COMMAND names, or the one that is installed beside the running Python."""
    if IS_WINDOWS:
        pytest.skip("not on Windows: Pythons are found by the names that they have in bin/")
    named = os.environ.get("FASTVENV_TEST_COMMAND")
    path = Path(named or Path(sys.executable).with_name("fastvenv")).absolute()
    if not path.is_file() or not path.read_bytes().startswith(EXECUTABLES):
        pytest.skip(f"{path} is not the native command; FASTVENV_TEST_COMMAND can name another one")
    return path


@pytest.fixture(scope="session")
def command() -> Path:
    """The native command, or the test is skipped."""
    return find()
