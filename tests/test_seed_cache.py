"""The cache of images: whatever state it is in, environments are whole, and it never makes creation fail."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import seeding

ROUNDS = int(os.environ.get("FASTVENV_TEST_ROUNDS", "12"))
CREATE = "import sys, seeding; [seeding.create(env) for env in sys.argv[1:]]"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """A cache of the test's own, empty."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(folder))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    # Copies of 13 MB, by the hundred, would wear out the disk's patience; tests of copies ask for them.
    monkeypatch.setenv("FASTVENV_LINK_MODE", "hardlink")
    for name in ("FASTVENV_SEED", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """A cache with an image in it, to take copies of."""
    root = tmp_path_factory.mktemp("filled")
    environ = {**os.environ, "FASTVENV_CACHE_DIR": str(root / "cache")}
    environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    subprocess.run([sys.executable, "-c", CREATE, root / "env"], env=environ, check=True)
    return root / "cache"


def images(cache):
    """The complete images in the cache."""
    return [path for path in (cache / "images").iterdir() if not path.name.startswith(".")]


def leftovers(cache):
    """The unfinished images in the cache."""
    return [path for path in (cache / "images").iterdir() if path.name.startswith(".")]


def start(*envs):
    """A process that creates these environments."""
    return subprocess.Popen([sys.executable, "-c", CREATE, *map(str, envs)], stderr=subprocess.PIPE)


def test_many_creators_on_an_empty_cache(tmp_path, cache):
    """16 processes at once all make whole environments, and one image remains."""
    envs = [tmp_path / f"env{number}" for number in range(16)]
    processes = [start(env) for env in envs]
    for process in processes:
        assert process.communicate()[1] == b""
    for env in envs:
        seeding.check_whole(env)
    assert len(images(cache)) == len(list((cache / "locks").iterdir()))
    assert leftovers(cache) == []


def test_builders_killed_at_random_moments(tmp_path, cache):
    """After a killed cold start the next one makes a whole environment, also in the same folder."""
    env = tmp_path / "env"
    dice = random.Random(3)
    for _ in range(ROUNDS):
        shutil.rmtree(cache, ignore_errors=True)
        with start(env) as process:
            # Not to wait for anything: each round is to be cut at another moment.
            time.sleep(dice.uniform(0.02, 0.6))
            process.send_signal(signal.SIGKILL)
            process.stderr.close()
        if list(seeding.site_packages(env).glob("pip-*.dist-info")):
            seeding.check_whole(env)
            shutil.rmtree(env)
        seeding.create_natively(env)
        seeding.check_whole(env)
        assert leftovers(cache) == []
        shutil.rmtree(env)


def test_placements_killed_at_random_moments(tmp_path, filled, cache):
    """A placement that is cut leaves no pip that looks installed, and a second run mends it."""
    shutil.copytree(filled, cache, copy_function=shutil.copy2, dirs_exist_ok=True)
    env = tmp_path / "env"
    dice = random.Random(4)
    for _ in range(ROUNDS):
        with start(env) as process:
            time.sleep(dice.uniform(0.02, 0.09))
            process.send_signal(signal.SIGKILL)
            process.stderr.close()
        if list(seeding.site_packages(env).glob("pip-*.dist-info")):
            seeding.check_whole(env)
            shutil.rmtree(env)
        seeding.create_natively(env)
        seeding.check_whole(env)
        shutil.rmtree(env)


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


@pytest.mark.parametrize("mode", seeding.LINK_MODES)
@pytest.mark.parametrize("damage", [truncate, alter, link, touch, Path.unlink], ids=lambda damage: damage.__name__)
def test_a_spoilt_file(damage, mode, tmp_path, filled, cache, monkeypatch):
    """A file that was changed, cut or removed in the cache is noticed, said, and the image built anew."""
    monkeypatch.setenv("FASTVENV_LINK_MODE", mode)
    shutil.copytree(filled, cache)
    sources = (path for image in images(cache) for path in image.glob("tree/pip*/_internal/**/*.py"))
    victims = [path for path in sources if path.stat().st_size > 100]
    damage(random.Random(5).choice(victims))
    seen = seeding.create_natively(tmp_path / "env")
    assert any(line.startswith("WARNING the cache is spoilt") for line in seen), seen
    seeding.check_whole(tmp_path / "env")
    seen = seeding.create_natively(tmp_path / "second")
    assert not any(line.startswith("WARNING") for line in seen), seen
    seeding.check_whole(tmp_path / "second")


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
    for folder in (cache, cache / "images", images(cache)[0]):
        folder.chmod(0o777)
        seen = seeding.create_natively(tmp_path / "env")
        if folder == images(cache)[0]:
            continue
        assert any("WARNING" in line and "may be written by others" in line for line in seen), seen
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


def test_another_users_cache(tmp_path, filled, cache):
    """A cache that belongs to another user is not used, and the user is told."""
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    shutil.copytree(filled, cache)
    os.chown(cache, 12345, 12345)
    seen = seeding.create_natively(tmp_path / "env")
    assert any("WARNING" in line and "belongs to another user" in line for line in seen), seen
    seeding.check_whole(tmp_path / "env")


@pytest.fixture
def mount():
    """Mounts a tmpfs with these options; unmounted in the end."""
    mounted = []

    def mount(folder, options):
        folder.mkdir(exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("file systems can't be mounted here")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def mount_image(tmp_path):
    """Mounts a new file system that this command makes; unmounted in the end."""
    folder = tmp_path / "mounted"

    def mount_image(command):
        if os.geteuid() != 0 or not shutil.which(command):
            pytest.skip(f"{command} is not here, or file systems can't be mounted")
        with (tmp_path / "image").open("wb") as file:
            file.truncate(512 << 20)
        subprocess.run([command, "-q", file.name], check=True)
        folder.mkdir()
        if subprocess.run(["mount", "-o", "loop", file.name, str(folder)], capture_output=True).returncode:
            folder.rmdir()
            pytest.skip("file systems can't be mounted here")
        return folder

    yield mount_image
    if folder.exists():
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_cache_that_cannot_be_written(tmp_path, filled, cache, mount):
    """A read-only cache serves what it has; an empty one is done without."""
    mount(cache, "size=64m")
    shutil.copytree(filled, cache, dirs_exist_ok=True)
    cache.chmod(0o700)
    subprocess.run(["mount", "-o", "remount,ro", str(cache)], check=True)
    assert any("origin: Cache" in line for line in seeding.create_natively(tmp_path / "env"))
    subprocess.run(["mount", "-o", "remount,rw", str(cache)], check=True)
    for image in images(cache):
        shutil.rmtree(image)
    subprocess.run(["mount", "-o", "remount,ro", str(cache)], check=True)
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


def test_a_full_cache(tmp_path, cache, mount):
    """No room for an image: pip comes straight from the wheel, and nothing is left in the cache."""
    mount(cache, "size=4m,mode=700")
    seen = seeding.create_natively(tmp_path / "env")
    assert any("origin: Wheel" in line for line in seen), seen
    seeding.check_whole(tmp_path / "env")
    assert images(cache) == []
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
    assert any("spoilt" in line for line in seeding.create_natively(tmp_path / "again"))
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
    for image in images(cache):
        if image not in (old, recent):
            shutil.rmtree(image)
    seeding.create_natively(tmp_path / "env")
    assert not old.exists()
    assert recent.exists()
    assert not dead.exists()


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
