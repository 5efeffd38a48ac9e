"""A cache that is filled once and then only read: by others, if root filled it, or by its owner."""

import os
import shutil
import subprocess
import sys

import pytest

import faults
import seeding
from circumstances import remount
from parity.trees import snapshot
from platforms import posix_only

pytestmark = posix_only("root and other users")

NOBODY = 65534
# A user who may read everything, since the interpreters of root's pyenv are below a home that is closed to others.
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
AS_NOBODY += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]


@pytest.fixture
def shared(filled, cache):
    """Root's cache, opened for all to read."""
    faults.need_root()
    if not shutil.which("setpriv") or subprocess.run([*AS_NOBODY, "true"], capture_output=True).returncode:
        pytest.skip("another user can't be given the right to read everything")
    shutil.copytree(filled, cache)
    subprocess.run(["chmod", "-R", "go-w,a+rX", cache], check=True)
    return cache


@pytest.fixture
def create(tmp_path, shared):
    """Creates an environment as another user; returns what was logged. The cache may not change."""

    def create():
        (tmp_path / "home").mkdir()
        os.chown(tmp_path / "home", NOBODY, NOBODY)
        before = snapshot(shared)
        command = [*AS_NOBODY, sys.executable, "-m", "fastvenv", tmp_path / "home/env"]
        environ = {**os.environ, "FASTVENV_LOG": "debug"}
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
        assert snapshot(shared) == before
        seeding.check_whole(tmp_path / "home/env")
        return done.stderr

    return create


def test_root_s_cache_is_read_by_others(create, tmp_path):
    """It serves them without a warning, and nothing in their environment is root's."""
    seen = create()
    assert "pip is installed natively (files: copy, origin: Cache)" in seen, seen
    assert "no cache" not in seen
    assert "without a cache" not in seen
    assert {path.lstat().st_uid for path in (tmp_path / "home").rglob("*")} == {NOBODY}


def replace(file):
    """A user's own file, with the same content and time."""
    shutil.copy2(file, f"{file}.new")
    os.replace(f"{file}.new", file)
    os.chown(file, NOBODY, NOBODY)


@pytest.mark.parametrize("change", [replace, lambda file: file.chmod(0o646)], ids=["another's", "writable"])
def test_what_others_could_have_written_is_not_taken(change, create, shared):
    """A file that is not root's, or that others may write, is not used; a warning names it."""
    (file,) = shared.glob("images/*/tree/pip/__main__.py")
    change(file)
    seen = create()
    assert f"the cache is damaged and can't be rebuilt: {file}" in seen
    assert "origin: Wheel" in seen


def disown_an_image(cache):
    """Another user's image among root's."""
    os.chown(seeding.images(cache)[0], NOBODY, NOBODY)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda cache: (cache / "CACHEDIR.TAG").unlink(), "belongs to another user"),
        (lambda cache: (cache / "images").chmod(0o777), "is writable by others"),
        (lambda cache: os.chown(cache, 12345, 12345), "belongs to another user"),
        (disown_an_image, "is root's, and has no image of"),
    ],
    ids=["untagged", "writable images", "a third user's", "another's image"],
)
def test_what_is_no_cache_of_root_s_is_not_read(change, reason, create, shared):
    """Directories that root does not own alone, or has not filled, are not used."""
    change(shared)
    seen = create()
    assert reason in seen
    assert "origin: Wheel" in seen


def test_a_read_only_file_system(filled, tmp_path, mount, monkeypatch):
    """A filled cache whose file system is mounted read-only serves its owner without a warning."""
    faults.need_root()
    cache = mount(tmp_path / "mounted", "size=40m") / "cache"
    shutil.copytree(filled, cache)
    remount(cache.parent, "ro")
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(cache))
    seen = seeding.create_natively(tmp_path / "env")
    assert not [line for line in seen if "WARNING" in line or "no cache" in line]
    assert any("origin: Cache" in line for line in seen), seen
    seeding.check_whole(tmp_path / "env")
