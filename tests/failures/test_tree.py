"""Whatever fails while the tree is made: an error says so, nothing is half, and a second run mends it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

import fastvenv
import faults
from platforms import posix_only

pytestmark = posix_only("strace makes the system calls fail")

LINKS = {"symlinks": True, "scm_ignore_files": ["git"]}
COPIES = {"symlinks": False}


def untouched(env):
    """Nothing stands there yet."""


def furnished(env):
    """An older environment with its user's files in it."""
    fastvenv.create(env, symlinks=True, prompt="an older one")
    (env / "pyvenv.cfg").chmod(0o640)
    (env / "notes").write_text("mine")
    (env / "bin" / "tool").write_text("mine, too")


def abandoned(env):
    """An older environment whose Python was uninstalled."""
    furnished(env)
    executable = env / "bin" / Path(sys._base_executable).name
    executable.unlink()
    executable.symlink_to("/nowhere/python3")


@pytest.fixture(params=[untouched, furnished], ids=lambda prepare: prepare.__name__)
def prepare(request):
    """The state in which the folder of the environment is."""
    return request.param


def mend_and_compare(env, whole, call, **options):
    """A second run leaves what an undisturbed one leaves."""
    fastvenv.create(env, **options)
    assert faults.snapshot(env) == whole, call


@pytest.mark.slow
@pytest.mark.parametrize("error", faults.ERRORS)
def test_a_call_that_fails(error, prepare, tmp_path):
    """Each system call may fail: an OSError names the path, or the result is that of the fallback."""
    env = tmp_path / "env"
    whole = faults.fresh(env, prepare, **LINKS)
    for call in faults.some(faults.calls(env, prepare, **LINKS)):
        faults.reset(env, prepare)
        before = faults.snapshot(env)
        outcome = faults.run_with(f"error={error}", call, env, **LINKS)
        assert outcome.status == 0, (call, outcome)
        assert "panicked" not in outcome.stderr, (call, outcome)
        if outcome.raised["class"] is None:
            check_fallback(env, whole, call)
            continue
        faults.check_error(outcome, error, call)
        faults.check_nothing_is_half(env, before, whole, call)
        check_note(env, before, outcome)
        mend_and_compare(env, whole, call, **LINKS)


def check_fallback(env, whole, call):
    """All is there; where a link could not be made there is a copy, as in the standard library."""
    for name, entry in faults.snapshot(env).items():
        copied = call.name.startswith(("symlink", "statx")) and entry == faults.base()
        # pyvenv.cfg then tells the interpreter by a path with links in it, as os.path.realpath gives it.
        unresolved = call.name == "readlink" and name == "pyvenv.cfg"
        assert copied or unresolved or entry == whole[name], (call, name)
    assert whole.keys() == faults.snapshot(env).keys(), call


def check_note(env, before, outcome):
    """What this call made and left is told; an empty folder is not left."""
    notes = outcome.raised["__notes__"]
    left = any("is incomplete" in note for note in notes)
    assert left == (env.exists() and not before)
    assert not env.exists() or list(env.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("prepare", [untouched, furnished, abandoned], ids=lambda prepare: prepare.__name__)
@pytest.mark.parametrize("options", [LINKS, COPIES], ids=["links", "copies"])
def test_a_kill_at_a_call(options, prepare, tmp_path):
    """Killed at any call, a creation leaves no half file, and the next one completes the environment."""
    env = tmp_path / "env"
    whole = faults.fresh(env, prepare, **options)
    for call in faults.some(faults.calls(env, prepare, **options), 3 * faults.ROUNDS):
        faults.reset(env, prepare)
        before = faults.snapshot(env)
        outcome = faults.run_with("signal=KILL", call, env, **options)
        assert outcome.status == -signal.SIGKILL, (call, outcome)
        faults.check_nothing_is_half(env, before, whole, call)
        mend_and_compare(env, whole, call, **options)


def test_an_interrupt_at_a_call(prepare, tmp_path):
    """Ctrl-C at any call is a KeyboardInterrupt, and the next creation completes the environment."""
    env = tmp_path / "env"
    whole = faults.fresh(env, prepare, **LINKS)
    for call in faults.some(faults.calls(env, prepare, **LINKS)):
        faults.reset(env, prepare)
        before = faults.snapshot(env)
        outcome = faults.run_with("signal=INT", call, env, **LINKS)
        assert outcome.raised["class"] == "KeyboardInterrupt", (call, outcome)
        faults.check_nothing_is_half(env, before, whole, call)
        mend_and_compare(env, whole, call, **LINKS)


@pytest.mark.parametrize("module", [False, True], ids=["API", "command line"])
def test_what_was_left_is_told(module, tmp_path):
    """The error of a creation cut short says what it left and how to mend it, wherever it is seen."""
    (tmp_path / "env").mkdir()
    (tmp_path / "parent").mkdir()
    program = (
        "import sys, fastvenv, fastvenv.__main__ as m\n"
        "def fail(self, context): raise OSError(28, 'No space left on device', context.bin_path)\n"
        "fastvenv.EnvBuilder.setup_python = fail\n"
    )
    program += "sys.exit(m.run())" if module else "fastvenv.create(sys.argv[-1])"
    for name, told in (("parent/new", True), ("env", False)):
        env = tmp_path / name
        args = [sys.executable, "-c", program, *(["--without-pip"] if module else []), str(env)]
        done = subprocess.run(args, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert f"[Errno 28] No space left on device: '{env}/bin'\n" in done.stderr
        shown = f"'{env}' is incomplete. Fix the cause, then create it again to complete it.\n"
        if module or sys.version_info >= (3, 11):
            assert (shown in done.stderr) == told


def test_an_empty_folder_is_not_left(tmp_path):
    """Where nothing could be put into the new folder, it is removed again."""

    class Builder(fastvenv.EnvBuilder):
        def _venv_path(self, env_dir, name):
            raise OSError(28, "No space left on device", env_dir)

    with pytest.raises(OSError, match="No space left") as caught:
        Builder().create(tmp_path / "env")
    assert list(tmp_path.iterdir()) == []
    assert not getattr(caught.value, "__notes__", [])


def test_a_builder_is_itself_again_after_a_failure(tmp_path):
    """A failure does not make a builder forget that it gives access to site packages."""

    class Builder(fastvenv.EnvBuilder):
        fails = True

        def setup_scripts(self, context):
            if self.fails:
                raise LookupError("for now")

    builder = Builder(system_site_packages=True)
    with pytest.raises(LookupError):
        builder.create(tmp_path / "env")
    assert builder.system_site_packages is True
    builder.fails = False
    builder.create(tmp_path / "env")
    assert "include-system-site-packages = true\n" in Path(tmp_path / "env/pyvenv.cfg").read_text()


@pytest.mark.parametrize("prepare", [untouched, furnished], ids=lambda prepare: prepare.__name__)
@pytest.mark.parametrize("error", ["ENOSYS", "EINVAL", "EPERM"])
def test_calls_that_the_system_does_not_know(error, prepare, tmp_path):
    """Where the kernel, the file system or a sandbox has no such calls, the tree is made and cleared without them."""
    faults.need_strace()
    env = tmp_path / "env"
    options = {**LINKS, "clear": True}
    whole = faults.fresh(env, prepare, **options)
    faults.reset(env, prepare)
    unknown = "renameat2" if error == "EINVAL" else "renameat2,openat2"
    outcome = faults.run(
        env, ["-e", f"trace={unknown}", "-e", f"inject={unknown}:error={error}", "-o", "/dev/null"], **options
    )
    assert outcome.raised == {"class": None}, outcome
    assert faults.snapshot(env) == whole
