"""The pip that is placed natively is a pip like any other, and the way there disturbs nobody."""

import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest

import fastvenv
import seeding
from fastvenv import cache as cache_command
from platforms import BIN, linux_only, posix_only, python_of
from seed.wheels import newer_wheel

ENVIRONMENTS = int(os.environ.get("FASTVENV_TEST_ENVIRONMENTS", "30"))


@pytest.fixture(autouse=True)
def cache(filled, monkeypatch):
    """The filled cache."""
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(filled))
    # Copies of 13 MB, by the hundred, would wear out the disk's patience; tests of copies ask for them.
    monkeypatch.setenv("FASTVENV_LINK_MODE", "hardlink")
    return filled


def pip(env, *args):
    """What pip prints; it must succeed."""
    command = [python_of(env), "-m", "pip", "--disable-pip-version-check", *args]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_pip_lists_and_checks_itself(tmp_path):
    """`pip list`, `pip check` and `pip show --files` find a sound installation."""
    env = tmp_path / "env"
    seeding.create_natively(env)
    assert "pip" in pip(env, "list")
    pip(env, "check")
    assert "Cannot locate" not in pip(env, "show", "--files", "pip")
    assert "pip/__init__.py" in pip(env, "show", "--files", "pip")
    seeding.check_whole(env)


@pytest.mark.parametrize("module", ["pip", "ensurepip"])
def test_pip_is_uninstalled_without_a_trace(module, tmp_path):
    """`pip uninstall` and `ensurepip._uninstall` find every file: nothing of pip remains."""
    env = tmp_path / "env"
    seeding.create_natively(env)
    command = ["pip", "uninstall", "-y", "pip"] if module == "pip" else ["ensurepip._uninstall"]
    subprocess.run([python_of(env), "-m", *command], check=True, capture_output=True)
    assert not list(seeding.site_packages(env).glob("pip*"))
    assert not list((env / BIN).glob("pip*"))


@pytest.mark.slow
@pytest.mark.parametrize("mode", seeding.LINK_MODES)
def test_pip_is_upgraded(mode, tmp_path, monkeypatch):
    """`pip install --upgrade pip` replaces it, and other environments keep theirs."""
    monkeypatch.setenv("FASTVENV_LINK_MODE", mode)
    env, other = tmp_path / "env", tmp_path / "other"
    seeding.create_natively(env)
    seeding.create_natively(other)
    wheel = newer_wheel(tmp_path)
    pip(env, "install", "--no-index", "--find-links", str(wheel.parent), "--upgrade", "pip")
    assert pip(env, "--version").startswith("pip 99.0 ")
    assert not pip(other, "--version").startswith("pip 99.0 ")
    seeding.check_whole(other)
    assert not any("WARNING" in line for line in seeding.create_natively(tmp_path / "third"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FASTVENV_SEED", "ensurepip"),
        ("PYTHONOPTIMIZE", "1"),
        ("PYTHONPYCACHEPREFIX", "prefix"),
        ("PYTHONNODEBUGRANGES", "1"),
        ("ENSUREPIP_OPTIONS", "altinstall"),
    ],
)
def test_variables_that_ensurepip_would_heed(variable, value, tmp_path, monkeypatch):
    """What only ensurepip does exactly is left to it, and a debug record says why."""
    monkeypatch.setenv(variable, str(tmp_path / value) if value == "prefix" else value)
    env = tmp_path / "env"
    with seeding.records() as seen:
        seeding.create(env)
    assert any(variable in line and "ensurepip" in line for line in seen), seen
    assert list(seeding.site_packages(env).glob("pip-*.dist-info"))


class OwnSetup(fastvenv.EnvBuilder):
    """Overrides the stage itself."""

    def _setup_pip(self, context):
        super()._setup_pip(context)


class OwnCall(fastvenv.EnvBuilder):
    """Wants to see the call."""

    def _call_new_python(self, context, *py_args, **kwargs):
        self.called = True
        super()._call_new_python(context, *py_args, **kwargs)


class OwnContext(fastvenv.EnvBuilder):
    """Runs pip with another name of the interpreter."""

    def setup_python(self, context):
        """The link beside it."""
        super().setup_python(context)
        context.env_exec_cmd = os.path.join(context.bin_path, "python3")


@posix_only("the other name of the interpreter is python3")
@pytest.mark.slow
@pytest.mark.parametrize("builder", [OwnSetup, OwnCall, OwnContext])
def test_what_subclasses_change_is_respected(builder, tmp_path):
    """A subclass that changes a stage or the context gets ensurepip, run as the standard library runs it."""
    env = tmp_path / "env"
    with seeding.records() as seen:
        builder(symlinks=True, with_pip=True).create(env)
    assert any("installed by ensurepip, because" in line for line in seen), seen
    assert pip(env, "--version")


@pytest.mark.slow
def test_a_pip_that_is_there_is_left_to_ensurepip(tmp_path):
    """With pip in the environment, or the system's packages in sight, ensurepip decides what there is to do."""
    env = tmp_path / "env"
    seeding.create_natively(env)
    with seeding.records() as seen:
        fastvenv.EnvBuilder(symlinks=True, with_pip=True, upgrade=True).create(env)
    assert any("already exists" in line for line in seen), seen
    builder = fastvenv.EnvBuilder(symlinks=True, system_site_packages=True)
    builder.create(tmp_path / "open")
    context = builder.ensure_directories(str(tmp_path / "open"))
    with seeding.records() as seen:
        builder._setup_pip(context)
    assert any("the environment can use the system's packages" in line for line in seen), seen


@pytest.mark.parametrize("variable", ["FASTVENV_LINK_MODE", "FASTVENV_SEED", "FASTVENV_NO_CACHE"])
def test_values_that_mean_nothing_are_refused(variable, tmp_path, monkeypatch):
    """A misspelt value is a ValueError that names the variable."""
    monkeypatch.setenv(variable, "hradlink")
    with pytest.raises(ValueError, match=f"{variable} is .hradlink"):
        seeding.create(tmp_path / "env")


@linux_only("descriptors are listed by /proc")
@pytest.mark.slow
def test_environments_in_a_row_leak_nothing(tmp_path, monkeypatch):
    """Many environments, cold ones among them, leave no descriptor open and no memory taken."""
    import resource  # Windows has none

    seeding.create(tmp_path / "warm-up")
    descriptors = os.listdir("/proc/self/fd")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(ENVIRONMENTS):
        if number in (0, ENVIRONMENTS // 2):
            monkeypatch.setenv("FASTVENV_CACHE_DIR", str(tmp_path / f"cache{number}"))
        env = tmp_path / "env"
        seeding.create(env)
        shutil.rmtree(env)
    assert len(os.listdir("/proc/self/fd")) == len(descriptors)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < memory + 40_000


class Interrupted(fastvenv.EnvBuilder):
    """Sets an alarm, which interrupts what comes then: the executables, pip, the scripts."""

    delay = 0.0

    def create_configuration(self, context):
        """The stage before the executables."""
        super().create_configuration(context)
        signal.setitimer(signal.ITIMER_REAL, self.delay)


def is_interrupted_at_pip(env, delay):
    """Whether an alarm after this many seconds has ended the creation when the executables were there, and pip not."""
    builder = Interrupted(symlinks=True, with_pip=True)
    builder.delay = delay
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        builder.create(env)
        threading.Event().wait(10)  # an alarm that is late comes here
    except KeyboardInterrupt:
        return python_of(env).exists() and not list(seeding.site_packages(env).glob("pip-*.dist-info"))
    finally:
        signal.signal(signal.SIGALRM, before)
    return False


@posix_only("alarms interrupt")
def test_an_interrupt_ends_the_unpacking(tmp_path, monkeypatch):
    """Ctrl-C while an image is built is a KeyboardInterrupt before it is complete; a second run mends it."""
    env, cache = tmp_path / "env", tmp_path / "cache"
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(cache))
    # On a busy machine an early alarm may come before pip's turn; building takes most of a second.
    assert any(is_interrupted_at_pip(env, delay) for delay in (0.05, 0.1, 0.15, 0.2))
    assert not list(cache.glob("images/[!.]*"))
    seeding.create_natively(env)
    seeding.check_whole(env)


def test_the_cache_command(tmp_path, monkeypatch, capsys):
    """`python -m fastvenv.cache` tells where the cache is and what it holds, and removes that and no more."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(folder))
    assert cache_command.main(["info"]) == 0
    assert "images: 0, files: 0" in capsys.readouterr().out
    seeding.create(tmp_path / "env")
    (folder / "notes").write_text("mine")
    assert cache_command.main(["dir"]) == 0
    assert capsys.readouterr().out == f"{folder}\n"
    assert cache_command.main(["info"]) == 0
    assert ": images: 1, files: " in capsys.readouterr().out or sys.version_info < (3, 12)
    assert cache_command.main(["clean"]) == 0
    assert sorted(os.listdir(folder)) == ["CACHEDIR.TAG", "notes"]
    assert cache_command.main(["info"]) == 0
    assert "images: 0, files: 0" in capsys.readouterr().out
    assert cache_command.main(["wrong"]) == 2
    assert "usage:" in capsys.readouterr().err
    seeding.check_whole(tmp_path / "env")


def test_the_standard_librarys_order_is_kept(tmp_path):
    """Scripts of subclasses find pip installed in `post_setup`."""

    class Builder(fastvenv.EnvBuilder):
        def post_setup(self, context):
            subprocess.run([context.env_exec_cmd, "-m", "pip", "--version"], check=True, capture_output=True)

    Builder(symlinks=True, with_pip=True).create(tmp_path / "env")
