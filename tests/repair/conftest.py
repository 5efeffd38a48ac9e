"""What the tests of repair share: an environment with packages, on a copy of the running interpreter."""

import os
import sysconfig
from pathlib import Path
from typing import NamedTuple

import pytest

import fastvenv
import pythons
from repair import breaking


class Made(NamedTuple):
    """An environment that a test may break, its base, and the same environment as it was made."""

    env: Path
    base: Path
    pristine: Path
    tree: dict[str, object]


@pytest.fixture(scope="module", autouse=True)
def libraries():
    """A copied interpreter finds its shared library."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LD_LIBRARY_PATH", sysconfig.get_config_var("LIBDIR") or "")
        yield


@pytest.fixture(scope="session")
def wheels(tmp_path_factory):
    """A folder with wheels."""
    return breaking.wheels(tmp_path_factory.mktemp("repair") / "wheels")


@pytest.fixture(scope="module")
def original(tmp_path_factory, wheels):
    """An environment with a package, made once."""
    root = tmp_path_factory.mktemp("original")
    base = pythons.twin(pythons.RUNNING, root / "versions" / "one")
    env = root / "env"
    fastvenv.create(env, symlinks=True, with_pip=True, prompt="it's", python=base)
    breaking.install(env / "bin" / "python", wheels, "hello")
    pristine = breaking.copy(env, root / "pristine")
    return Made(env, base, pristine, breaking.tree(pristine))


@pytest.fixture
def made(original, monkeypatch):
    """The environment, whole. No Python is in PATH or in the home directory."""
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setenv("HOME", os.devnull)
    breaking.copy(original.pristine, original.env)
    return original
