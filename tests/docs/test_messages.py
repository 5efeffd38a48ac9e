"""Every row of docs/messages.md, provoked for real: its class, its message, its notes."""

import errno
import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from circumstances import limit, run_without_ensurepip
from docs import provoking
from platforms import posix_only

pytestmark = posix_only("limits, links and shell scripts provoke the messages")

DOCS = Path(__file__).parents[2] / "docs" / "messages.md"


LEFT = "{directory} is incomplete. Fix the cause, then create it again to complete it."
# The rows in which the folder is made and left. In the others it was there before, was not made, or is complete.
LEAVING = [
    "disk-full",
    "file-size",
    "open-files",
    "no-interpreter",
    "ensurepip-fails",
    "noexec",
]


@pytest.fixture(autouse=True)
def cache(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache with pip in it."""
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(filled))


def rows() -> dict[str, tuple[str, list[str]]]:
    """From id to class and texts: the message, and its notes."""
    found: dict[str, tuple[str, list[str]]] = {}
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) == 5 and cells[0] != "id" and not cells[0].startswith("-"):
            assert cells[0] not in found, line
            assert cells[4], line
            found[cells[0]] = (cells[2].strip("`"), re.findall("`(.*?)`", cells[3]))
    return found


def pattern(text: str) -> str:
    """The text as a regular expression, with what differs from case to case left open."""
    return "(?s)" + re.sub(r"\\\{\w+\\\}", ".+", re.escape(text))


def said(provoke: Callable[[Path], object], tmp: Path) -> list[str]:
    """Class, message and notes of the error that comes, or level and message of the warning."""
    warnings: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: warnings.extend([record.levelname, record.getMessage()])  # type: ignore[method-assign]
    logging.getLogger("fastvenv").addHandler(handler)
    try:
        told = provoke(tmp)
    except Exception as error:
        return [type(error).__name__, str(error), *getattr(error, "__notes__", ())]
    finally:
        logging.getLogger("fastvenv").removeHandler(handler)
    return told if isinstance(told, list) else warnings


def test_the_table_and_the_tests_have_the_same_rows() -> None:
    """Every documented message is provoked, and every provoked one is documented."""
    assert list(rows()) == list(provoking.PROVOKED)
    assert f"`{LEFT}`" in DOCS.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("name", provoking.PROVOKED)
def test_a_message_is_as_documented(name: str, tmp_path: Path) -> None:
    """The class, the message and each note are those of the table, and nothing else is said."""
    kind, texts = rows()[name]
    seen = said(provoking.PROVOKED[name], tmp_path)
    assert seen[0] == kind, seen
    texts = [*texts, *([LEFT] if name in LEAVING else [])]
    assert len(seen) == len(texts) + 1, seen
    for text, expected in zip(seen[1:], texts, strict=True):
        assert re.fullmatch(pattern(expected), text), text


def test_the_command_names_the_package_to_install(tmp_path: Path) -> None:
    """Without ensurepip the command ends with status 1, and says what to install and what the child said."""
    done = run_without_ensurepip(tmp_path, "-m", "fastvenv")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: Command ")
    assert f"apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv\n" in done.stderr
    assert "No module named ensurepip" in done.stderr


def test_the_command_shows_what_a_failing_pip_printed(tmp_path: Path) -> None:
    """The output of a failing ensurepip is on stderr, with the cause in it."""
    environ = {**os.environ, "FASTVENV_SEED": "ensurepip"}
    command = [sys.executable, "-m", "fastvenv", tmp_path / "env"]
    with limit("RLIMIT_FSIZE", 100_000):
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: Command ")
    assert os.strerror(errno.EFBIG) in done.stderr
