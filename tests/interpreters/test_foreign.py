"""Where the interpreter's own `venv` creates the environment, what that can't do is refused."""

import subprocess

import pytest

import fastvenv
import pythons
from platforms import posix_only

pytestmark = posix_only("Pythons are found by the names that they have in bin/")

REASON = r"is (Python 3\.\d, older than 3\.8|pypy, not CPython)"


@pytest.fixture(params=pythons.foreign(), ids=pythons.label)
def foreign(request):
    """A Python whose `venv` fastvenv doesn't replace."""
    return request.param


def test_an_overridden_stage(foreign, tmp_path):
    """A stage that would not be called is a reason to refuse, and the message says so."""

    class Builder(fastvenv.EnvBuilder):
        def post_setup(self, context):
            """Do something."""

    with pytest.raises(ValueError, match=f"{REASON}.* stages"):
        Builder(python=foreign.path).create(tmp_path / "env")
    assert not (tmp_path / "env").exists()


def test_a_patched_stage(foreign, tmp_path, monkeypatch):
    """A stage that was patched into the class counts, too."""
    monkeypatch.setattr(fastvenv.EnvBuilder, "setup_scripts", lambda self, context: None)
    with pytest.raises(ValueError, match="stages"):
        fastvenv.EnvBuilder(python=foreign.path).create(tmp_path / "env")
    assert not (tmp_path / "env").exists()


def test_a_stage_called_alone(foreign, tmp_path):
    """A single stage has nothing to work on: the message says why."""
    with pytest.raises(ValueError, match=REASON):
        fastvenv.EnvBuilder(python=foreign.path).ensure_directories(str(tmp_path / "env"))
    assert not (tmp_path / "env").exists()


def test_an_interpreter_without_venv(refused):
    """Python 2.7 doesn't even understand the question."""
    found = pythons.PYENV.glob("versions/2.7*/bin/python2.7")
    python = next(found, None)
    if python is None:
        pytest.skip("there is no Python 2.7 here")
    assert str(python) in refused(python)


def test_an_interpreter_whose_venv_fails(foreign, tmp_path):
    """What the other `venv` prints when it fails is in the error."""
    (tmp_path / "env").touch()
    with pytest.raises(subprocess.CalledProcessError) as caught:
        fastvenv.EnvBuilder(python=foreign.path).create(tmp_path / "env")
    assert b"Error: " in caught.value.output
