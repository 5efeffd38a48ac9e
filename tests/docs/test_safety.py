"""The tables of promises name what holds them, by names that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FAULTS = "tests/FAULTS.md"
DOCUMENTS = sorted([*ROOT.glob("docs/*.md"), ROOT / FAULTS])
NAMED = re.compile(r"`((?:tests|src|fuzz)/[\w/]+\.(?:py|rs))(?:::(\w+))?`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_whatever_is_named_exists(document):
    """Each file that a document names is there, and so is each test that it names in it."""
    for name, test in NAMED.findall(document.read_text(encoding="utf-8")):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert re.search(rf"^\s*(?:def|fn) {test}\(", text, re.MULTILINE) or not test, f"{name} has no {test}"


def test_each_difference_from_venv_has_what_shows_it():
    """Each row of the two tables of docs/migration.md ends with the name of a test."""
    _, _, tables = (ROOT / "docs/migration.md").read_text(encoding="utf-8").partition("## What is safer")
    rows = [line for line in tables.splitlines() if line.startswith("| ") and not line.startswith(("| |", "| ---"))]
    assert len(rows) > 30
    for row in rows:
        last = row.rstrip("| ").rpartition(" | ")[2]
        assert all(NAMED.fullmatch(name) for name in last.split(", ")), row


@pytest.mark.parametrize("document", ["docs/safety.md", "docs/activation.md", FAULTS])
def test_every_promise_has_what_holds_it(document):
    """No row of a table of promises is without the name of a test or of a fuzz target; each name is a full one."""
    table = (ROOT / document).read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?!promise|tried|---)(.+?) \| (.*) \|$", table, re.MULTILINE)
    assert len(rows) > 20
    for promise, held in rows:
        assert NAMED.search(held), promise
        for name in re.findall("`[^`]*test_[^`]*`", held):
            assert NAMED.fullmatch(name), name
