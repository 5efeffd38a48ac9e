"""A Python without ensurepip refuses to install pip before it changes anything, unless there is another way."""

import os
import shutil
import subprocess
import sys
import sysconfig
from importlib import util
from pathlib import Path

import pytest

import fastvenv
import faults
from circumstances import run_without_ensurepip
from platforms import posix_only

pytestmark = posix_only("the installation is made of links")

CREATE = "import os, sys, fastvenv; fastvenv.EnvBuilder(symlinks=True, with_pip=True, **{}).create(sys.argv[1])"


def refused(done: "subprocess.CompletedProcess[str]") -> bool:
    """Whether a program has failed for want of ensurepip."""
    return done.returncode == 1 and "CalledProcessError" in done.stderr and "ensurepip" in done.stderr


@pytest.mark.parametrize("options", [{}, {"clear": True}, {"upgrade": True}], ids=str)
@pytest.mark.parametrize("stands", [False, True], ids=["new", "there"])
def test_nothing_is_written_or_deleted(stands, options, tmp_path):
    """Where nothing stood, nothing stands; an environment with its user's files is as it was."""
    env = tmp_path / "env"
    if stands:
        fastvenv.create(env)
        (env / "notes").write_text("mine")
    before = faults.snapshot(tmp_path)
    done = run_without_ensurepip(tmp_path, "-c", CREATE.format(options))
    assert refused(done), done.stderr
    shutil.rmtree(tmp_path / "python")
    assert faults.snapshot(tmp_path) == before


def test_the_wheels_of_a_distribution_will_do(tmp_path):
    """Wheels in WHEEL_PKG_DIR are installed natively; where they can't be, nothing is changed."""
    wheels = sysconfig.get_config_var("WHEEL_PKG_DIR")
    shutil.copytree(wheels or Path(util.find_spec("ensurepip").origin).parent / "_bundled", tmp_path / "wheels")
    program = [
        "import importlib, sysconfig",
        "data = importlib.import_module(sysconfig._get_sysconfigdata_name())",
        f"data.build_time_vars['WHEEL_PKG_DIR'] = {str(tmp_path / 'wheels')!r}",
        "del __import__('os').environ['FASTVENV_SEED']",
    ]
    done = run_without_ensurepip(tmp_path, "-c", "\n".join([*program, CREATE.format({})]))
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "env").glob("lib/*/site-packages/pip-*.dist-info"))

    shutil.rmtree(tmp_path / "python")
    before = faults.snapshot(tmp_path / "env")
    done = run_without_ensurepip(tmp_path, "-c", "\n".join([*program, CREATE.format({"upgrade": True})]))
    assert refused(done), done.stderr
    assert faults.snapshot(tmp_path / "env") == before


OWN_WAYS = {
    "_setup_pip": "def _setup_pip(self, context): self.installed = True",
    "_call_new_python": "def _call_new_python(self, context, *args, **kwargs): self.installed = True",
    "executable": """
    def ensure_directories(self, env_dir):
        context = super().ensure_directories(env_dir)
        context.executable = os.environ["REAL"]
        context.python_dir = os.path.dirname(context.executable)
        return context

    @property
    def installed(self):
        return os.path.exists(sys.argv[1] + "/bin/pip")
""",
}


@pytest.mark.slow
@pytest.mark.parametrize("own", OWN_WAYS)
def test_subclasses_with_their_own_way_to_pip(own, tmp_path, monkeypatch):
    """A stage that installs pip in another way, or for another interpreter, is not kept from doing so."""
    monkeypatch.setenv("REAL", os.path.realpath(sys.executable))
    body = OWN_WAYS[own].strip("\n")
    indented = body if body.startswith(" ") else f"    {body}"
    program = f"""
import os, sys, fastvenv
class Own(fastvenv.EnvBuilder):
{indented}

builder = Own(symlinks=True, with_pip=True)
builder.create(sys.argv[1])
assert builder.installed
"""
    done = run_without_ensurepip(tmp_path, "-c", program)
    assert done.returncode == 0, done.stderr
