"""The last column of the table in docs/check.md: what a repair leaves of each breakage."""

import contextlib
from pathlib import Path

import pytest

from check import breakages
from circumstances import somebody_else
from fastvenv.repair import repair
from platforms import posix_only
from repair.breaking import said, states

pytestmark = [pytest.mark.slow, posix_only("the breakages are of bin/ and lib/python3.x")]

DOCS = Path(__file__).parents[2] / "docs" / "check.md"


def rows() -> dict[str, str]:
    """From the name of a breakage to what is left, as the table says."""
    table = DOCS.read_text(encoding="utf-8").partition("## What it finds")[2].partition("\n## ")[0]
    lines = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines() if "|" in line]
    return {cells[0]: cells[3].replace("`", "") for cells in lines[2:]}


@pytest.mark.parametrize("name", breakages.BREAKAGES)
def test_a_breakage_is_repaired_or_named(name, filled, tmp_path, monkeypatch):
    """Intact means that Python and pip run; what is left is named, and what can't be repaired is not changed."""
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(filled))
    expected = rows()[name]
    env = breakages.BREAKAGES[name](tmp_path)
    with somebody_else() if name == "unreadable" else contextlib.nullcontext():
        before = states(env)
        report = repair(env)
        after = states(env)
    kinds = ", ".join(sorted({one.kind.value for one in report.wrong}))
    if expected in ("intact", "unchanged"):
        assert (kinds, report.left) == ("", [])
        assert said(env / "bin" / "python", "-c", "import sys; print(sys.prefix)") == str(env)
        if "pip" in name and (env / "bin" / "pip").exists():
            assert said(env / "bin" / "python", "-m", "pip", "check") == "No broken requirements found."
    else:
        assert kinds == expected
        assert report.left
    if expected not in ("intact", "moved-pth"):
        assert after == before
        assert report.done == []
