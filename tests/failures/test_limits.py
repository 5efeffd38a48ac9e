"""Real limits: a full disk, a read-only one, a quota of file sizes and of descriptors, foreign folders, no threads."""

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
from circumstances import remount
from platforms import linux_only

resource = pytest.importorskip("resource", reason="not on Windows: limits of processes, and mounts")

LINKS = {"symlinks": True}


def test_a_disk_that_fills_at_any_point(mount, tmp_path):
    """With room for so many files and no more: ENOSPC names the path; with more room a second run completes it."""
    folder = mount(tmp_path / "mounted", "nr_inodes=1000")
    env = folder / "env"
    whole = faults.fresh(env, **LINKS)
    filled = os.statvfs(folder)
    shutil.rmtree(env)
    for room in range(2, filled.f_files - filled.f_ffree):
        remount(folder, f"nr_inodes={room}")
        with pytest.raises(OSError, match="No space left") as caught:
            fastvenv.create(env, **LINKS)
        assert caught.value.errno == errno.ENOSPC
        assert str(env) in f"{caught.value.filename} {caught.value.filename2}"
        for name, entry in faults.snapshot(env).items():
            assert entry == whole[name]
        remount(folder, "nr_inodes=1000")
        fastvenv.create(env, **LINKS)
        assert faults.snapshot(env) == whole
        shutil.rmtree(env)


def test_a_disk_without_room_for_content(mount, tmp_path):
    """No block is free: no file stands there empty in place of what should be in it."""
    folder = mount(tmp_path / "mounted", "size=64k")
    (folder / "ballast").write_bytes(bytes(64 << 10))
    with pytest.raises(OSError, match="No space left") as caught:
        fastvenv.create(folder / "env", **LINKS)
    assert caught.value.filename == str(folder / "env" / "pyvenv.cfg")
    assert not list((folder / "env").rglob("*activate*"))
    assert not list((folder / "env").glob(".*"))
    assert not (folder / "env" / "pyvenv.cfg").exists()
    (folder / "ballast").unlink()
    fastvenv.create(folder / "env", **LINKS)
    assert faults.snapshot(folder / "env") == faults.fresh(folder / "env", **LINKS)


def test_a_full_disk_spares_the_environment_that_is_there(mount, tmp_path):
    """Made again on a full disk, an environment keeps the pyvenv.cfg and the scripts that it had."""
    folder = mount(tmp_path / "mounted", "size=128k")
    fastvenv.create(folder / "env", **LINKS, prompt="old")
    before = faults.snapshot(folder / "env")
    with contextlib.suppress(OSError), (folder / "ballast").open("wb", buffering=0) as ballast:
        while True:
            ballast.write(bytes(4096))
    with pytest.raises(OSError, match="No space left"):
        fastvenv.create(folder / "env", **LINKS, prompt="new")
    assert faults.snapshot(folder / "env") == before


def test_a_read_only_file_system(mount, tmp_path):
    """EROFS names the folder, and nothing is left; over an environment that is there, the file."""
    folder = mount(tmp_path / "mounted", "size=1m")
    fastvenv.create(folder / "old", **LINKS)
    before = faults.snapshot(folder)
    remount(folder, "ro")
    for name, culprit in (("new", "new"), ("old", "old/pyvenv.cfg")):
        with pytest.raises(OSError, match="Read-only") as caught:
            fastvenv.create(folder / name, **LINKS)
        assert (caught.value.errno, caught.value.filename) == (errno.EROFS, str(folder / culprit))
    with pytest.raises(OSError, match="Read-only") as caught:
        fastvenv.create(folder / "old", clear=True, **LINKS)
    assert any("still contains 'bin', 'include'" in note for note in caught.value.__notes__)
    assert faults.snapshot(folder) == before


def test_files_may_not_be_so_large(tmp_path):
    """RLIMIT_FSIZE: EFBIG names the file, which is not left cut short."""
    env = tmp_path / "env"
    whole = faults.fresh(env, **LINKS)
    for size in (0, 100, 2000):
        shutil.rmtree(env)

        def create(size=size):
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
            fastvenv.create(env, **LINKS)

        code, path, *notes = faults.in_child(create)
        assert int(code) == errno.EFBIG
        assert path.startswith(str(env))
        assert any("is incomplete" in note for note in notes)
        assert all(entry == whole[name] for name, entry in faults.snapshot(env).items())
        fastvenv.create(env, **LINKS)
        assert faults.snapshot(env) == whole


@linux_only("descriptors are listed by /proc")
@pytest.mark.parametrize("options", [LINKS, {"symlinks": False}, {**LINKS, "clear": True}])
def test_no_descriptor_is_free(options, tmp_path):
    """RLIMIT_NOFILE: EMFILE names a path, however many are free; a second run completes the environment."""
    env = tmp_path / "env"
    whole = faults.fresh(env, **options)
    failures = 0
    for free in range(8):

        def create(free=free):
            # But for the descriptor of the listing itself, which is closed by now.
            used = {int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")}
            # The limit is on numbers: as many as are free below it can be had.
            limit = next(n for n in range(1, 4096) if n - len([fd for fd in used if fd < n]) > free) - 1
            resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
            fastvenv.create(env, **options)

        told = faults.in_child(create)
        if told:
            failures += 1
            assert int(told[0]) == errno.EMFILE
            assert os.path.isabs(told[1])
        else:
            assert faults.snapshot(env) == whole
        fastvenv.create(env, **options)
        assert faults.snapshot(env) == whole
    assert failures


@linux_only("the limit is for threads too")
def test_no_thread_can_be_started(tmp_path, monkeypatch):
    """RLIMIT_NPROC while pip's image is built: an OSError and no panic, and no pip looks installed."""
    faults.need_root()
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(tmp_path / "cache"))
    tmp_path.chmod(0o777)
    env = tmp_path / "env"

    def create():
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        fastvenv.create(env, **LINKS, with_pip=True)

    told = faults.as_nobody(create, tmp_path)
    assert told
    assert "panic" not in "".join(told)
    assert not list(seeding.site_packages(env).glob("pip-*.dist-info"))


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_standard_streams_that_are_closed(closed, tmp_path):
    """Without standard input, output or error, an environment is made all the same, and a failure has status 1."""
    command = f'exec {sys.executable} -m fastvenv --without-pip "$1" {closed}'
    for env, status in ((tmp_path / "env", 0), (tmp_path / "env" / "pyvenv.cfg" / "below", 1)):
        done = subprocess.run(["sh", "-c", command, "sh", str(env)], capture_output=True, check=False, timeout=60)
        assert done.returncode == status
        assert b"panicked" not in done.stderr
    assert faults.snapshot(tmp_path / "env") == faults.fresh(tmp_path / "env", symlinks=True, scm_ignore_files=["git"])


@linux_only("/dev/full")
def test_standard_error_that_is_full(tmp_path):
    """A message that can't be printed changes nothing of the failure: it is one, and it ends."""
    (tmp_path / "file").touch()
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "fastvenv", str(tmp_path / "file" / "env")]
        assert subprocess.run(command, stderr=full, check=False, timeout=60).returncode != 0
