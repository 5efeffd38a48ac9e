"""File systems without symbolic links: what is optional is left out, the rest is copied."""

import contextlib
import errno
import os
import shutil
import subprocess
import sys

import pytest

import fastvenv
import faults
import seeding
from parity.trees import Entry
from platforms import posix_only

pytestmark = posix_only("strace and mounts take the links away")

LACKING = ["EPERM", "ENODATA", "EPROTO", "ENOSYS", "EOPNOTSUPP"]
OPTIONAL = {"lib64"}


def copied(whole: dict[str, Entry]) -> dict[str, Entry]:
    """A tree with copies in place of the links, and without optional ones."""
    is_link = {name: entry[0].startswith("l") for name, entry in whole.items()}
    return {name: faults.base() if is_link[name] else whole[name] for name in whole if name not in OPTIONAL}


@pytest.mark.parametrize("symlinks", [True, False], ids=["links", "copies"])
@pytest.mark.parametrize("error", LACKING)
def test_a_file_system_that_refuses_links(error, symlinks, tmp_path):
    """Whatever the error, executables are copied, `lib64` is left out, and everything else is there."""
    faults.need_strace()
    env = tmp_path / "env"
    expected = copied(faults.fresh(env, symlinks=symlinks))
    faults.reset(env)
    inject = f"inject=symlink,symlinkat:error={error}"
    outcome = faults.run(env, ["-e", "trace=symlink,symlinkat", "-e", inject, "-o", os.devnull], symlinks=symlinks)
    assert outcome.raised == {"class": None}, outcome
    assert ("Unable to symlink" in outcome.stderr) == symlinks
    assert faults.snapshot(env) == expected


@pytest.mark.skipif(sys.version_info >= (3, 15) or sys.maxsize <= 2**32, reason="lib64 is not a link here")
@pytest.mark.parametrize("error", ["ENOSPC", "EDQUOT", "EROFS", "EIO", "EACCES"])
def test_a_disk_that_is_full_or_broken(error, tmp_path):
    """Where `lib64` fails for another reason, that is the error."""
    env = tmp_path / "env"
    (call,) = [call for call in faults.calls(env, symlinks=True) if call.line.startswith('symlink("lib"')]
    faults.reset(env)
    faults.check_error(faults.run_with(f"error={error}", call, env, symlinks=True), error, call)


@pytest.mark.slow
@pytest.mark.parametrize("symlinks", [True, False], ids=["links", "copies"])
def test_exfat(symlinks, mount_image, filled, cache):
    """On a real file system without links, hard links and modes, the environment and its pip work."""
    env = mount_image("mkfs.exfat", "exfat-fuse") / "env"
    shutil.copytree(filled, cache)
    with pytest.raises(OSError, match=r"implemented|permitted"):
        os.symlink("target", env.with_name("link"))
    with seeding.records() as seen:
        fastvenv.create(env, symlinks=symlinks, with_pip=True)
    assert any("there is no lib64" in line for line in seen) == (sys.version_info < (3, 15))
    assert "pip" in subprocess.check_output([env / "bin/python", "-m", "pip", "list"], text=True)


@pytest.mark.skipif(sys.version_info[:2] != (3, 14), reason="only Python 3.14 has this name")
@pytest.mark.parametrize("code", [errno.EILSEQ, errno.EINVAL, errno.ENOSPC], ids=errno.errorcode.get)
def test_a_name_that_can_not_be_stored(code, tmp_path):
    """`𝜋thon` is left out where the file system can't have such a name, but a full disk is an error."""

    class Builder(fastvenv.EnvBuilder):
        def symlink_or_copy(self, src, dst, relative_symlinks_ok=False):
            if not dst.isascii():
                raise OSError(code, os.strerror(code), dst)
            super().symlink_or_copy(src, dst, relative_symlinks_ok)

    is_full = code == errno.ENOSPC
    with pytest.raises(OSError, match="No space") if is_full else contextlib.nullcontext():
        Builder(symlinks=True).create(tmp_path / "env")
    assert (tmp_path / "env/bin/activate").exists() != is_full
    assert all(name.isascii() for name in os.listdir(tmp_path / "env/bin"))
