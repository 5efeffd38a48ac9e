"""The rows of the comparisons: their commands, and what is seen of a tool that runs them."""

import ensurepip
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
OURS = "python -m fastvenv"


def table(file: str, heading: str) -> dict[str, list[str]]:
    """The rows of the table with this heading: from the first cell to the others."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(heading))
    found = {}
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        first, *cells = (cell.strip() for cell in line.strip("|").split(" | "))
        found[first] = cells
    return found


COMPARISON = table("docs/comparison.md", "| | command |")
TOOLS = ["`venv`", "virtualenv", "uv", "fastvenv"]


def command(cell: str) -> str:
    """The command in a cell."""
    return re.fullmatch("`(.*)`", cell)[1]  # type: ignore[index]


class Seen(NamedTuple):
    """What a command left and printed."""

    folder: Path
    status: int
    stdout: str
    stderr: str


def run(text: str, folder: Path, environ: Mapping[str, str]) -> Seen:
    """Run a command as a user would, in an empty folder, with the running interpreter as `python`."""
    bin_dir, project = folder / "bin", folder / "project"
    bin_dir.mkdir()
    packages = os.pathsep.join(path for path in sys.path if path)
    for name in ("python", "python3"):
        (bin_dir / name).write_text(f'#!/bin/sh\nPYTHONPATH="{packages}" exec "{sys.executable}" "$@"\n')
        (bin_dir / name).chmod(0o755)
    project.mkdir()
    home = {"HOME": str(folder / "home"), "PATH": f"{bin_dir}{os.pathsep}{os.environ['PATH']}"}
    variables = {**os.environ, **home, **environ}
    for name in ("PYTHONPATH", "VIRTUAL_ENV"):
        variables.pop(name, None)
    done = subprocess.run(["bash", "-c", text], cwd=project, env=variables, capture_output=True, text=True, check=False)
    return Seen(project, done.returncode, done.stdout, done.stderr)


def pip(seen: Seen) -> str:
    """Where pip is from."""
    if seen.status:
        return "none; with `--seed`, from the index"
    return "the interpreter's own" if f"pip {ensurepip.version()} " in seen.stdout else "one of virtualenv's"


def keys(seen: Seen) -> str:
    """Whose keys are in pyvenv.cfg."""
    ours = ["home", "include-system-site-packages", "version", "executable", "command"]
    return "the keys of `venv`" if seen.stdout.split() == ours else "its own keys"


# From a row to what is seen, in the words of its cells; what follows a semicolon or a comma there is an addition.
ROWS: dict[str, Callable[[Seen], str]] = {
    "`pyvenv.cfg`": keys,
    "start-up hooks in site-packages": lambda seen: "some" if seen.stdout else "none",
    "pip": pip,
    "pip's bytecode": lambda seen: "is there" if seen.stdout else "is not",
    "for another interpreter": lambda seen: "no" if seen.status else "yes",
    "a prompt with `$(…)`, in bash": lambda seen: "runs" if "ran" in seen.stdout.split() else "does not run",
    "a prompt with `%n`, in zsh": lambda seen: "is shown" if "%n" in seen.stdout else "is expanded",
    "a newline in a prompt": lambda seen: "does not" if seen.status else "adds a line",
    "`--clear` on a link to a directory": lambda seen: "refuses" if seen.stdout else "deletes the files",
}


def check(row: str, tool: str, to_type: str, folder: Path, environ: Mapping[str, str]) -> None:
    """Run the command of a row with a tool, and compare with its cell."""
    if "zsh" in row and not any(Path(path, "zsh").exists() for path in os.environ["PATH"].split(os.pathsep)):
        pytest.skip("zsh is not here")
    text = command(COMPARISON[row][0])
    assert OURS in text
    seen = run(text.replace(OURS, to_type), folder, environ)
    cell = COMPARISON[row][1 + TOOLS.index(tool)]
    assert cell.startswith(ROWS[row](seen)), seen
