"""Real limits: a full disk, a read-only one, a quota of file sizes and of descriptors, foreign folders, no threads."""

import contextlib
import errno
import os
import resource
import shutil
import subprocess
import sys

import pytest

import fastvenv
import faults
import seeding

LINKS = {"symlinks": True}


@pytest.fixture
def mount(tmp_path):
    """Mounts a tmpfs with these options; unmounted in the end."""
    folder = tmp_path / "mounted"
    folder.mkdir()

    def mount(options):
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("file systems can't be mounted here")
        return folder

    yield mount
    while os.path.ismount(folder):
        subprocess.run(["umount", "-l", str(folder)], check=True)


def remount(folder, options):
    """Change the options of a mounted file system."""
    subprocess.run(["mount", "-o", f"remount,{options}", str(folder)], check=True)


def in_child(action):
    """Run `action` in a child process, which may do to itself what it likes; what it raises is raised here."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        status = 0
        try:
            action()
        except OSError as error:
            fields = (error.errno, error.filename, *getattr(error, "__notes__", ()))
            os.write(write, "\n".join(map(str, fields)).encode())
        except BaseException as error:
            os.write(write, f"{type(error).__name__}: {error}".encode())
            status = 1
        finally:
            os._exit(status)
    os.close(write)
    with os.fdopen(read) as told:
        text = told.read()
    assert os.waitpid(child, 0)[1] == 0, text
    return text.split("\n") if text else []


def test_a_disk_that_fills_at_any_point(mount):
    """With room for so many files and no more: ENOSPC names the path; with more room a second run completes it."""
    folder = mount("nr_inodes=1000")
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


def test_a_disk_without_room_for_content(mount):
    """No block is free: no file stands there empty in place of what should be in it."""
    folder = mount("size=64k")
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


def test_a_full_disk_spares_the_environment_that_is_there(mount):
    """Made again on a full disk, an environment keeps the pyvenv.cfg and the scripts that it had."""
    folder = mount("size=128k")
    fastvenv.create(folder / "env", **LINKS, prompt="old")
    before = faults.snapshot(folder / "env")
    with contextlib.suppress(OSError), (folder / "ballast").open("wb", buffering=0) as ballast:
        while True:
            ballast.write(bytes(4096))
    with pytest.raises(OSError, match="No space left"):
        fastvenv.create(folder / "env", **LINKS, prompt="new")
    assert faults.snapshot(folder / "env") == before


def test_a_read_only_file_system(mount):
    """EROFS names the folder, and nothing is left; over an environment that is there, the file."""
    folder = mount("size=1m")
    fastvenv.create(folder / "old", **LINKS)
    before = faults.snapshot(folder)
    remount(folder, "ro")
    for name, culprit in (("new", "new"), ("old", "old/pyvenv.cfg")):
        with pytest.raises(OSError, match="Read-only") as caught:
            fastvenv.create(folder / name, **LINKS)
        assert (caught.value.errno, caught.value.filename) == (errno.EROFS, str(folder / culprit))
    with pytest.raises(OSError, match="Read-only") as caught:
        fastvenv.create(folder / "old", clear=True, **LINKS)
    assert any("there remain 'bin', 'include'" in note for note in caught.value.__notes__)
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

        code, path, *notes = in_child(create)
        assert int(code) == errno.EFBIG
        assert path.startswith(str(env))
        assert any("was left incomplete" in note for note in notes)
        assert all(entry == whole[name] for name, entry in faults.snapshot(env).items())
        fastvenv.create(env, **LINKS)
        assert faults.snapshot(env) == whole


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

        told = in_child(create)
        if told:
            failures += 1
            assert int(told[0]) == errno.EMFILE
            assert os.path.isabs(told[1])
        else:
            assert faults.snapshot(env) == whole
        fastvenv.create(env, **options)
        assert faults.snapshot(env) == whole
    assert failures


def need_root():
    """Skip the test where this process can't become somebody else."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")


def as_nobody(action, folder):
    """Run `action` as a user without rights, who can reach `folder`."""
    for path in [folder, *folder.parents]:
        path.chmod(path.stat().st_mode | 0o011)

    def act():
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
        action()

    return in_child(act)


def test_a_folder_of_others(tmp_path):
    """EACCES names the folder that could not be made; nothing is left."""
    need_root()
    code, path, *notes = as_nobody(lambda: fastvenv.create(tmp_path / "env", **LINKS), tmp_path)
    assert (int(code), path) == (errno.EACCES, str(tmp_path / "env"))
    assert not any("was left" in note for note in notes)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def own(tmp_path):
    """An environment of a user without rights."""
    need_root()
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
    code, path, *_ = as_nobody(lambda: fastvenv.create(own, **LINKS, prompt="new"), own.parent)
    assert (int(code), path) == (errno.EACCES, str(own / name))
    assert faults.snapshot(own)[name] == before


@pytest.mark.parametrize("name", [".", "bin", "include"])
def test_a_folder_in_it_that_may_not_be_written(name, own):
    """A folder that takes no new names is no hindrance where all is there, as in the standard library."""
    os.chown(own / name, 0, 0)
    (own / name).chmod(0o555)
    assert as_nobody(lambda: fastvenv.create(own, **LINKS, prompt="new"), own.parent) == []
    assert "prompt = 'new'\n" in (own / "pyvenv.cfg").read_text()
    assert "new" in (own / "bin/activate").read_text()


def test_a_folder_in_it_that_takes_no_new_file(own):
    """Where something is to be made in such a folder, EACCES names it."""
    os.chown(own / "bin", 0, 0)
    (own / "bin" / "activate").unlink()
    code, path, *_ = as_nobody(lambda: fastvenv.create(own, **LINKS), own.parent)
    assert (int(code), path) == (errno.EACCES, str(own / "bin" / "activate"))


def test_files_of_others_keep_their_owner(tmp_path):
    """What root makes again in a user's environment stays the user's, as when it is written in place."""
    need_root()
    env = tmp_path / "env"
    fastvenv.create(env, **LINKS)
    for name in ("pyvenv.cfg", "bin/activate"):
        os.chown(env / name, 65534, 65534)
    fastvenv.create(env, **LINKS, prompt="new")
    for name in ("pyvenv.cfg", "bin/activate"):
        assert (env / name).stat().st_uid == 65534
    assert "prompt = 'new'\n" in (env / "pyvenv.cfg").read_text()


def test_links_and_second_names_are_kept(tmp_path):
    """A pyvenv.cfg that somebody made a link, or gave a second name, is written through, as in the standard library."""
    env = tmp_path / "env"
    fastvenv.create(env, **LINKS)
    (env / "pyvenv.cfg").rename(tmp_path / "elsewhere.cfg")
    (env / "pyvenv.cfg").symlink_to("../elsewhere.cfg")
    os.link(env / "bin/activate", tmp_path / "second")
    (tmp_path / "second").write_text("old")
    fastvenv.create(env, **LINKS, prompt="new")
    assert (env / "pyvenv.cfg").is_symlink()
    assert "prompt = 'new'\n" in (tmp_path / "elsewhere.cfg").read_text()
    assert (tmp_path / "second").read_text() == (env / "bin/activate").read_text() != "old"


def test_no_thread_can_be_started(tmp_path, monkeypatch):
    """RLIMIT_NPROC while pip's image is built: no panic, and an environment with pip or a clean error."""
    need_root()
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(tmp_path / "cache"))
    tmp_path.chmod(0o777)
    env = tmp_path / "env"

    def create():
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        fastvenv.create(env, **LINKS, with_pip=True)

    told = as_nobody(create, tmp_path)
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


def test_standard_error_that_is_full(tmp_path):
    """A message that can't be printed changes nothing of the failure: it is one, and it ends."""
    (tmp_path / "file").touch()
    with open("/dev/full", "w") as full:
        command = [sys.executable, "-m", "fastvenv", str(tmp_path / "file" / "env")]
        assert subprocess.run(command, stderr=full, check=False, timeout=60).returncode != 0
