"""What fastvenv doesn't create itself is created by the interpreter's own `venv`, as far as that can be."""

import re
import subprocess
import sys

import pytest

import fastvenv
import pythons
from parity.trees import snapshot


@pytest.fixture
def old():
    """CPython 3.6 or 3.7, whose `venv` fastvenv doesn't replace."""
    found = [*pythons.named("python3.7"), *pythons.named("python3.6")]
    if not found:
        pytest.skip("there is no Python 3.6 or 3.7 here")
    return found[0]


def of(other, env, *options):
    """The environment that the interpreter's own `venv` creates."""
    subprocess.run([other.path, "-m", "venv", *options, env], check=True)
    tree = snapshot(env, lambda path: None if path.endswith(".pyc") else path.endswith("pyvenv.cfg"))
    return tree, (env / "pyvenv.cfg").read_text()


OPTIONS = [
    ({"symlinks": True}, ["--symlinks", "--without-pip"]),
    ({}, ["--copies", "--without-pip"]),
    ({"symlinks": True, "system_site_packages": True}, ["--symlinks", "--without-pip", "--system-site-packages"]),
    ({"symlinks": True, "prompt": "p q"}, ["--symlinks", "--without-pip", "--prompt", "p q"]),
    ({"symlinks": True, "prompt": "--clear"}, ["--symlinks", "--without-pip", "--prompt=--clear"]),
    ({"symlinks": True, "with_pip": True}, ["--symlinks"]),
]


@pytest.mark.parametrize(("options", "arguments"), OPTIONS, ids=repr)
def test_an_older_version(options, arguments, old, tmp_path):
    """An older Python's own `venv` is run with the same options."""
    env = tmp_path / "env"
    theirs = of(old, env, *arguments)
    subprocess.run(["rm", "-rf", env], check=True)
    fastvenv.EnvBuilder(**options, python=old.path).create(env)
    tree = snapshot(env, lambda path: None if path.endswith(".pyc") else path.endswith("pyvenv.cfg"))
    assert (tree, (env / "pyvenv.cfg").read_text()) == theirs


def test_clear_and_upgrade(old, tmp_path):
    """What is in the directory already is cleared or kept."""
    env = tmp_path / "env"
    env.mkdir()
    (env / "mine").touch()
    fastvenv.EnvBuilder(symlinks=True, upgrade=True, python=old.path).create(env)
    assert (env / "mine").exists()
    fastvenv.EnvBuilder(symlinks=True, clear=True, python=old.path).create(env)
    assert not (env / "mine").exists()
    assert (env / "bin" / "python").exists()


def test_options_that_it_does_not_know(old, tmp_path):
    """An ignore file, which the command asks for by default, is left out."""
    command = [sys.executable, "-m", "fastvenv", "--without-pip", "--python", old.path, tmp_path / "env"]
    subprocess.run(command, check=True)
    assert (tmp_path / "env" / "pyvenv.cfg").exists()


def test_an_overridden_stage(old):
    """A stage that would not be called is a reason to refuse, and the message says so."""

    class Builder(fastvenv.EnvBuilder):
        def post_setup(self, context):
            """Do something."""

    with pytest.raises(ValueError, match="stages") as caught:
        Builder(python=old.path).create("env")
    assert old.short in str(caught.value)


def test_a_patched_stage(old, tmp_path, monkeypatch):
    """A stage that was patched into the class counts, too."""
    monkeypatch.setattr(fastvenv.EnvBuilder, "setup_scripts", lambda self, context: None)
    with pytest.raises(ValueError, match="stages"):
        fastvenv.EnvBuilder(python=old.path).create(tmp_path / "env")
    assert not (tmp_path / "env").exists()


def test_a_stage_called_alone(old, tmp_path):
    """A single stage has nothing to work on: the message says why."""
    with pytest.raises(ValueError, match=re.escape(old.short)):
        fastvenv.EnvBuilder(python=old.path).ensure_directories(str(tmp_path / "env"))
    assert not (tmp_path / "env").exists()


def test_an_interpreter_without_venv(refused):
    """Python 2.7 doesn't even understand the question."""
    found = pythons.PYENV.glob("versions/2.7*/bin/python2.7")
    python = next(found, None)
    if python is None:
        pytest.skip("there is no Python 2.7 here")
    assert str(python) in refused(python)


def test_an_interpreter_whose_venv_fails(old, tmp_path):
    """What the other `venv` prints when it fails is in the error."""
    (tmp_path / "env").touch()
    with pytest.raises(subprocess.CalledProcessError) as caught:
        fastvenv.EnvBuilder(python=old.path).create(tmp_path / "env")
    assert b"Error: " in caught.value.output
