"""A cache that is restored from an archive or copied to another machine is used as it was."""

import os
import shutil
import stat
import subprocess
import tarfile
import time
import zipfile

import pytest

import seeding
from platforms import posix_only
from seeding import images

pytestmark = [pytest.mark.usefixtures("cache"), pytest.mark.slow, posix_only("modes, and cp and tar")]


def by_tar(source, target):
    """The oldest format in use, which container layers share, keeps whole seconds."""
    archive = target.with_name("archive.tar")
    with tarfile.open(archive, "w", format=tarfile.USTAR_FORMAT) as written:
        written.add(source, target.name)
    subprocess.run(["tar", "-xf", archive, "-C", target.parent], check=True)


def by_zip(source, target):
    """A zip file keeps every other second, no empty directories, and with Python's module no modes."""
    archive = shutil.make_archive(str(target.with_name("archive")), "zip", source)
    with zipfile.ZipFile(archive) as read:
        for info in read.infolist():
            extracted = read.extract(info, target)
            modified = time.mktime((*info.date_time, 0, 0, -1))
            os.utime(extracted, (modified, modified))
    for folder in (target / "locks", target / "wheels"):
        shutil.rmtree(folder, ignore_errors=True)


def by_cp(source, target):
    """`cp` without the modes, in a process with a stricter umask."""
    subprocess.run(["sh", "-c", 'umask 077 && cp -r --preserve=timestamps "$@"', "sh", source, target], check=True)


def modes(env):
    """The modes of what was placed."""
    packages = seeding.site_packages(env)
    return {path.relative_to(packages): stat.filemode(path.lstat().st_mode) for path in packages.rglob("*")}


def texts(cache):
    """The manifests of the complete images."""
    return {image.name: (image / "manifest").read_text(encoding="utf-8") for image in images(cache)}


@pytest.mark.parametrize("mode", ["clone", "hardlink"])
@pytest.mark.parametrize("travel", [by_tar, by_zip, by_cp], ids=lambda travel: travel.__name__)
def test_a_cache_that_travelled(travel, mode, tmp_path, filled, cache, monkeypatch):
    """It serves whole environments silently, its images are kept, and files have the modes that they always have."""
    monkeypatch.setenv("FASTVENV_LINK_MODE", mode)
    travel(filled, cache)
    seen = seeding.create_natively(tmp_path / "env")
    assert any("origin: Cache" in line for line in seen), seen
    assert not any(line.startswith("WARNING") for line in seen), seen
    seeding.check_whole(tmp_path / "env")
    assert texts(cache) == texts(filled)
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(filled))
    seeding.create_natively(tmp_path / "other")
    assert modes(tmp_path / "env") == modes(tmp_path / "other")


def test_an_image_has_whole_even_seconds(filled):
    """No archive or file system changes the time of modification of an image's files, bytecode included."""
    for image in images(filled):
        files = [path for path in (image / "tree").rglob("*") if path.is_file()]
        assert any(path.suffix == ".pyc" for path in files)
        assert {path.stat().st_mtime_ns % (2 * 10**9) for path in files} == {0}
