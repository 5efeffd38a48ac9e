"""The native command `fastvenv`."""

import os
import shutil
import sys
import time
import venv
from pathlib import Path

import pytest

from native_command.both import Both
from native_command.installations import Settled
from native_command.running import Runner, two
from platforms import IS_WINDOWS

EXECUTABLES = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"MZ")


def find() -> Path:
    """The one that FASTVENV_TEST_COMMAND names, or the one that is installed beside the running Python."""
    if IS_WINDOWS:
        pytest.skip("not on Windows: Pythons are found by the names that they have in bin/")
    named = os.environ.get("FASTVENV_TEST_COMMAND")
    path = Path(named or Path(sys.executable).with_name("fastvenv")).absolute()
    if not path.is_file() or not path.read_bytes().startswith(EXECUTABLES):
        pytest.skip(f"{path} is not the native command; FASTVENV_TEST_COMMAND can name another one")
    return path


@pytest.fixture(scope="session")
def command() -> Path:
    """The native command, or the test is skipped."""
    return find()


@pytest.fixture(scope="session")
def settled(command, tmp_path_factory):
    """Everything of which facts are to be stored: nothing is stored of files that have just changed."""
    assert command
    settled = Settled(tmp_path_factory.mktemp("settled"))
    time.sleep(2.1)
    return settled


@pytest.fixture
def installation(settled):
    """The path of an interpreter that only this test uses, that Python, and another one that may take its place."""
    return next(settled.installations)


@pytest.fixture
def runner(command, tmp_path):
    """Runs the command with an empty cache."""
    return Runner(command, tmp_path)


@pytest.fixture
def stored(runner):
    """Asks another Python, and stores what it said: its path."""
    path = two()[0].path
    assert runner.asked("--python", path) == [str(path)]
    assert len(runner.facts()) == 1
    return path


@pytest.fixture(scope="session")
def inside(command: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment in which both can be run: as `python3 -m fastvenv` and as `fastvenv`."""
    env = tmp_path_factory.mktemp("inside") / "env"
    venv.create(env, symlinks=True)
    shutil.copy2(command, env / "bin/fastvenv")
    return env / "bin"


@pytest.fixture
def both(inside: Path, tmp_path: Path) -> Both:
    """Both programs, with a folder to work in."""
    return Both(inside, tmp_path)
