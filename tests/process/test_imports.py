"""Importing fastvenv, and running its command, loads next to nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from platforms import IS_WINDOWS

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
# On Windows only sysconfig can tell a build tree and free-threaded Python, which get other launchers.
NEEDED = (
    "import sysconfig; sysconfig.get_config_var('Py_GIL_DISABLED'); sysconfig.is_python_build()"
    if IS_WINDOWS
    else "pass"
)


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
    """An environment without pip is made without what costs the standard library most of its time.

    On Windows it costs sysconfig and what that loads, no more.
    """
    statement = f"import fastvenv; fastvenv.create({str(tmp_path / 'env')!r}, **{options!r})"
    assert (modules_after(statement) - bare) & HEAVY == (modules_after(NEEDED) - bare) & HEAVY


@pytest.mark.parametrize("options", ["", "--copies --prompt x", "--clear --system-site-packages"])
def test_command_loads_fastvenv_alone(options: str, tmp_path: Path) -> None:
    """A common command line is read, and served, without a module that `python -m` hasn't loaded for an empty one.

    On Windows it loads sysconfig and what that loads, no more.
    """
    (tmp_path / "empty.py").touch()
    (tmp_path / "needed.py").write_text(NEEDED)

    def imported_by(*arguments: str) -> set[str]:
        command = [sys.executable, "-X", "importtime", "-m", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}

    loaded, empty = imported_by("fastvenv", "--without-pip", *options.split(), "env"), imported_by("empty")
    assert "fastvenv._core" in loaded
    others = {name for name in loaded - empty if name.partition(".")[0] != "fastvenv"}
    assert others == imported_by("needed") - empty


def test_names_that_load_later() -> None:
    """`fastvenv.subprocess` and `fastvenv.logger` exist, and load what they need when first asked for."""
    loaded = modules_after("import fastvenv; fastvenv.subprocess; fastvenv.logger")
    assert {"subprocess", "logging"} <= loaded
