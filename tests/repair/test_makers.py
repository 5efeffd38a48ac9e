"""Environments that `venv` of any version, virtualenv and uv made: they work again, and keep what is their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pythons
from fastvenv.check import Severity, check
from fastvenv.repair import repair
from repair.breaking import check_running, clean, differences, install, rewrite, said, tree

PYTHONS = [found for found in [*pythons.others(), *pythons.foreign()] if found.implementation == "cpython"]
SCRIPTS = {f"bin/{name}" for name in ["activate", "activate.csh", "activate.fish"]}


def lose_base(env: Path, base: Path) -> None:
    """Let the environment have been made on a base that is gone."""
    config = env / "pyvenv.cfg"
    rewrite(config, config.read_bytes().replace(os.fsencode(base.parent), b"/nowhere/3.x/bin"))
    for path in (env / "bin").glob("python*"):
        if path.is_symlink() and os.path.isabs(os.readlink(path)):
            target = Path("/nowhere/3.x/bin", os.path.basename(os.readlink(path)))
            path.unlink()
            path.symlink_to(target)


def wrong(env: Path) -> set[str]:
    """The kinds of what is wrong."""
    return {one.kind.value for one in check(env) if one.severity is Severity.WRONG}


@pytest.mark.slow
@pytest.mark.parametrize("options", [[], ["--copies", "--system-site-packages"]], ids=["links", "copies"])
@pytest.mark.parametrize("python", PYTHONS, ids=pythons.label)
def test_an_environment_of_venv(python, options, tmp_path):
    """Moved, and its base gone: afterwards it is what this version's `venv` makes there, but for better scripts."""
    env = tmp_path / "moved"
    command = [python.path, "-m", "venv", "--without-pip", *options]
    subprocess.run([*command, tmp_path / "env"], check=True, env=clean())
    (tmp_path / "env").rename(env)
    lose_base(env, python.path)
    assert {"moved-script", "home-missing"} <= wrong(env)
    report = repair(env, python=python.path)
    assert (report.wrong, report.left) == ([], [])
    check_running(env, pip=False)
    repaired = tree(env)
    shutil.rmtree(env)
    subprocess.run([*command, env], check=True, env=clean())
    assert set(differences(repaired, tree(env))) == SCRIPTS


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
