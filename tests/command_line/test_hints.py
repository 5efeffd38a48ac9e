"""Answers to beginners' mistakes; docs/messages.md has their text, and tests/docs provokes them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import fastvenv

PACKAGES = os.fspath(Path(fastvenv.__file__).parents[1])


def run(*args, cwd):
    """Run a command in a folder: how it ended."""
    environ = {**os.environ, "PYTHONPATH": PACKAGES}
    return subprocess.run([sys.executable, *args], cwd=cwd, env=environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("existing", [[], ["pyvenv.cfg", "src"], ["bin", "lib", ".gitignore"]])
def test_an_environment_is_cleared_without_a_warning(existing, tmp_path):
    """An empty folder, an environment, and what an interrupted creation left are no project."""
    for name in existing:
        (tmp_path / "env" / name).mkdir(parents=True)
    if "pyvenv.cfg" in existing:
        (tmp_path / "env/pyvenv.cfg").rmdir()
        (tmp_path / "env/pyvenv.cfg").touch()
    done = run("-m", "fastvenv", "--without-pip", "--clear", "env", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_exists_is_meant(tmp_path):
    """A folder that exists may have any name."""
    for name in ("install", "~"):
        (tmp_path / name).mkdir()
    done = run("-m", "fastvenv", "--without-pip", "install", "~", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_warning_goes_to_stderr_and_leaves_the_status(tmp_path):
    """As in `venv`, the environment is made, and nothing is on stdout."""
    done = run("-m", "fastvenv", "--without-pip", "create", ".venv", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("There is no command 'create'")
    assert (tmp_path / "create/pyvenv.cfg").exists()


def test_an_environment_hides_no_module(tmp_path):
    """Whatever an environment is named, Python finds the installed module of that name."""
    names = ["venv", "fastvenv", "json", "test"]
    assert run("-m", "fastvenv", "--without-pip", *names, cwd=tmp_path).returncode == 0
    program = "import fastvenv, json, test, venv; fastvenv.create, json.loads, test.__file__, venv.create"
    assert run("-c", program, cwd=tmp_path).stderr == ""
    for module in ("venv", "fastvenv"):
        assert run("-m", module, "--without-pip", f"by-{module}", cwd=tmp_path).stderr == ""
