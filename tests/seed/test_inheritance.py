"""Whatever files inherit from their directory, such as a group or an ACL, they inherit in each link mode."""

import os
import shutil
import subprocess

import pytest

import seeding
from platforms import linux_only

pytestmark = [
    pytest.mark.usefixtures("cache"),
    pytest.mark.slow,
    linux_only("groups and access lists are inherited otherwise elsewhere"),
]

ACL = "system.posix_acl_access"


def set_group(directory):
    """New files in it get its group, one that isn't ours."""
    try:
        os.chown(directory, -1, 12345)
    except PermissionError:
        pytest.skip("only root can give a directory any group")
    directory.chmod(directory.stat().st_mode | 0o2000)


def set_default_acl(directory):
    """New files in it can be read by one more user; their modes don't show it."""
    if not shutil.which("setfacl"):
        pytest.skip("setfacl is not here")
    command = ["setfacl", "-d", "-m", "u:12345:r,g::r,o::r", str(directory)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this file system has no ACLs")


def inherited(path):
    """The file's group and ACL."""
    acl = os.getxattr(path, ACL) if ACL in os.listxattr(path) else None
    return path.stat().st_gid, acl


def check_inherited(env):
    """Every file of pip is as an ordinary new file beside it, but for an executable's mode, which its ACL shows too."""
    packages = seeding.site_packages(env)
    (packages / "probe").touch()
    expected = inherited(packages / "probe")
    (packages / "probe").unlink()
    files = [path for path in packages.rglob("*") if path.is_file() and not path.stat().st_mode & 0o111]
    assert len(files) > 800
    assert {inherited(path) for path in files} == {expected}


@pytest.fixture(params=[set_group, set_default_acl], ids=lambda it: it.__name__)
def odd(request, tmp_path):
    """A directory from which files inherit something."""
    directory = tmp_path / "odd"
    directory.mkdir()
    request.param(directory)
    return directory


@pytest.mark.parametrize("mode", seeding.LINK_MODES)
def test_an_environment_where_files_inherit(mode, odd, tmp_path, filled, cache, monkeypatch):
    """In a directory with setgid or a default ACL, files are copied where a hard link would have other rights."""
    monkeypatch.setenv("FASTVENV_LINK_MODE", mode)
    shutil.copytree(filled, cache)
    seen = seeding.create_natively(odd / "env")
    assert not any("files: hardlink" in line for line in seen), seen
    check_inherited(odd / "env")
    seen = seeding.create_natively(tmp_path / "plain")
    assert any("files: hardlink" in line for line in seen) == (mode == "hardlink"), seen
    check_inherited(tmp_path / "plain")


def test_a_cache_where_files_inherit(odd, tmp_path, monkeypatch):
    """What files of the cache inherited doesn't come into environments elsewhere; beside the cache, they are linked."""
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(odd / "cache"))
    for env in (tmp_path / "cold", tmp_path / "warm"):
        seen = seeding.create_natively(env)
        assert any("files: copy" in line for line in seen), seen
        check_inherited(env)
    seen = seeding.create_natively(odd / "env")
    assert any("files: hardlink" in line for line in seen), seen
    check_inherited(odd / "env")


def test_no_cache_where_files_inherit(odd, monkeypatch):
    """Files that come straight from the wheel inherit as well."""
    monkeypatch.setenv("FASTVENV_CACHE_DIR", os.devnull)
    seen = seeding.create_natively(odd / "env")
    assert any("origin: Wheel" in line for line in seen), seen
    check_inherited(odd / "env")
