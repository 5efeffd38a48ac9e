"""What the tests of native seeding share: creating, and telling whether an environment is whole."""

import base64
import csv
import hashlib
import importlib.util
import logging
import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import fastvenv
from platforms import packages_of

NAME = f"python{sys.version_info[0]}.{sys.version_info[1]}"
CREATE = "import sys, seeding; [seeding.create(env) for env in sys.argv[1:]]"
LINK_MODES = ["clone", "hardlink", "copy"]


def site_packages(env: Path) -> Path:
    """The environment's site-packages."""
    return packages_of(Path(env))


def create(env: Path) -> None:
    """An environment with pip."""
    fastvenv.create(env, symlinks=True, with_pip=True)


@contextmanager
def base_that(folder: Path, *commands: str, asking: str = ":") -> Iterator[None]:
    """A base interpreter that is run by these lines of a shell's script; `base` in them is the real one.

    It says which Python it is and compiles, and does nothing else: asked for ensurepip, the real one would take itself
    for the environment. The lines are run where it compiles, `asking` where it is asked.
    """
    script = folder / "base-python"
    base = f'base() {{ "{os.path.realpath(sys._base_executable)}" "$@"; }}'
    asked = f'[ "$3" != -c ] || {{ {asking}; base "$@"; exit; }}'
    script.write_text(
        "\n".join(["#!/bin/sh", base, '[ "$1" = -I ] || exit 1', asked, *(commands or ['base "$@"']), ""])
    )
    script.chmod(0o755)
    with mock.patch.object(sys, "_base_executable", str(script)):
        yield


@contextmanager
def records() -> Iterator[list[str]]:
    """The messages that fastvenv logs meanwhile."""
    seen: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(f"{record.levelname} {record.getMessage()}")  # type: ignore[method-assign]
    logger = logging.getLogger("fastvenv")
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    try:
        yield seen
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def create_natively(env: Path) -> list[str]:
    """An environment with pip, made without ensurepip; what was logged."""
    with records() as seen:
        create(env)
    assert any("pip is installed natively" in line for line in seen), seen
    return seen


def check_whole(env: Path) -> None:
    """Every file is as RECORD says, RECORD misses none, bytecode fits its source, nothing of ours is left over."""
    packages = site_packages(env)
    listed = set()
    for record in packages.glob("*.dist-info/RECORD"):
        with record.open(newline="", encoding="utf-8") as file:
            for name, digest, size in csv.reader(file):
                path = packages / name
                listed.add(os.path.normpath(path))
                content = path.read_bytes()
                if digest:
                    expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
                    assert (digest, size) == (f"sha256={expected}", str(len(content))), name
    assert any("pip-" in path for path in listed), "no pip is installed"
    found = {str(path) for path in packages.rglob("*") if not path.is_dir()}
    assert found <= listed, found - listed
    for source in packages.rglob("*.py"):
        bytecode = Path(importlib.util.cache_from_source(str(source)))
        if bytecode.exists():
            check_bytecode(source, bytecode)


def check_bytecode(source: Path, bytecode: Path) -> None:
    """The header is the one for which Python loads this bytecode for this source (PEP 552)."""
    magic, flags = bytecode.read_bytes()[:4], struct.unpack("<I", bytecode.read_bytes()[4:8])[0]
    assert magic == importlib.util.MAGIC_NUMBER
    if flags:
        assert flags == 3
        assert bytecode.read_bytes()[8:16] == importlib.util.source_hash(source.read_bytes())
    else:
        modified, size = struct.unpack("<II", bytecode.read_bytes()[8:16])
        assert (modified, size) == (int(source.stat().st_mtime), source.stat().st_size), source


def images(cache):
    """The complete images in the cache."""
    return [path for path in (cache / "images").iterdir() if not path.name.startswith(".")]


def manifests(cache):
    """When the manifests of complete images were written."""
    return {path: (path / "manifest").stat().st_mtime_ns for path in images(cache)}


def leftovers(cache):
    """The unfinished images in the cache."""
    return [path for path in (cache / "images").iterdir() if path.name.startswith(".")]
