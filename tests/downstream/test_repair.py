"""`python -m fastvenv.repair` lets environments of virtualenv and uv work again, and they keep what is their own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pythons
from fastvenv.repair import repair
from repair import breaking
from repair.breaking import check_running, clean, install, said, tree
from repair.test_makers import lose_base, wrong


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """A folder with wheels."""
    return breaking.wheels(tmp_path_factory.mktemp("repair") / "wheels")


def make_virtualenv(env: Path) -> None:
    """virtualenv, with its own pip."""
    pytest.importorskip("virtualenv")
    command = [sys.executable, "-m", "virtualenv", "-q", "--no-download", "-p", pythons.RUNNING, env]
    subprocess.run(command, check=True, env=clean())


def make_uv(env: Path) -> None:
    """uv, which installs no pip."""
    uv = shutil.which("uv") or pytest.skip("uv isn't here")
    subprocess.run([uv, "venv", "-q", "--offline", "-p", pythons.RUNNING, env], check=True, env=clean())


@pytest.mark.parametrize("name", ["moved", "a moved one"])
@pytest.mark.parametrize("make", [make_virtualenv, make_uv], ids=["virtualenv", "uv"])
def test_an_environment_of_another_maker(make, name, wheels, tmp_path):
    """Moved, and its base gone: it works again, its keys and scripts are still its own, and name the new place."""
    make(tmp_path / "env")
    if (tmp_path / "env" / "bin" / "pip").exists():
        install(tmp_path / "env" / "bin" / "python", wheels, "hello")
    env = tmp_path / name
    before = tree(tmp_path / "env")
    keys = [line.split(" = ")[0] for line in (tmp_path / "env" / "pyvenv.cfg").read_text().splitlines()]
    (tmp_path / "env").rename(env)
    lose_base(env, pythons.RUNNING)
    assert {"moved-script", "home-missing"} <= wrong(env)
    report = repair(env, python=pythons.RUNNING)
    # fastvenv has no template for these, and doesn't know how they quote a space.
    assert {one.path.name for one in report.wrong} <= ({"activate.nu", "activate.xsh"} if " " in name else set())
    assert len(report.left) == len(report.wrong)
    check_running(env, pip=(env / "bin" / "pip").exists())
    assert [line.split(" = ")[0] for line in (env / "pyvenv.cfg").read_text().splitlines()] == keys
    assert tree(env).keys() == before.keys()
    activated = f'. "{env}/bin/activate"; echo "$VIRTUAL_ENV"; command -v python'
    assert said("bash", "-c", activated).splitlines() == [str(env), str(env / "bin" / "python")]


def test_virtualenvs_pip_is_placed_again(tmp_path, wheels):
    """A pip that virtualenv installed is replaced by the base's own, and installs packages."""
    make_virtualenv(tmp_path / "env")
    env = tmp_path / "env"
    (found,) = env.glob("lib/python*/site-packages/pip/__init__.py")
    found.unlink()
    assert wrong(env) == {"pip-missing-file"}
    report = repair(env)
    assert (report.wrong, report.left) == ([], [])
    install(env / "bin" / "python", wheels, "hello")
    check_running(env)
