"""Where a cache is made and looked for, and where not."""

import os
import shutil
import sys
from pathlib import Path

import pytest

import faults
import seeding
from fastvenv import _core
from parity.trees import snapshot
from platforms import posix_only

pytestmark = [pytest.mark.slow, posix_only("the cache is found by HOME")]


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home that is another user's, and nothing that says where else the cache is."""
    for name in ("FASTVENV_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.mark.parametrize("name", ["HOME", "FASTVENV_CACHE_DIR"])
def test_root_with_another_users_home(name, tmp_path, home, monkeypatch):
    """Root makes no cache in another user's directory, neither in a new nor in an old `.cache`, and says so once."""
    faults.need_root()
    if name == "HOME":
        (home / ".cache").mkdir()
    else:
        monkeypatch.setenv(name, str(home / "new/cache"))
    for path in (home, *home.iterdir()):
        os.chown(path, 12345, 12345)
    before = list(home.rglob("*"))
    warned = [seeding.create_natively(tmp_path / env) for env in ("env", "second")]
    assert list(home.rglob("*")) == before
    told = [[line for line in seen if "belongs to another user" in line] for seen in warned]
    assert [line.split()[0] for lines in told for line in lines] == ["WARNING", "DEBUG"]
    seeding.check_whole(tmp_path / "env")


@pytest.mark.skipif(sys.platform != "linux", reason="the cache has another place")
@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "{home}/.cache/fastvenv"),
        ({"HOME": "."}, None),
        ({"HOME": "below/it"}, None),
        ({"HOME": ".", "XDG_CACHE_HOME": "cache"}, None),
        ({"HOME": ".", "XDG_CACHE_HOME": "/cache"}, "/cache/fastvenv"),
        ({"XDG_CACHE_HOME": "cache"}, "{home}/.cache/fastvenv"),
        ({"XDG_CACHE_HOME": "../cache"}, "{home}/.cache/fastvenv"),
    ],
)
def test_relative_variables(variables, expected, home, monkeypatch):
    """A relative HOME gives no cache; a relative XDG_CACHE_HOME is ignored, as its specification says."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert _core.cache_dir() == (expected and Path(expected.format(home=home)))


@pytest.mark.usefixtures("home")
def test_a_cache_below_the_current_folder_is_not_trusted(tmp_path, filled, monkeypatch):
    """What a cloned repository has in `.cache` is not used when HOME is `.`."""
    shutil.copytree(filled, tmp_path / ".cache/fastvenv")
    shutil.copytree(filled, tmp_path / "Library/Caches/fastvenv")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", ".")
    seen = seeding.create_natively(tmp_path / "env")
    assert any("origin: Wheel" in line for line in seen), seen
    assert any("no cache is used: there is no home directory with an absolute path" in line for line in seen), seen


@pytest.mark.parametrize("is_filled", [False, True])
def test_without_a_cache_nothing_is_left_behind(is_filled, home, filled, tmp_path, monkeypatch):
    """With FASTVENV_NO_CACHE a cache is neither made nor read, and pip is whole."""
    monkeypatch.setenv("FASTVENV_NO_CACHE", "1")
    if is_filled:
        shutil.copytree(filled, home / ".cache/fastvenv")
    before = snapshot(home)
    seen = seeding.create_natively(tmp_path / "env")
    assert any("origin: Wheel" in line for line in seen), seen
    assert any("no cache is used: FASTVENV_NO_CACHE is set" in line for line in seen), seen
    assert snapshot(home) == before
    seeding.check_whole(tmp_path / "env")


def test_the_cache_can_be_cleaned_though_none_is_used(monkeypatch):
    """The directory has its place all the same."""
    before = _core.cache_dir()
    monkeypatch.setenv("FASTVENV_NO_CACHE", "1")
    assert _core.cache_dir() == before
    assert before is not None
