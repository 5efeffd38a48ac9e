"""What the comparisons say of fastvenv, and which versions they name. tests/downstream runs the other tools."""

import os
import re
import shutil
from pathlib import Path

import pytest

from docs import comparison
from docs.comparison import COMPARISON, OURS, ROOT, ROWS, TOOLS, command, run, table
from platforms import posix_only

pytestmark = posix_only("the commands are for a shell of POSIX")

ONLY_HERE = table("README.md", "| what | see it |")


@pytest.fixture
def cache(filled: Path) -> dict[str, str]:
    """A cache with pip in it."""
    return {"FASTVENV_CACHE_DIR": str(filled)}


def test_each_row_is_run() -> None:
    """No row is without a test."""
    assert list(COMPARISON) == list(ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_comparison(row: str, tmp_path: Path, cache: dict[str, str]) -> None:
    """What a cell says of fastvenv is what its command shows."""
    comparison.check(row, "fastvenv", OURS, tmp_path, cache)


def test_hooks_for_any_interpreter(tmp_path: Path, cache: dict[str, str]) -> None:
    """The hook runs, and sees the environment."""
    seen = run(command(ONLY_HERE["hooks of a subclass, for any interpreter"][0]), tmp_path, cache)
    assert seen.stdout == f"{seen.folder}/.venv/bin/{os.path.basename(seen.stdout)}"
    assert seen.status == 0


def test_what_is_broken_is_repaired(tmp_path: Path, cache: dict[str, str]) -> None:
    """A missing pyvenv.cfg is found, and written."""
    seen = run(command(ONLY_HERE["it finds what is broken in an environment, and repairs it"][0]), tmp_path, cache)
    assert seen.status == 0
    assert "'pyvenv.cfg' is missing" in seen.stdout
    assert (seen.folder / ".venv/pyvenv.cfg").exists()


def test_a_damaged_pip_is_noticed(tmp_path: Path, filled: Path) -> None:
    """The environment gets a whole one."""
    shutil.copytree(filled, tmp_path / "cache")
    cache = {"FASTVENV_CACHE_DIR": str(tmp_path / "cache")}
    seen = run(command(ONLY_HERE["it notices a damaged pip in its cache, and rebuilds it"][0]), tmp_path, cache)
    assert seen.status == 0
    assert "the cache is damaged and will be rebuilt" in seen.stderr
    (whole,) = seen.folder.glob("two/lib/python*/site-packages/pip/__main__.py")
    assert whole.stat().st_size > 0


def test_the_replacement_has_tests_of_its_own() -> None:
    """It is never installed into the running interpreter: tests/replacing/test_replace_command.py does it."""
    assert len(ONLY_HERE) == 4
    assert "python -m fastvenv.replace uninstall" in [*ONLY_HERE.values()][-1][0]


def test_the_versions_are_those_of_pyproject() -> None:
    """pyproject.toml alone says which versions are compared."""
    pyproject = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    pinned = dict(re.findall(r'^    "([\w-]+)==([\d.]+)",$', pyproject, re.MULTILINE))
    text = (ROOT / "docs/comparison.md").read_text(encoding="utf-8")
    for tool in ("virtualenv", "uv"):
        assert re.findall(rf"{tool} (\d+\.\d[\d.]*\d)", text) == [pinned[tool]]
    replacing = (ROOT / "docs/replacing.md").read_text(encoding="utf-8")
    for project, version in re.findall(r"\[(\w+)\]\(https://pypi.org/project/\w+/\) ([\d.]+)", replacing):
        assert version == pinned[project], project
    assert TOOLS[-1] == "fastvenv"
