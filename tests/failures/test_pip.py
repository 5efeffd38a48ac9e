"""Whatever fails while pip is placed: no pip looks installed that isn't, and a second run ends with a whole one."""

import os
import signal

import pytest

import faults
import seeding
from platforms import posix_only

pytestmark = [pytest.mark.slow, posix_only("strace makes the system calls fail")]

WITH_PIP = {"symlinks": True, "with_pip": True}


@pytest.fixture(scope="module")
def warm(tmp_path_factory):
    """An environment's folder, the system calls of its creation, and a cache that is filled."""
    root = tmp_path_factory.mktemp("warm")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FASTVENV_CACHE_DIR", str(root / "cache"))
        patch.setenv("FASTVENV_LINK_MODE", "hardlink")
        env = root / "env"
        calls = faults.calls(env, **WITH_PIP)
        seeding.create_natively(env.with_name("env-untraced"))
        yield env, calls


def check_and_mend(env, call):
    """A pip that looks installed is whole; if none does, the next creation installs it."""
    if not list(seeding.site_packages(env).glob("pip-*.dist-info")):
        seeding.create(env)
    seeding.check_whole(env)
    assert not list(seeding.site_packages(env).glob(".fastvenv-*")), call


@pytest.mark.parametrize("error", ["ENOSPC", "EMFILE", "EIO"])
def test_a_call_that_fails(error, warm):
    """An OSError names the path, or pip got there another way: around a cache that can't be read, or by ensurepip."""
    env, calls = warm
    for call in faults.some(calls, faults.ROUNDS // 2):
        faults.reset(env)
        outcome = faults.run_with(f"error={error}", call, env, **WITH_PIP)
        assert outcome.status == 0, (call, outcome)
        if outcome.raised["class"]:
            faults.check_error(outcome, error, call)
        else:
            assert list(seeding.site_packages(env).glob("pip-*.dist-info")), call
        check_and_mend(env, call)


@pytest.mark.parametrize("error", ["EAGAIN", "EPERM", "EACCES", "ETXTBSY", "EIO"])
def test_a_clone_that_fails(error, warm, monkeypatch):
    """Whatever the file system says to a clone, the file is copied."""
    monkeypatch.setenv("FASTVENV_LINK_MODE", "clone")
    env, _ = warm
    faults.reset(env)
    inject = ["-e", "trace=ioctl", "-e", f"inject=ioctl:error={error}", "-o", os.devnull]
    outcome = faults.run(env, inject, **WITH_PIP)
    assert outcome.raised == {"class": None}, outcome
    seeding.check_whole(env)


@pytest.mark.parametrize("error", ["EMFILE", "EIO"])
def test_a_cache_that_cannot_be_read(error, warm, monkeypatch):
    """Where a file or a folder of an image can't be opened for now, pip comes from the wheel, and the image is kept."""
    monkeypatch.setenv("FASTVENV_LINK_MODE", "copy")
    env, _ = warm
    manifests = seeding.manifests(env.with_name("cache"))
    for name in ("__main__.py", "_internal"):
        outcome = run_without(name, error, env)
        assert outcome.raised == {"class": None}, (name, outcome)
        seeding.check_whole(env)
        assert seeding.manifests(env.with_name("cache")) == manifests, name


def run_without(name, error, env):
    """Create where this name in the image can't be opened."""
    for _ in range(5):  # in one run of hundreds Python opens one file more, and another call fails
        calls = faults.calls(env, **WITH_PIP)
        call = next(call for call in calls if call.name == "openat" and f'"{name}", O_RDONLY' in call.line)
        faults.reset(env)
        outcome = faults.run_with(f"error={error}", call, env, **WITH_PIP)
        if outcome.failed.partition(" = ")[0] == call.line.partition(" = ")[0]:
            return outcome
    pytest.fail(f"another call failed: {outcome.failed}, not {call}")


def test_a_kill_at_a_call(warm):
    """Killed at any call, it leaves no pip that looks installed, or a whole one."""
    env, calls = warm
    for call in faults.some(calls):
        faults.reset(env)
        outcome = faults.run_with("signal=KILL", call, env, **WITH_PIP)
        assert outcome.status == -signal.SIGKILL, (call, outcome)
        check_and_mend(env, call)


def test_an_interrupt_at_a_call(warm):
    """Ctrl-C at any call is a KeyboardInterrupt, at the latest when the environment is complete."""
    env, calls = warm
    for call in faults.some(calls, faults.ROUNDS // 2):
        faults.reset(env)
        outcome = faults.run_with("signal=INT", call, env, **WITH_PIP)
        assert outcome.raised["class"] == "KeyboardInterrupt", (call, outcome)
        check_and_mend(env, call)


def test_an_interrupt_ends_the_placement(warm):
    """Ctrl-C while pip's files are linked is a KeyboardInterrupt before they are there, on a disk that is slow."""
    env, calls = warm
    first = next(number for number, call in enumerate(calls) if call.name == "linkat")
    call = calls[first - 1]
    faults.reset(env)
    slow = ["-e", "inject=linkat:delay_enter=1000"]
    interrupt = ["-e", f"inject={call.name}:signal=INT:when={call.number}"]
    outcome = faults.run(env, ["-e", f"trace=linkat,{call.name}", *slow, *interrupt, "-o", "/dev/null"], **WITH_PIP)
    assert outcome.raised["class"] == "KeyboardInterrupt", outcome
    assert not list(seeding.site_packages(env).glob("pip-*.dist-info"))
    check_and_mend(env, call)
