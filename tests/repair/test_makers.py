"""Environments that `venv` of any version made: afterwards they are what that version makes."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import pythons
from fastvenv.check import Severity, check
from fastvenv.repair import repair
from platforms import posix_only
from repair.breaking import check_running, clean, differences, rewrite, tree

pytestmark = posix_only("the environments have bin/ and lib/python3.x")

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
