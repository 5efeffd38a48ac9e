"""Circumstances in which things fail: limits, other users, full file systems, an interpreter without ensurepip."""

import contextlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

import fastvenv
from platforms import is_root, need_movable_python


@contextlib.contextmanager
def limit(kind: str, value: int) -> Iterator[None]:
    """A soft limit of this process for a moment."""
    import resource  # Windows has none

    number = getattr(resource, kind)
    before = resource.getrlimit(number)
    resource.setrlimit(number, (value, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(number, before)


@contextlib.contextmanager
def somebody_else() -> Iterator[None]:
    """Without root's rights, where we have them."""
    uid = os.geteuid()
    if uid == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(uid)


@contextlib.contextmanager
def mounted(folder: Path, options: str, source: Path | None = None) -> Iterator[None]:
    """A file system in memory, or with the option `bind` another folder."""
    what = [str(source)] if source else ["-t", "tmpfs", "tmpfs"]
    command = ["mount", "-o", options, *what, str(folder)]
    if not is_root() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("file systems can't be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder: Path, options: str) -> None:
    """Change the options of a mounted file system."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def own_interpreter(folder: Path, *left_out: str) -> Path:
    """An interpreter of the test's own, like this one: the executable is a copy, the library has links to its parts.

    It has no site-packages, nor what is left out. With a shared library, it needs LD_LIBRARY_PATH.
    """
    need_movable_python()
    library = Path(os.__file__).parent
    ours = folder / "lib" / library.name
    ours.mkdir(parents=True)
    for path in library.iterdir():
        if path.name not in {*left_out, "site-packages", "EXTERNALLY-MANAGED"}:
            (ours / path.name).symlink_to(path)
    executable = folder / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    executable.parent.mkdir()
    shutil.copy(os.path.realpath(sys.executable), executable)
    return executable


def without_ensurepip(tmp: Path) -> Path:
    """An interpreter like this one, but for ensurepip."""
    return own_interpreter(tmp / "python", "ensurepip")


def run_without_ensurepip(tmp: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    """What a program says that makes an environment with an interpreter without ensurepip."""
    environ = {
        **os.environ,
        "PYTHONPATH": str(Path(fastvenv.__file__).parent.parent),
        "FASTVENV_SEED": "ensurepip",  # Debian's wheels stand elsewhere, and would do without it
        "LD_LIBRARY_PATH": sysconfig.get_config_var("LIBDIR") or "",
    }
    command = [without_ensurepip(tmp), *args, tmp / "env"]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
