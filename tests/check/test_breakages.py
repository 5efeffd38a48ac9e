"""The table of breakages in docs/check.md: each is produced for real, and found."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest

from check import breakages
from circumstances import somebody_else
from fastvenv import check
from platforms import posix_only

pytestmark = posix_only("the breakages are of bin/ and lib/python3.x")

DOCS = Path(__file__).parents[2] / "docs" / "check.md"


@pytest.fixture(autouse=True)
def cache(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache with pip in it."""
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(filled))


def rows() -> dict[str, list[str]]:
    """From the name of a breakage to what the check finds, as the table says: `kind`, or `kind (hint)`."""
    table = DOCS.read_text(encoding="utf-8").partition("## What it finds")[2].partition("\n## ")[0]
    lines = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines() if "|" in line]
    return {cells[0]: [found.replace("`", "") for found in cells[2].split(", ")] for cells in lines[2:]}


def described(found: list[check.Finding]) -> list[str]:
    """Each distinct kind once, in the form of the table."""
    hint = {check.Severity.HINT: " (hint)", check.Severity.WRONG: ""}
    return list(dict.fromkeys(each.kind.value + hint[each.severity] for each in found))


def test_the_table_and_the_tests_have_the_same_rows() -> None:
    """Every documented breakage is produced, and every produced one is documented."""
    assert list(rows()) == list(breakages.BREAKAGES)


def test_every_kind_is_in_the_table() -> None:
    """What the check can find, some breakage shows; the last two take `--run`."""
    shown = {each.removesuffix(" (hint)") for row in rows().values() for each in row}
    assert shown | {"does-not-start", "starts-elsewhere"} == {kind.value for kind in check.Kind}


@pytest.mark.parametrize("name", breakages.BREAKAGES)
def test_a_breakage_is_found(name: str, tmp_path: Path) -> None:
    """The check finds this and nothing else, says where, and changes nothing."""
    env = breakages.BREAKAGES[name](tmp_path)
    with somebody_else() if name == "unreadable" else contextlib.nullcontext():
        before = tree(env)
        found = check.check(env)
        assert tree(env) == before
    assert described(found) == rows()[name]
    for each in found:
        assert os.path.isabs(each.path)
        assert all(text.endswith(".") and "\n" not in text for text in (each.message, each.why, each.advice))


def tree(env: Path) -> list[tuple[str, int, int]]:
    """Every name below it, with what changes when something is written there."""
    paths = [Path(folder, name) for folder, folders, names in os.walk(env) for name in folders + names]
    return sorted((str(path), path.lstat().st_mtime_ns, path.lstat().st_mode) for path in paths)


@pytest.mark.parametrize("length", [1, 12, 40, 80])
def test_a_config_that_is_cut_anywhere_is_found(length: int, tmp_path: Path) -> None:
    """Cut off in the lines that decide what Python does, the file never passes for intact."""
    broken = breakages.create(tmp_path, with_pip=False)
    text = broken.config.read_text(encoding="utf-8")
    decisive = text[: text.index("version = ")]
    broken.config.write_text(decisive[: min(length, len(decisive) - 2)], encoding="utf-8")
    assert check.Severity.WRONG in {each.severity for each in check.check(broken.env)}


def test_another_python_of_the_same_version_is_named(tmp_path: Path) -> None:
    """If the base is gone, the check says where the same version is."""
    broken = breakages.create(tmp_path, with_pip=False)
    name = broken.packages.parent.name
    beside = tmp_path / "beside" / "bin" / name
    beside.parent.mkdir(parents=True)
    shutil.copy2(broken.base, beside)
    shutil.rmtree(broken.base.parents[1])
    (home, *_) = check.check(broken.env)
    assert home.kind is check.Kind.HOME_MISSING
    assert f"'{beside}'" in home.advice


def test_run_starts_the_environment(tmp_path: Path) -> None:
    """With `run`, an intact environment stays intact, and one whose Python fails is found."""
    broken = breakages.create(tmp_path, with_pip=False)
    assert check.check(broken.env, run=True) == []
    broken.base.unlink()
    broken.base.write_text("#!/bin/sh\nexit 3\n")
    broken.base.chmod(0o755)
    assert check.check(broken.env) == []
    assert [each.kind for each in check.check(broken.env, run=True)] == [check.Kind.DOES_NOT_START]


def test_run_looks_at_the_version_that_starts(tmp_path: Path) -> None:
    """With `run`, a Python of another version than the packages is found."""
    env = breakages.base_other_minor(tmp_path)
    assert check.Kind.STARTS_ELSEWHERE in {each.kind for each in check.check(env, run=True)}
