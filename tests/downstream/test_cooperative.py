"""gevent and eventlet patch `subprocess` to let greenlets run while a child is waited for; no child is needed here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import seeding

PATCH = {
    "gevent": "from gevent.monkey import patch_all as patch; from gevent import spawn",
    "eventlet": "from eventlet import monkey_patch as patch, spawn",
}
PROGRAM = """
import logging, subprocess, sys
patch()
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(message)s")
import fastvenv

def create(env):
    fastvenv.create(env, symlinks=True, with_pip=True)
"""


@pytest.fixture(params=PATCH)
def run(request, tmp_path, monkeypatch):
    """Runs a program in a process that the library has patched; returns what is logged."""
    pytest.importorskip(request.param, reason="not installed: nox -s downstream")
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))

    def run(program: str, *args: Path) -> str:
        text = PATCH[request.param] + PROGRAM + program
        return subprocess.check_output([sys.executable, "-W", "ignore", "-c", text, *args], text=True)

    return run


def test_pip_is_installed_natively(run, tmp_path):
    """With an empty cache, with a filled one, and in two greenlets at once."""
    envs = [tmp_path / name for name in ("cold", "one", "two")]
    program = """
create(sys.argv[1])
for greenlet in [spawn(create, env) for env in sys.argv[2:]]:
    (greenlet.get if hasattr(greenlet, "get") else greenlet.wait)()
print(subprocess.check_output([sys.executable, "-c", "print('children still work')"], text=True))
"""
    said = run(program, *envs)
    assert said.count("pip is installed natively") == 3, said
    assert "children still work" in said
    for env in envs:
        seeding.check_whole(env)


def test_a_patch_over_theirs_is_seen(run, tmp_path):
    """What somebody else has put in place of the library's own is run, as without the library."""
    program = """
from unittest import mock
with mock.patch("subprocess.check_output", mock.Mock(return_value=b"")):
    create(sys.argv[1])
"""
    assert "subprocess is patched" in run(program, tmp_path / "env")
    assert not (tmp_path / "env/bin/pip").exists()
