"""Creators side by side, and creators that are killed: no environment looks whole and isn't."""

import random
import shutil
import signal
import subprocess
import sys
import time

import pytest

import seeding
from faults import ROUNDS
from platforms import posix_only
from seeding import images, leftovers

DICE = random.Random(3)
pytestmark = [
    pytest.mark.usefixtures("cache"),
    pytest.mark.slow,
    posix_only("processes are killed by signals, and their locks are in directories"),
]


def start(*envs):
    """A process that creates these environments."""
    return subprocess.Popen([sys.executable, "-c", seeding.CREATE, *map(str, envs)], stderr=subprocess.PIPE)


def test_many_creators_on_an_empty_cache(tmp_path, cache):
    """16 processes at once all make whole environments, and one image remains."""
    envs = [tmp_path / f"env{number}" for number in range(16)]
    processes = [start(env) for env in envs]
    for process in processes:
        assert process.communicate()[1] == b""
    for env in envs:
        seeding.check_whole(env)
    assert len(images(cache)) == len(list((cache / "locks").iterdir()))
    assert leftovers(cache) == []


@pytest.mark.parametrize("state", ["cold", "warm"])
def test_many_creators_of_one_environment(state, tmp_path, request, monkeypatch):
    """Processes that make the same environment at the same time all end well; what they leave is whole and no more."""
    if state == "warm":
        monkeypatch.setenv("FASTVENV_CACHE_DIR", str(request.getfixturevalue("filled")))
    for number in range(3):
        env = tmp_path / f"env{number}"
        for process in [start(env) for _ in range(3)]:
            assert (process.communicate()[1], process.returncode) == (b"", 0)
        seeding.check_whole(env)


def create_killed(env, most):
    """An environment whose creator is killed within this many seconds after its start."""
    with start(env) as process:
        # Not to wait for anything: each round is to be cut at another moment.
        time.sleep(DICE.uniform(0.02, most))
        process.send_signal(signal.SIGKILL)
        process.stderr.close()


def seconds_to_create(env):
    """How long a creator takes that nobody kills."""
    began = time.monotonic()
    start(env).communicate()
    taken = time.monotonic() - began
    shutil.rmtree(env)
    return taken


def rounds(cuts):
    """As many rounds as are asked for, and for a minute more if none so far has put a True into the list `cuts`."""
    enough = time.monotonic() + 60
    while len(cuts) < ROUNDS or (not any(cuts) and time.monotonic() < enough):
        yield
    assert any(cuts), "no kill has hit what this is about"


def check_mended(env):
    """What was left is whole or isn't taken for whole, and a second run makes it so."""
    if list(seeding.site_packages(env).glob("pip-*.dist-info")):
        seeding.check_whole(env)
        shutil.rmtree(env)
    seeding.create_natively(env)
    seeding.check_whole(env)
    shutil.rmtree(env)


def test_builders_killed_at_random_moments(tmp_path, cache):
    """After a killed cold start the next one makes a whole environment, also in the same folder."""
    most = seconds_to_create(tmp_path / "env") / 2  # the image is built from early on
    cuts = []
    for _ in rounds(cuts):
        shutil.rmtree(cache, ignore_errors=True)
        create_killed(tmp_path / "env", most)
        cuts.append(any(cache.glob("images/.build-*")))
        check_mended(tmp_path / "env")
        assert leftovers(cache) == []


def test_placements_killed_at_random_moments(tmp_path, filled, cache):
    """A placement that is cut leaves no pip that looks installed, and a second run mends it."""
    shutil.copytree(filled, cache, copy_function=shutil.copy2, dirs_exist_ok=True)
    packages = seeding.site_packages(tmp_path / "env")
    most = seconds_to_create(tmp_path / "env")
    cuts = []
    for _ in rounds(cuts):
        create_killed(tmp_path / "env", most)
        cuts.append(any(packages.glob("*")) and not any(packages.glob("pip-*.dist-info")))
        check_mended(tmp_path / "env")
