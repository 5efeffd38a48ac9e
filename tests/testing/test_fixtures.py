"""`fastvenv.testing`: fixtures for other projects' tests, tried by pytest itself."""

import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = 'pytest_plugins = ["fastvenv.testing"]\n'


@pytest.fixture
def project(tmp_path, filled, monkeypatch):
    """`project(test)` runs this test in a project of its own, and returns what pytest prints. It passes unless told."""
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(filled))

    def project(test, conftest=CONFTEST, passes=True):
        (tmp_path / "conftest.py").write_text(conftest)
        (tmp_path / "test_it.py").write_text(test)
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error", "-q", tmp_path]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == (not passes), done.stdout + done.stderr
        return done.stdout

    return project


@pytest.mark.slow
def test_a_fresh_environment(project):
    """It is an environment with pip, and each test has its own."""
    project(
        """
import sys

seen = set()

def check(venv):
    assert venv.path not in seen
    seen.add(venv.path)
    assert venv.path.name == "venv" and venv.bin.parent == venv.path and venv.python.parent == venv.bin
    prefix = venv.run("-c", "import sys; print(sys.prefix)").stdout.strip()
    assert prefix == str(venv.path) != sys.prefix
    assert str(venv.path) in venv.run("-m", "pip", "--version").stdout

def test_one(fresh_venv):
    check(fresh_venv)

def test_other(fresh_venv):
    check(fresh_venv)
"""
    )


@pytest.mark.slow
def test_options_reach_the_builder(project):
    """The factory takes the builder's options, `python=` and a class of one's own."""
    project(
        """
import sys
import fastvenv

class Builder(fastvenv.EnvBuilder):
    def post_setup(self, context):
        (open(context.env_dir + "/mark", "w")).close()

def test_it(make_venv):
    venv = make_venv("a b", with_pip=False, builder=Builder, python=sys._base_executable, prompt="p")
    assert venv.path.name == "a b" and (venv.path / "mark").exists()
    assert "prompt = 'p'" in (venv.path / "pyvenv.cfg").read_text()
    assert venv.run("-m", "pip", check=False).returncode == 1
    assert make_venv("a b", with_pip=False).path != venv.path
"""
    )


@pytest.mark.slow
def test_a_program_runs_as_if_the_environment_were_active(project, monkeypatch):
    """PATH and VIRTUAL_ENV are the environment's, and PYTHONPATH and PYTHONHOME don't reach it."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    project(
        """
import os

def test_it(make_venv):
    venv = make_venv(with_pip=False)
    program = "import os, shutil; print(os.environ['VIRTUAL_ENV'], shutil.which('python'), 'PYTHONPATH' in os.environ)"
    active, found, inherits = venv.run("-c", program).stdout.split()
    assert (active, inherits) == (str(venv.path), "False")
    assert os.path.normcase(found) == os.path.normcase(venv.python)  # Windows finds python.EXE
    assert venv.run("-c", "import os; print(os.getcwd())", cwd=venv.path).stdout.strip() == str(venv.path)
"""
    )


@pytest.mark.slow
def test_a_failure_shows_what_was_printed(project):
    """The report of a test whose program fails has the program's output."""
    printed = project(
        """
def test_it(make_venv):
    make_venv(with_pip=False).run("-c", "import sys; print('what it' + ' said'); sys.exit('and' + ' why')")
""",
        passes=False,
    )
    assert "what it said" in printed
    assert "and why" in printed
    assert "CalledProcessError" in printed


@pytest.mark.slow
def test_it_is_opt_in(project):
    """Without the line in conftest.py, pytest doesn't know the fixtures."""
    assert "fixture 'fresh_venv' not found" in project("def test_it(fresh_venv): pass\n", conftest="", passes=False)
