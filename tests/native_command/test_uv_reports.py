"""What went wrong in uv, which stores what interpreters say too."""

import os
import shutil
import subprocess

import pytest

from native_command.installations import create
from native_command.running import exchange, two
from parity.trees import snapshot

# Copies of installations must be two seconds old before facts about them are stored.
pytestmark = pytest.mark.slow


def test_an_upgrade_of_the_system(runner, stored):
    """https://github.com/astral-sh/uv/issues/11857: the system was upgraded; nothing of it is in the facts."""
    upgraded = ["setarch", os.uname().machine, "--uname-2.6"]
    if not shutil.which("setarch") or subprocess.run([*upgraded, "true"], capture_output=True).returncode:
        pytest.skip("there is no setarch, which can tell another version of the system")
    own = list(runner.command)
    runner.command = [*upgraded, *own]
    trees = []
    for environ in [{}, {"FASTVENV_NO_CACHE": "1"}]:
        runner.asked("--python", stored, **environ)
        trees.append(snapshot(runner.env))
    assert trees[0] == trees[1]
    [facts] = runner.facts()
    assert os.uname().release.encode() not in facts.read_bytes()


def test_an_environment_created_anew_with_another_option(runner, settled):
    """https://github.com/astral-sh/uv/issues/13444: an environment was deleted, and created with other options."""
    env = settled.environments["with-option"]
    path = env / "bin/python"
    assert runner.asked("--python", path) == [str(path)]
    assert runner.asked("--python", path) == []
    shutil.rmtree(env)
    create(two()[0].path, env)
    assert runner.asked("--python", path) == [str(path)]


@pytest.mark.parametrize("option", ["--symlinks", "--copies"])
def test_an_environment_created_anew_for_another_python(option, runner, settled):
    """https://github.com/astral-sh/uv/issues/16165: the path is the same, but the environment is of another Python."""
    env = settled.environments[option.replace("--symlinks", "of-links").replace("--copies", "of-copies")]
    first, second = two()
    runner.asked("--python", env)
    assert runner.version() == first.full
    assert runner.asked("--python", env) == []
    shutil.rmtree(env)
    create(second.path, env, option)
    assert str(env / "bin/python3") in runner.asked("--python", env)
    assert runner.version() == second.full


def test_an_environment_of_an_exchanged_base(runner, settled):
    """https://github.com/astral-sh/uv/pull/21073: the base of an environment was replaced in place."""
    path, first, second = settled.exchanged
    env = settled.environments["of-exchanged"]
    runner.asked("--python", env)
    assert runner.version() == first.full
    assert runner.asked("--python", env) == []
    exchange(path, second)
    runner.asked("--python", env)
    assert runner.version() == second.full


def test_variables_of_launchers(runner, stored):
    """https://github.com/astral-sh/uv/pull/21075: the interpreter never sees variables that launchers set."""
    trees = [snapshot(runner.env)]
    for environ in [{}, {"FASTVENV_NO_CACHE": "1"}]:
        launched = {"__PYVENV_LAUNCHER__": "/other/bin/python", "PYTHONEXECUTABLE": "/another/bin/python"}
        asked = runner.asked("--python", stored, **launched, **environ)
        assert bool(asked) == bool(environ)
        trees.append(snapshot(runner.env))
    assert trees[0] == trees[1] == trees[2]
