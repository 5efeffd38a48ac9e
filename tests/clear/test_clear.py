"""clear deletes what stands in the environment's folder, and nothing else."""

import os
import sys
from pathlib import Path

import pytest

import fastvenv
from circumstances import mounted
from platforms import IS_WINDOWS, posix_only


def tree(path):
    """All paths below, links not followed."""
    return sorted(str(found) for found in path.rglob("*"))


def test_everything_in_the_folder_goes(tmp_path):
    """Files, folders, hidden names and links of an old environment are gone, the new environment stands."""
    env = tmp_path / "env"
    (env / "deep" / "er").mkdir(parents=True)
    (env / ".hidden").touch()
    (env / "link").symlink_to(tmp_path)
    fastvenv.create(env, clear=True)
    assert not {"deep", ".hidden", "link"} & set(os.listdir(env))
    assert (env / "pyvenv.cfg").is_file()


def test_links_inside_are_deleted_and_not_followed(tmp_path):
    """What links in the folder point to is left alone, at any depth."""
    outside, env = tmp_path / "outside", tmp_path / "env"
    outside.mkdir()
    (outside / "kept").write_text("precious")
    (env / "lib").mkdir(parents=True)
    (env / "link").symlink_to(outside)
    (env / "lib" / "link").symlink_to(outside)
    fastvenv.create(env, clear=True)
    assert (outside / "kept").read_text() == "precious"


def test_a_link_to_a_folder_is_refused_before_anything_is_deleted(tmp_path):
    """The standard library empties the target of the link and raises afterwards; here it only raises."""
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "kept").touch()
    (tmp_path / "env").symlink_to("target")
    with pytest.raises(ValueError, match="Unable to create directory"):
        fastvenv.create(tmp_path / "env", clear=True)
    assert (tmp_path / "target" / "kept").exists()


@posix_only("HOME says where the home directory is")
@pytest.mark.parametrize("which", ["home", "parent of home", "base", "parent of base", "path through a link"])
def test_what_nobody_can_have_meant_is_refused(tmp_path, monkeypatch, which):
    """The home folder, the base interpreter's prefix and what holds them are refused; nothing is deleted."""
    home, base = tmp_path / "homes" / "me", tmp_path / "pythons" / "3.x"
    for folder in (home, base):
        folder.mkdir(parents=True)
        (folder / "kept").touch()
    (tmp_path / "elsewhere").symlink_to(home.parent)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(sys, "base_prefix", str(base))
    target = {
        "home": home,
        "parent of home": home.parent,
        "base": base,
        "parent of base": base.parent,
        "path through a link": tmp_path / "elsewhere" / "me",
    }[which]
    before = tree(tmp_path)
    with pytest.raises(ValueError, match=r"Refusing to clear .* Nothing was deleted"):
        fastvenv.create(target, clear=True)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("which", ["home", "parent of home", "base"])
def test_another_name_of_what_nobody_can_have_meant_is_refused(tmp_path, monkeypatch, which):
    """A bind mount of the home directory, or of what holds it, is refused too; nothing is deleted."""
    home, base, other = tmp_path / "homes" / "me", tmp_path / "python", tmp_path / "other"
    for folder in (home, base, other):
        folder.mkdir(parents=True)
    (home / "kept").touch()
    (base / "kept").touch()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(sys, "base_prefix", str(base))
    source = {"home": home, "parent of home": home.parent, "base": base}[which]
    before = tree(source)
    with mounted(other, "bind", source):
        with pytest.raises(ValueError, match=r"Refusing to clear .* Nothing was deleted"):
            fastvenv.create(other, clear=True)
        assert tree(source) == before
        fastvenv.create(other / "env")
        fastvenv.create(other / "env", clear=True)


def test_the_source_of_a_mounted_home_is_refused(tmp_path, monkeypatch):
    """A home directory that is bind-mounted from elsewhere isn't deleted where it comes from, nor above."""
    mounts = Path("/proc/self/mountinfo")
    if not mounts.exists() or all(line.split()[4] != "/" for line in mounts.read_text().splitlines()):
        pytest.skip("the kernel doesn't show the mount that our root directory is on, as in some chroots")
    source, mount_point = tmp_path / "a b" / "homes", tmp_path / "mnt"
    for folder in (source / "me", mount_point):
        folder.mkdir(parents=True)
    (source / "me" / "kept").touch()
    monkeypatch.setenv("HOME", str(mount_point / "me"))
    before = tree(source)
    with mounted(mount_point, "bind", source):
        for target in (source / "me", source, source.parent):
            with pytest.raises(ValueError, match=r"Refusing to clear .* Nothing was deleted"):
                fastvenv.create(target, clear=True)
            assert tree(source) == before
        for target in (source / "me" / "env", source / "other"):
            fastvenv.create(target)
            fastvenv.create(target, clear=True)


def test_the_root_is_refused():
    """The root of the file system is refused, by whichever path it is reached."""

    class Careful(fastvenv.EnvBuilder):
        def clear_directory(self, path):
            raise AssertionError(f"was asked to clear {path}")

    # On Windows "//" is no directory.
    for root in ("/", "/tmp/..", *([] if IS_WINDOWS else ["//"])):
        with pytest.raises(ValueError, match="Refusing to clear"):
            Careful(clear=True).create(root)


@posix_only("HOME says where the home directory is")
def test_a_folder_inside_home_is_cleared(tmp_path, monkeypatch):
    """An environment in the home folder is an ordinary environment."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "junk").touch()
    fastvenv.create(tmp_path / "env", clear=True)
    assert not (tmp_path / "env" / "junk").exists()
