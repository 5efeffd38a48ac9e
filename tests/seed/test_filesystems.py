"""What file systems can and can't: environments are whole on each, and share files only where that was asked for."""

import contextlib
import ctypes
import os
import shutil
import subprocess
import time

import pytest

import fastvenv
import faults
import seeding
from circumstances import remount
from platforms import posix_only
from seed import odd_filesystem
from seeding import images, leftovers

pytestmark = [pytest.mark.usefixtures("cache"), pytest.mark.slow, posix_only("mounts, hard links and modes")]


def test_a_cache_that_cannot_be_written(tmp_path, filled, cache, mount):
    """A read-only cache serves what it has; an empty one is done without."""
    mount(cache, "size=64m")
    shutil.copytree(filled, cache, dirs_exist_ok=True)
    cache.chmod(0o700)
    remount(cache, "ro")
    assert any("origin: Cache" in line for line in seeding.create_natively(tmp_path / "env"))
    remount(cache, "rw")
    for image in images(cache):
        shutil.rmtree(image)
    remount(cache, "ro")
    assert any("origin: Wheel" in line for line in seeding.create_natively(tmp_path / "second"))
    for env in ("env", "second"):
        seeding.check_whole(tmp_path / env)


def test_a_cache_on_another_file_system(tmp_path, cache, mount, monkeypatch):
    """Hard links can't cross file systems: the files are copied."""
    mount(cache, "size=64m,mode=700")
    monkeypatch.setenv("FASTVENV_LINK_MODE", "hardlink")
    for name in ("cold", "warm"):
        seen = seeding.create_natively(tmp_path / name)
        assert any("files: copy" in line for line in seen), seen
        seeding.check_whole(tmp_path / name)


@pytest.mark.parametrize("size", ["4m", "9m"])
def test_a_full_cache(size, tmp_path, cache, mount):
    """No room for the files of an image, or for their bytecode: pip comes straight from the wheel, no part stays."""
    mount(cache, f"size={size},mode=700")
    seen = seeding.create_natively(tmp_path / "env")
    assert any("no cache is used" in line and "No space left" in line for line in seen), seen
    seeding.check_whole(tmp_path / "env")
    assert len(images(cache)) < len(list((cache / "locks").iterdir()))
    assert leftovers(cache) == []


def test_a_full_target(tmp_path, filled, cache, mount):
    """No room for the environment is an OSError that names a file in it, and no pip looks installed."""
    shutil.copytree(filled, cache)
    target = mount(tmp_path / "small", "size=6m")
    with pytest.raises(OSError, match="No space left") as caught:
        seeding.create(target / "env")
    assert str(target) in str(caught.value.filename)
    assert not list(seeding.site_packages(target / "env").glob("pip-*.dist-info"))


def test_environments_share_no_file_by_default(tmp_path, monkeypatch):
    """A change in place of one environment's pip shows in no other, old or new; in hardlink mode it is found out."""
    monkeypatch.delenv("FASTVENV_LINK_MODE")
    old, edited, new = (tmp_path / name for name in ("old", "edited", "new"))
    seeding.create_natively(old)
    seeding.create_natively(edited)
    with (seeding.site_packages(edited) / "pip/__init__.py").open("a") as file:
        file.write("# mine\n")
    seeding.create_natively(new)
    seeding.check_whole(old)
    seeding.check_whole(new)
    monkeypatch.setenv("FASTVENV_LINK_MODE", "hardlink")
    seeding.create_natively(tmp_path / "linked")
    with (seeding.site_packages(tmp_path / "linked") / "pip/__init__.py").open("a") as file:
        file.write("# mine\n")
    assert any("the cache is damaged" in line for line in seeding.create_natively(tmp_path / "again"))
    seeding.check_whole(tmp_path / "again")


def test_hardlinked_environments_cost_little(tmp_path, filled, cache, monkeypatch):
    """The files that an environment in hardlink mode doesn't share take less than 200 KB.

    Each folder takes a block of its own besides on some file systems: 4 KB on ext4, nothing on others.
    """
    shutil.copytree(filled, cache)
    monkeypatch.setenv("FASTVENV_LINK_MODE", "hardlink")
    seeding.create_natively(tmp_path / "env")
    files = [path.lstat() for path in (tmp_path / "env").rglob("*") if path.is_file() and not path.is_symlink()]
    own = [facts for facts in files if facts.st_nlink == 1]
    assert len(files) - len(own) > 800
    assert sum(facts.st_blocks * 512 for facts in own) < 200_000


def test_a_file_with_too_many_links(tmp_path, filled, cache, monkeypatch):
    """Where a file of the cache can't have another link, files are copied."""
    shutil.copytree(filled, cache)
    monkeypatch.setenv("FASTVENV_LINK_MODE", "hardlink")
    file = next(path for image in images(cache) for path in image.glob("tree/pip*/__init__.py"))
    links = tmp_path / "links"
    links.mkdir()
    with contextlib.suppress(OSError):
        for number in range(65_001):
            os.link(file, links / str(number))
    if (links / "65000").exists():
        pytest.skip("this file system allows more links than that")
    seen = seeding.create_natively(tmp_path / "env")
    assert any("files: copy" in line for line in seen), seen
    seeding.check_whole(tmp_path / "env")


def test_clones_where_the_file_system_can(filled, mount_image, monkeypatch):
    """On XFS files are cloned by default: a change in place shows in no other environment."""
    root = mount_image("mkfs.xfs")
    shutil.copytree(filled, root / "cache")
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(root / "cache"))
    monkeypatch.delenv("FASTVENV_LINK_MODE")
    for name in ("edited", "other"):
        seen = seeding.create_natively(root / name)
        assert any("files: clone" in line for line in seen), seen
        seeding.check_whole(root / name)
    with (seeding.site_packages(root / "edited") / "pip/__init__.py").open("a") as file:
        file.write("# mine\n")
    seeding.check_whole(root / "other")


@pytest.mark.parametrize("error", ["ENOLCK", "ENOSYS", "EOPNOTSUPP", "EBADF"])
def test_a_file_system_without_locks(error, tmp_path, filled, cache):
    """Where files can't be locked an image is built and published all the same; no living builder's folder is swept."""
    faults.need_strace()
    shutil.copytree(filled, cache)
    for image in images(cache):
        shutil.rmtree(image)
    living, dead = cache / "images/.build-1-1", cache / "images/.build-1-2"
    for folder, days in ((living, 0.5), (dead, 1.5)):
        folder.mkdir()
        then = time.time() - days * 86400
        os.utime(folder, (then, then))
    inject = ["-e", "trace=flock", "-e", f"inject=flock:error={error}", "-o", os.devnull]
    outcome = faults.run(tmp_path / "env", inject, symlinks=True, with_pip=True)
    assert outcome.raised == {"class": None}, outcome
    seeding.check_whole(tmp_path / "env")
    assert len(images(cache)) == len(images(filled))
    assert leftovers(cache) == [living]


def test_a_file_system_that_counts_no_links(tmp_path, monkeypatch):
    """Where open files report no links, nothing waits for a lock, images are published, and files are copied."""
    with odd_filesystem.mounted(tmp_path / "files", "links") as root:
        monkeypatch.setenv("FASTVENV_CACHE_DIR", str(root / "cache"))
        began = time.monotonic()
        assert any("origin: Built" in line for line in seeding.create_natively(root / "cold"))
        assert time.monotonic() - began < 30
        assert leftovers(root / "cache") == []
        monkeypatch.setenv("FASTVENV_LINK_MODE", "hardlink")
        assert any("origin: Cache" in line for line in seeding.create_natively(root / "warm"))
        for env in (root / "cold", root / "warm"):
            seeding.check_whole(env)


def test_a_file_system_that_shows_another_owner(tmp_path, monkeypatch):
    """Without a usable cache the image for one use is compared with what was seen when it was made, and is placed."""
    with odd_filesystem.mounted(tmp_path / "files", "owner=12345") as root:
        monkeypatch.setenv("FASTVENV_CACHE_DIR", str(root / "cache"))
        seen = seeding.create_natively(root / "env")
        assert any("WARNING" in line and "belongs to another user" in line for line in seen), seen
        assert any("origin: Wheel" in line for line in seen), seen
        seeding.check_whole(root / "env")


def test_a_file_system_that_shows_new_owners_each_time(tmp_path, monkeypatch):
    """Files of an image for one use that look different when they are to be placed are left to ensurepip."""
    with odd_filesystem.mounted(tmp_path / "files", "owner=any") as root, seeding.records() as seen:
        monkeypatch.setenv("FASTVENV_CACHE_DIR", str(root / "cache"))
        # This base has no ensurepip: that it is asked for is enough.
        with seeding.base_that(tmp_path, 'base "$@"'), pytest.raises(subprocess.CalledProcessError):
            seeding.create(root / "env")
        assert any("by ensurepip" in line and "has changed since it was created" in line for line in seen), seen
        assert not list(seeding.site_packages(root / "env").glob(".fastvenv-*"))


def test_files_that_belong_to_several_users(tmp_path, cache):
    """So it is too where what the compiling processes write has yet another owner."""
    faults.need_root()
    cache.write_text("in the way")

    def create():
        # With all rights kept (SECBIT_NO_SETUID_FIXUP). The processes that are started don't inherit this identity.
        libc = ctypes.CDLL(None)
        assert libc.prctl(28, 1 << 2) == 0
        libc.setfsuid(12345)
        seen = seeding.create_natively(tmp_path / "env")
        assert any("origin: Wheel" in line for line in seen), seen

    assert faults.in_child(create) == []
    seeding.check_whole(tmp_path / "env")
    assert {path.stat().st_uid for path in seeding.site_packages(tmp_path / "env").rglob("*.py")} == {12345}


@pytest.mark.parametrize(
    ("oddity", "where"),
    [
        ("utimens=EPERM", "cache"),
        ("utimens=EPERM", "wheel"),
        ("utimens=ENOSYS", "cache"),
        ("utimens=ignored", "cache"),
        ("chmod=EPERM", "cache"),
        ("chmod=ENOSYS", "wheel"),
    ],
)
def test_times_and_modes_that_are_refused(oddity, where, tmp_path, filled, monkeypatch):
    """Where a file can't have the time or mode that it needs, the work is left to ensurepip, whose outcome counts."""
    with odd_filesystem.mounted(tmp_path / "files", oddity) as root, seeding.records() as seen:
        monkeypatch.setenv("FASTVENV_CACHE_DIR", str(filled if where == "cache" else tmp_path / "files/no/cache"))
        (tmp_path / "files/no").touch()
        # This base has no ensurepip: that it is asked for is enough.
        with seeding.base_that(tmp_path, 'base "$@"'), pytest.raises(subprocess.CalledProcessError):
            seeding.create(root / "env")
        assert any("by ensurepip, because the file system does not keep these" in line for line in seen), seen
        assert not list(seeding.site_packages(root / "env").glob(".fastvenv-*"))


def test_ensurepip_where_times_are_refused(tmp_path, filled, monkeypatch):
    """What ensurepip leaves there is a pip that works, also over what was placed before."""
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(filled))
    with odd_filesystem.mounted(tmp_path / "files", "utimens=EPERM") as root:
        seeding.create(root / "env")
        seeding.check_whole(root / "env")
        version = subprocess.check_output([root / "env/bin/python", "-I", "-m", "pip", "--version"], text=True)
        assert str(root / "env") in version


@pytest.mark.parametrize("oddity", ["chmod=EPERM", "chmod=ENOSYS"])
def test_a_tree_where_modes_are_refused(oddity, tmp_path):
    """An environment without pip is made, and made again, though its scripts can't have the modes of the templates."""
    with odd_filesystem.mounted(tmp_path / "files", oddity) as root:
        before = os.umask(0o077)
        try:
            for prompt in (None, "again"):
                fastvenv.create(root / "env", symlinks=True, prompt=prompt)
                os.umask(0o027)
        finally:
            os.umask(before)
        assert "prompt = 'again'\n" in (root / "env/pyvenv.cfg").read_text()
        assert "again" in (root / "env/bin/activate").read_text()
