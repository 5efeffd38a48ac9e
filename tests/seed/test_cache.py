"""The cache of images: whatever state it is in, environments are whole, and it never makes creation fail."""

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import faults
import seeding
from fastvenv import cache as cache_command
from platforms import posix_only
from seeding import images

pytestmark = [pytest.mark.usefixtures("cache"), pytest.mark.slow, posix_only("owners, modes and links")]


def truncate(path):
    """Cut to half of its length."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def alter(path):
    """One byte is another."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def link(path):
    """A link stands in its place."""
    moved = path.with_name("moved")
    path.rename(moved)
    path.symlink_to(moved)


def touch(path):
    """Another time of modification."""
    os.utime(path, (1, 1))


def open_up(path):
    """Others may write it."""
    path.chmod(0o666)


@pytest.mark.parametrize("mode", seeding.LINK_MODES)
@pytest.mark.parametrize("damage", [truncate, alter, link, touch, open_up, Path.unlink], ids=lambda it: it.__name__)
def test_a_spoilt_file(damage, mode, tmp_path, filled, cache, monkeypatch):
    """A file that was changed, cut or removed in the cache is noticed, said, and the image built anew."""
    monkeypatch.setenv("FASTVENV_LINK_MODE", mode)
    shutil.copytree(filled, cache)
    sources = (path for image in images(cache) for path in image.glob("tree/pip*/_internal/**/*.py"))
    victims = [path for path in sources if path.stat().st_size > 100]
    damage(random.Random(5).choice(victims))
    seen = seeding.create_natively(tmp_path / "env")
    assert any(line.startswith("WARNING the cache is damaged") for line in seen), seen
    seeding.check_whole(tmp_path / "env")
    seen = seeding.create_natively(tmp_path / "second")
    assert not any(line.startswith("WARNING") for line in seen), seen
    seeding.check_whole(tmp_path / "second")


@pytest.mark.parametrize("mode", ["clone", "copy"])
@pytest.mark.parametrize("name", ["pip/__main__.py", "pip/__pycache__/__main__.*.pyc", "pip-*.dist-info/METADATA"])
def test_a_file_damaged_by_the_disk(name, mode, tmp_path, filled, cache, monkeypatch):
    """A copied file whose bytes changed, but neither its size nor its time, is noticed, said, and built anew."""
    monkeypatch.setenv("FASTVENV_LINK_MODE", mode)
    shutil.copytree(filled, cache)
    victim = next(cache.glob(f"images/*/tree/{name}"))
    before = victim.stat()
    alter(victim)
    os.utime(victim, ns=(before.st_atime_ns, before.st_mtime_ns))
    seen = seeding.create_natively(tmp_path / "env")
    if any("files: clone" in line for line in seen):
        pytest.skip("a clone doesn't read what it shares")
    assert any(line.startswith("WARNING the cache is damaged") and victim.name in line for line in seen), seen
    seeding.check_whole(tmp_path / "env")
    assert not any(line.startswith("WARNING") for line in seeding.create_natively(tmp_path / "second"))


@pytest.mark.parametrize("error", ["EIO", "EUCLEAN", "EBADMSG"])
def test_a_file_that_the_disk_lost(error, tmp_path, filled, cache):
    """A file whose content can't be read any more is said and built anew, so that the next environment has a cache."""
    faults.need_strace()
    shutil.copytree(filled, cache)
    victim = next(cache.glob("images/*/tree/pip/__main__.py"))
    program = "import sys, seeding; print(*seeding.create_natively(sys.argv[1]), sep='\\n')"
    strace = ["strace", "-qq", "-o", os.devnull, "-P", str(victim), "-e", f"inject=read:error={error}:when=1"]
    command = [*strace, sys.executable, "-c", program, tmp_path / "env"]
    environ = {**os.environ, "FASTVENV_LINK_MODE": "copy"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert f"WARNING the cache is damaged and will be rebuilt: {victim}" in done.stdout
    assert "origin: Built" in done.stdout
    seeding.check_whole(tmp_path / "env")
    assert any("origin: Cache" in line for line in seeding.create_natively(tmp_path / "second"))


@pytest.mark.parametrize("name", ["manifest", "tree"])
@pytest.mark.parametrize("damage", ["truncated", "removed"])
def test_a_spoilt_image(name, damage, tmp_path, filled, cache):
    """An image without a sound manifest or without its tree is built anew."""
    shutil.copytree(filled, cache)
    for image in images(cache):
        if name == "tree":
            shutil.rmtree(image / "tree")
            if damage == "truncated":
                (image / "tree").mkdir()
        elif damage == "truncated":
            truncate(image / "manifest")
        else:
            (image / "manifest").unlink()
    seeding.create_natively(tmp_path / "env")
    seeding.check_whole(tmp_path / "env")


def test_a_cache_that_others_may_write(tmp_path, filled, cache):
    """A cache that is open to others is not used, planted files in it are not placed, and the user is told."""
    shutil.copytree(filled, cache)
    for image in images(cache):
        planted = next(image.glob("tree/*/__init__.py"))
        facts = planted.stat()
        planted.write_bytes(b"#" * facts.st_size)
        os.utime(planted, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    for folder in (cache, cache / "images"):
        folder.chmod(0o777)
        seen = seeding.create_natively(tmp_path / "env")
        assert any("WARNING" in line and "is writable by others" in line for line in seen), seen
        seeding.check_whole(tmp_path / "env")
        shutil.rmtree(tmp_path / "env")
        folder.chmod(0o700)


def test_a_cache_that_is_no_folder(tmp_path, cache):
    """Where a file is in the way, or the parent can't be made, pip comes straight from the wheel."""
    cache.write_text("")
    for number, folder in enumerate([cache, cache / "below", "/proc/nowhere/cache"]):
        os.environ["FASTVENV_CACHE_DIR"] = str(folder)
        env = tmp_path / f"env{number}"
        seen = seeding.create_natively(env)
        assert any("no cache is used" in line for line in seen), seen
        seeding.check_whole(env)


def test_a_folder_of_the_users_own_is_no_cache(tmp_path, cache, capsys):
    """A folder with other things in it is not written to, swept or cleaned, whatever their names; the user is told."""
    photo = cache / "images/holiday/photo"
    photo.parent.mkdir(parents=True)
    photo.write_text("precious")
    seen = seeding.create_natively(tmp_path / "env")
    assert any("WARNING" in line and "fastvenv did not make it" in line for line in seen), seen
    seeding.check_whole(tmp_path / "env")
    assert cache_command.main(["clean"]) == 1
    assert "is not a cache that fastvenv made" in capsys.readouterr().err
    assert [path for path in cache.rglob("*") if path.is_file()] == [photo]


def test_a_cleaned_cache_with_a_file_of_others(tmp_path, filled, cache, capsys):
    """Cleaning counts what it removes, leaves what it hasn't made, and what it leaves is still the cache."""
    shutil.copytree(filled, cache)
    (cache / ".DS_Store").write_bytes(bytes(1000))
    before = {path for path in cache.rglob("*") if path.is_file()}
    assert cache_command.main(["clean"]) == 0
    removed = {path for path in before if not path.exists()}
    assert before - removed == {cache / ".DS_Store", cache / "CACHEDIR.TAG"}
    assert f"files: {len(removed)}," in capsys.readouterr().out
    seen = seeding.create_natively(tmp_path / "env")
    assert not any(line.startswith("WARNING") for line in seen), seen
    assert images(cache)
    assert cache_command.main(["clean"]) == 0
    assert not (cache / "images").exists()


def test_another_users_cache(tmp_path, filled, cache):
    """A cache that belongs to another user is not used, and the user is told."""
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    shutil.copytree(filled, cache)
    os.chown(cache, 12345, 12345)
    seen = seeding.create_natively(tmp_path / "env")
    assert any("WARNING" in line and "belongs to another user" in line for line in seen), seen
    seeding.check_whole(tmp_path / "env")


def test_old_images_and_dead_builders_are_swept(tmp_path, filled, cache):
    """What was not used for 90 days, and what killed builders left, goes when an image is built."""
    shutil.copytree(filled, cache)
    old, recent = cache / "images/1-old", cache / "images/1-recent"
    for image, days in ((old, 91), (recent, 89)):
        shutil.copytree(images(cache)[0], image)
        then = time.time() - days * 86400
        os.utime(image / "manifest", (then, then))
    dead = cache / "images/.build-1-1"
    (dead / "tree").mkdir(parents=True)
    (dead / "alive").touch()
    unlocked = [cache / "images/.build-1-2", cache / "images/.build-1-3"]
    for building, hours in zip(unlocked, (23, 25), strict=True):
        building.mkdir()
        then = time.time() - hours * 3600
        os.utime(building, (then, then))
    for image in images(cache):
        if image not in (old, recent):
            shutil.rmtree(image)
    seeding.create_natively(tmp_path / "env")
    assert not old.exists()
    assert recent.exists()
    assert not dead.exists()
    assert [building.exists() for building in unlocked] == [True, False], "its builder may be about to lock it"


def test_old_locks_are_swept_unless_somebody_holds_them(tmp_path, filled, cache):
    """However old a lock is, nobody but its holder removes it: others would build the same side by side."""
    fcntl = pytest.importorskip("fcntl")
    shutil.copytree(filled, cache)
    own = {path.name for path in (cache / "locks").iterdir()}
    (cache / "locks/held").touch()
    (cache / "locks/free").touch()
    then = time.time() - 91 * 86400
    for lock in (cache / "locks").iterdir():
        os.utime(lock, (then, then))
    for image in images(cache):
        shutil.rmtree(image)
    with (cache / "locks/held").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        seeding.create_natively(tmp_path / "env")
    left = {path.name for path in (cache / "locks").iterdir()}
    assert "held" in left
    assert "free" not in left
    # Whoever builds holds one, and pip's image is the last one that is built.
    assert left & own


def test_use_is_recorded_once_a_day(tmp_path, filled, cache):
    """A used image counts as used today; within a day nothing is written."""
    shutil.copytree(filled, cache)
    manifests = [image / "manifest" for image in images(cache)]
    for days, renewed in ((2, True), (0.5, False)):
        then = time.time() - days * 86400
        for manifest in manifests:
            os.utime(manifest, (then, then))
        seeding.create_natively(tmp_path / f"env{days}")
        for manifest in manifests:
            assert (manifest.stat().st_mtime > then + 1) == renewed
