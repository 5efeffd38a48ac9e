"""Importing fastvenv, and running its command, loads next to nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

# What is to be loaded only when it is needed. A bare interpreter has some of them on some platforms.
HEAVY = {
    "argparse",
    "logging",
    "pathlib",
    "re",
    "shlex",
    "shutil",
    "subprocess",
    "sysconfig",
    "tempfile",
    "typing",
}


def modules_after(statement: str) -> set[str]:
    """The modules that a new interpreter has loaded after the statement."""
    program = f"import sys\n{statement}\nsys.stdout.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.fixture(scope="module")
def bare() -> set[str]:
    """The modules that an interpreter has loaded before it runs anything."""
    return modules_after("pass")


def test_import_loads_fastvenv_alone(bare: set[str]) -> None:
    """`import fastvenv` loads no module of the standard library that a bare interpreter hasn't."""
    loaded = modules_after("import fastvenv") - bare
    assert {name for name in loaded if name.partition(".")[0] != "fastvenv"} == set()


@pytest.mark.parametrize("options", [{}, {"symlinks": True, "prompt": "."}, {"clear": True}], ids=repr)
def test_creating_loads_nothing_heavy(bare: set[str], options: dict[str, object], tmp_path: Path) -> None:
    """An environment without pip is made without what costs the standard library most of its time."""
    statement = f"import fastvenv; fastvenv.create({str(tmp_path / 'env')!r}, **{options!r})"
    assert (modules_after(statement) - bare) & HEAVY == set()


@pytest.mark.parametrize("options", ["", "--copies --prompt x", "--clear --system-site-packages"])
def test_command_loads_fastvenv_alone(options: str, tmp_path: Path) -> None:
    """A common command line is read, and served, without a module that `python -m` hasn't loaded for an empty one."""
    (tmp_path / "empty.py").touch()

    def imported_by(*arguments: str) -> set[str]:
        command = [sys.executable, "-X", "importtime", "-m", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}

    loaded = imported_by("fastvenv", "--without-pip", *options.split(), "env")
    assert "fastvenv._core" in loaded
    assert {name for name in loaded - imported_by("empty") if name.partition(".")[0] != "fastvenv"} == set()


def test_names_that_load_later() -> None:
    """`fastvenv.subprocess` and `fastvenv.logger` exist, and load what they need when first asked for."""
    loaded = modules_after("import fastvenv; fastvenv.subprocess; fastvenv.logger")
    assert {"subprocess", "logging"} <= loaded
