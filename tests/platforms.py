"""The tests that are not for every system, each with its reason; and the names that differ between systems."""

import os
import sys
from pathlib import Path

import pytest

IS_WINDOWS = os.name == "nt"
BIN = "Scripts" if IS_WINDOWS else "bin"


def posix_only(reason: str) -> pytest.MarkDecorator:
    """Skip a test on Windows or, as `pytestmark`, all tests of a file. The reason completes "not on Windows: ..."."""
    return pytest.mark.skipif(IS_WINDOWS, reason=f"not on Windows: {reason}")


def linux_only(reason: str) -> pytest.MarkDecorator:
    """The same for Windows and macOS. The reason completes "only on Linux: ..."."""
    return pytest.mark.skipif(sys.platform != "linux", reason=f"only on Linux: {reason}")


def need_movable_python() -> None:
    """Skip a test that copies the interpreter to another place, which a framework of macOS doesn't survive."""
    if sys._framework:
        pytest.skip("not in a framework of macOS: its Python can't be copied to another place")


def is_root() -> bool:
    """Whether this process may do everything; Windows has no such user."""
    return not IS_WINDOWS and os.geteuid() == 0


def python_of(env: Path) -> Path:
    """An environment's Python."""
    return env / BIN / ("python.exe" if IS_WINDOWS else "python")


def packages_of(env: Path) -> Path:
    """An environment's site-packages, of the running interpreter's version."""
    if IS_WINDOWS:
        return env / "Lib" / "site-packages"
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return env / "lib" / (version + getattr(sys, "abiflags", "").replace("d", "")) / "site-packages"
