"""What belongs to others, or may not be written, is respected, and named by the error."""

import errno
import os

import pytest

import fastvenv
import faults
from platforms import posix_only

pytestmark = posix_only("owners and modes")

LINKS = {"symlinks": True}


def test_a_folder_of_others(tmp_path):
    """EACCES names the folder that could not be made; nothing is left."""
    faults.need_root()
    code, path, *notes = faults.as_nobody(lambda: fastvenv.create(tmp_path / "env", **LINKS), tmp_path)
    assert (int(code), path) == (errno.EACCES, str(tmp_path / "env"))
    assert not any("was left" in note for note in notes)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def own(tmp_path):
    """An environment of a user without rights."""
    faults.need_root()
    env = tmp_path / "env"
    fastvenv.create(env, **LINKS)
    for path in [env, *env.rglob("*")]:
        os.lchown(path, 65534, 65534)
    return env


@pytest.mark.parametrize("owner", [0, 65534], ids=["root's", "own"])
@pytest.mark.parametrize("name", ["bin/activate", "pyvenv.cfg"])
def test_a_file_in_it_that_may_not_be_written(name, owner, own):
    """A file that is read-only, another's or the user's own, stays as it is: EACCES names it."""
    os.chown(own / name, owner, owner)
    (own / name).chmod(0o444)
    before = faults.snapshot(own)[name]
    code, path, *_ = faults.as_nobody(lambda: fastvenv.create(own, **LINKS, prompt="new"), own.parent)
    assert (int(code), path) == (errno.EACCES, str(own / name))
    assert faults.snapshot(own)[name] == before


@pytest.mark.parametrize("name", [".", "bin", "include"])
def test_a_folder_in_it_that_may_not_be_written(name, own):
    """A folder that takes no new names is no hindrance where all is there, as in the standard library."""
    os.chown(own / name, 0, 0)
    (own / name).chmod(0o555)
    assert faults.as_nobody(lambda: fastvenv.create(own, **LINKS, prompt="new"), own.parent) == []
    assert "prompt = 'new'\n" in (own / "pyvenv.cfg").read_text()
    assert "new" in (own / "bin/activate").read_text()


def test_a_folder_in_it_that_takes_no_new_file(own):
    """Where something is to be made in such a folder, EACCES names it."""
    os.chown(own / "bin", 0, 0)
    (own / "bin" / "activate").unlink()
    code, path, *_ = faults.as_nobody(lambda: fastvenv.create(own, **LINKS), own.parent)
    assert (int(code), path) == (errno.EACCES, str(own / "bin" / "activate"))


def test_files_of_others_keep_their_owner(tmp_path):
    """What root makes again in a user's environment stays the user's, as when it is written in place."""
    faults.need_root()
    env = tmp_path / "env"
    fastvenv.create(env, **LINKS)
    for name in ("pyvenv.cfg", "bin/activate"):
        os.chown(env / name, 65534, 65534)
    fastvenv.create(env, **LINKS, prompt="new")
    for name in ("pyvenv.cfg", "bin/activate"):
        assert (env / name).stat().st_uid == 65534
    assert "prompt = 'new'\n" in (env / "pyvenv.cfg").read_text()
