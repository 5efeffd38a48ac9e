"""Programs that start `python -m venv` create their environments with fastvenv, if the interpreter has its line."""

import importlib
import importlib.util
import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from fastvenv._startup import RECORD
from replacing import pythons

Create = Callable[[pythons.Python, Path], Path]


def need(*names: str) -> None:
    """Skip the test if a program is not installed."""
    for name in names:
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed: nox -s downstream")


def run(python: pythons.Python, *args: object, cwd: Path, **variables: str) -> None:
    """Run a program that must succeed. Nothing of the developer's own is read or written."""
    home = {"HOME": str(cwd), "XDG_CACHE_HOME": f"{cwd}/cache", "XDG_DATA_HOME": f"{cwd}/data"}
    home |= {"VIRTUALENV_OVERRIDE_APP_DATA": f"{cwd}/virtualenv", "FASTVENV_LOG": "debug"}
    done = python.run(*args, cwd=cwd, **home | variables)
    assert done.returncode == 0, done.stdout + done.stderr


def vs_code(python: pythons.Python, folder: Path) -> Path:
    """The Python extension starts a script in the workspace, which runs this."""
    script = folder / "create_venv.py"
    script.write_text("import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'venv', '.venv'], check=True)\n")
    run(python, script, cwd=folder)
    return folder / ".venv"


def nox(python: pythons.Python, folder: Path) -> Path:
    """A session with `venv_backend="venv"`."""
    need("nox")
    session = ['@nox.session(venv_backend="venv")', "def session(session):", '    session.run("python", "-c", "")']
    (folder / "noxfile.py").write_text("\n".join(["import nox", *session, ""]))
    run(python, "-m", "nox", cwd=folder)
    return folder / ".nox" / "session"


def tox(python: pythons.Python, folder: Path) -> Path:
    """An environment that tox, installed in one of its own, lets virtualenv's creator `venv` make.

    In the base interpreter itself, virtualenv would call `venv` in its own process.
    """
    need("tox", "virtualenv")
    run(python, "-m", "venv", "--without-pip", "--system-site-packages", folder / "own", cwd=folder)
    lines = ["no_package = true", 'env_list = ["made"]', "[env.made]", 'commands = [["python", "-c", ""]]']
    (folder / "tox.toml").write_text("\n".join([*lines, ""]))
    own = pythons.Python(folder / "own" / "bin" / "python")
    run(own, "-m", "tox", cwd=folder, VIRTUALENV_CREATOR="venv", PYTHONPATH=str(folder / "older"))
    return folder / ".tox" / "made"


def tox_with_older_virtualenv(python: pythons.Python, folder: Path) -> Path:
    """The same with a virtualenv that starts `python -m venv` for it; from 21.15 on it starts `python -c`."""
    need("tox", "pip")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder / "older")]
    if subprocess.run([*command, "virtualenv==21.13.0"], check=False).returncode:
        assert "CI" not in os.environ
        pytest.skip("virtualenv 21.13.0 can't be fetched")
    return tox(python, folder)


def pipx(python: pythons.Python, folder: Path) -> Path:
    """An application in an environment of its own."""
    need("pipx")
    variables = {"PIPX_HOME": f"{folder}/pipx", "PIPX_BIN_DIR": f"{folder}/bin", "PIPX_DEFAULT_BACKEND": "pip"}
    run(python, "-m", "pipx", "install", application(folder), cwd=folder, **variables)
    assert (folder / "bin" / "application").exists()
    return folder / "pipx" / "venvs" / "application"


def application(folder: Path) -> Path:
    """A wheel with a command."""
    path, info = folder / "application-1-py3-none-any.whl", "application-1.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("application.py", "def main(): pass\n")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: application\nVersion: 1\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/entry_points.txt", "[console_scripts]\napplication = application:main\n")
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*archive.namelist(), f"{info}/RECORD"]))
    return path


PROGRAMS = [vs_code, nox, tox_with_older_virtualenv, pipx]


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """The file that gets the records of fastvenv's logger, since most programs hide what the command prints."""
    return tmp_path / "records"


@pytest.fixture
def python(tmp_path: Path, records: Path) -> pythons.Python:
    """An installation with the line, which finds the programs of this environment."""
    made = pythons.installation(tmp_path / "python")
    packages = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (made.packages / "b.pth").write_text("".join(f"{path}\n" for path in packages))
    handler = f"logging.getLogger('fastvenv').addHandler(logging.FileHandler({str(records)!r}, delay=True))"
    (made.packages / "c.pth").write_text(f"import logging; {handler}\n")
    assert made.replace("install").returncode == 0
    return made


@pytest.mark.parametrize("create", PROGRAMS, ids=lambda create: create.__name__)
def test_its_environment_is_made_by_fastvenv(
    create: Create, python: pythons.Python, records: Path, tmp_path: Path
) -> None:
    """The program itself is as it was, and fastvenv's log names the environment."""
    folder = tmp_path / "project"
    folder.mkdir()
    env = create(python, folder)
    assert (env / "bin" / "python").exists()
    told = records.read_text().splitlines()
    assert f"{RECORD}{python.file}" in told
    assert f"creating an environment in {str(env)!r}" in told


@pytest.mark.slow
@pytest.mark.parametrize("create", PROGRAMS, ids=lambda create: create.__name__)
def test_the_variable_turns_it_off_for_children(
    create: Create, python: pythons.Python, records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With FASTVENV_REPLACE=0 the same program gets its environment from the standard library."""
    monkeypatch.setenv("FASTVENV_REPLACE", "0")
    folder = tmp_path / "project"
    folder.mkdir()
    assert (create(python, folder) / "bin" / "python").exists()
    assert not records.exists()


def test_a_program_that_runs_venv_by_c_is_not_reached(python: pythons.Python, records: Path, tmp_path: Path) -> None:
    """virtualenv patches `venv` in a process that is `python -c`, and gets the standard library's."""
    env = tox(python, tmp_path)
    assert (env / "bin" / "python").exists()
    assert f"creating an environment in {str(env)!r}" not in records.read_text().splitlines()


BACKEND = """
def build_sdist(directory, settings=None):
    open(f"{directory}/project-1.tar.gz", "w").close()
    return "project-1.tar.gz"
"""


@pytest.mark.parametrize("start", [["-m"], ["-m", "fastvenv.run"]], ids=" ".join)
def test_build_without_pip_is_reached_by_run(
    python: pythons.Python, records: Path, tmp_path: Path, start: list[str]
) -> None:
    """build calls `venv` in its own process, which `fastvenv.run` reaches, and the line does not."""
    need("build")
    only = tmp_path / "only"
    only.mkdir()
    for name in ("build", "packaging", "pyproject_hooks"):
        (only / name).symlink_to(Path(str(importlib.import_module(name).__file__)).parent)
    (python.packages / "b.pth").write_text(f"{only}\n")
    (tmp_path / "backend.py").write_text(BACKEND)
    system = ["[build-system]", "requires = []", 'build-backend = "backend"', 'backend-path = ["."]', ""]
    (tmp_path / "pyproject.toml").write_text("\n".join(system))
    run(python, *start, "build", "--sdist", "--installer=pip", cwd=tmp_path)
    assert (tmp_path / "dist" / "project-1.tar.gz").exists()
    assert records.exists() == (start[-1] == "fastvenv.run")
