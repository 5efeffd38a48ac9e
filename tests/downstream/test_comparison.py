"""What the comparisons say of venv, virtualenv and uv."""

import importlib
import sys
from pathlib import Path

import pytest

from docs import comparison
from docs.comparison import ROWS, TOOLS, run


def to_type(tool: str) -> str:
    """The command of a tool."""
    if tool == "`venv`":
        return "python -m venv"
    module = pytest.importorskip(tool, reason="not installed: nox -s downstream")
    return "python -m virtualenv -q" if tool == "virtualenv" else f"'{module.find_uv_bin()}' venv"


@pytest.mark.skipif(sys.version_info[:2] != (3, 13), reason="the comparison is for 3.13")
@pytest.mark.parametrize("tool", TOOLS[:3])
@pytest.mark.parametrize("row", ROWS)
def test_a_row_of_the_comparison(row: str, tool: str, tmp_path: Path) -> None:
    """What a cell says of a tool is what the command shows."""
    comparison.check(row, tool, to_type(tool), tmp_path, {"UV_PYTHON": sys.executable})


@pytest.mark.parametrize("tool", ["virtualenv", "uv"])
def test_only_fastvenv_notices_a_damaged_pip(tool: str, tmp_path: Path) -> None:
    """The others install what is in their caches."""
    create = to_type(tool) + (" --seed" if tool == "uv" else "")
    damage = "find ~ -path '*/pip/__main__.py' -exec truncate -s 0 {} +"
    seen = run(f"{create} one && {damage} && {create} two", tmp_path, {"UV_PYTHON": sys.executable})
    assert seen.status == 0, seen
    (damaged,) = seen.folder.glob("two/lib/python*/site-packages/pip/__main__.py")
    assert damaged.stat().st_size == 0


def test_uv_has_no_hooks() -> None:
    """Its module finds the program."""
    uv = pytest.importorskip("uv", reason="not installed: nox -s downstream")
    assert not hasattr(uv, "EnvBuilder")
    assert importlib.util.find_spec("uv.venv") is None
