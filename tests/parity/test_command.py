"""`python -m fastvenv` does what `python -m venv` does, with a base interpreter and inside an environment."""

import importlib.util
import os
import subprocess
import sys
import venv
from functools import partial
from pathlib import Path

import pytest

from parity import states
from parity.trees import compare
from platforms import linux_only, python_of

spec = importlib.util.find_spec("fastvenv")
assert spec is not None
assert spec.origin is not None
# Where every interpreter of this version finds fastvenv.
PACKAGES = os.fspath(Path(spec.origin).parents[1])


def command(python: Path, line: str, module: str, env: Path) -> bytes:
    """Run the command line in the folder of `env`: what it printed, or a ValueError with the status."""
    arguments = line.split()
    if module == "fastvenv" and sys.version_info < (3, 13):
        arguments.insert(0, "--without-scm-ignore-files")  # there is no .gitignore from the command of 3.12
    environ = {**os.environ, "PYTHONPATH": PACKAGES}
    done = subprocess.run([python, "-m", module, *arguments], cwd=env.parent, env=environ, capture_output=True)
    if done.returncode:
        # Each version tells in its own words what is wrong with a command line. What is wrong with a folder stands in
        # the first line of both; fastvenv's second says what it was doing.
        raise ValueError(done.returncode, done.stderr.splitlines()[0] if done.returncode == 1 else b"usage")
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def pythons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A base interpreter, environments of it, and an environment made from within one."""
    folder = tmp_path_factory.mktemp("pythons")
    base = Path(sys.executable).resolve()
    venv.create(folder / "linked", symlinks=True)
    venv.create(folder / "copied", symlinks=False)
    inner = [python_of(folder / "linked"), "-m", "venv", "--without-pip", folder / "nested"]
    subprocess.run(inner, check=True)
    return {"base": base} | {name: python_of(folder / name) for name in ("linked", "copied", "nested")}


@pytest.mark.parametrize("python", ["base", "linked", "copied", "nested"])
@pytest.mark.parametrize("options", ["", "--copies", "--system-site-packages --prompt ."])
def test_each_interpreter(python: str, options: str, pythons: dict[str, Path], tmp_path: Path) -> None:
    """Also inside an environment, an environment is made of the base interpreter."""
    compare(tmp_path / "sandbox", partial(command, pythons[python], f"--without-pip {options} env"))


@pytest.mark.slow
@pytest.mark.parametrize("python", ["base", "linked"])
def test_with_pip(python: str, pythons: dict[str, Path], tmp_path: Path) -> None:
    """Without options there is pip in the environment."""
    compare(tmp_path / "sandbox", partial(command, pythons[python], "env"))


@pytest.mark.parametrize(
    "line",
    [
        "--without-pip env second third/inner",
        "--without-pip --upgrade env",
        "--without-pip --clear env",
        "--without-p --sys env",
        "--without-pip --prompt=a=b env",
        "--without-pip -- env",
        "--without-pip -- --prompt",
        "env --without-pip",
        "",
        "--without-pip",
        "--prompt",
        "--nonsense env",
        "--symlinks --copies env",
        "--upgrade --clear env",
        pytest.param("--without-pip /proc/env", marks=linux_only("nothing can be made in /proc")),
    ],
)
def test_command_lines(line: str, pythons: dict[str, Path], tmp_path: Path) -> None:
    """A command line means the same, or is refused with the same status."""
    compare(tmp_path / "sandbox", partial(command, pythons["base"], line), states.linked)
