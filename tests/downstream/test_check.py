"""`python -m fastvenv.check` raises no false alarm about environments of virtualenv and uv."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import pythons
from check.test_intact import make, wrong

VIRTUALENV = [
    [],
    ["--no-seed"],
    ["--copies"],
    ["--activators", ""],
    ["--activators", "fish"],
    ["--system-site-packages"],
]
UV = [[], ["--seed"], ["--relocatable", "--seed"], ["--system-site-packages"], ["--seed", "--link-mode=symlink"]]


def need(module: str) -> None:
    """Skip the test where another maker is not installed."""
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed")


@pytest.mark.parametrize("options", VIRTUALENV, ids=" ".join)
def test_virtualenv(options: list[str], tmp_path: Path) -> None:
    """Environments of virtualenv."""
    need("virtualenv")
    make(tmp_path / "env", sys.executable, "-m", "virtualenv", "-q", *options)


@pytest.mark.parametrize("options", UV, ids=" ".join)
def test_uv(options: list[str], tmp_path: Path) -> None:
    """Environments of uv. If pip can't be fetched, those with pip are left out."""
    need("uv")
    env = tmp_path / "env"
    command = [sys.executable, "-m", "uv", "-q", "venv", "--python", str(pythons.RUNNING), *options]
    if subprocess.run([*command, env], capture_output=True, check=False).returncode and "--seed" in options:
        pytest.skip("pip can't be fetched")
    assert wrong(env) == []
    if "--relocatable" in options:
        assert wrong(env.rename(tmp_path / "moved")) == []
