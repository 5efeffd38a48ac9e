"""Writes the figures of a run of the benches into README.md and docs/performance.md, and draws docs/chart.svg.

    python benches/publish.py CREATE.json SEED.json

What stands between the comments `<!-- figures -->` and `<!-- /figures -->` is replaced.
"""

import importlib.metadata
import json
import os
import platform
import re
import sys
from pathlib import Path

from chart import Bar, draw

ROOT = Path(__file__).parent.parent
COMMAND = "nox -s bench -- --write"
MARKED = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- /figures -->)", re.DOTALL)
# Name in the tables -> names of its figures without pip, with pip.
CONTENDERS = {
    "virtualenv": ("virtualenv", "virtualenv"),
    "uv, copies": ("uv", "uv (copy)"),
    "uv, hard links": ("uv", "uv (hardlink)"),
    "python -m fastvenv, copies": ("fastvenv", "python -m fastvenv (copy)"),
    "python -m fastvenv, hard links": ("fastvenv", "python -m fastvenv (hardlink)"),
    "fastvenv, copies": ("the command", "fastvenv (copy)"),
    "fastvenv, hard links": ("the command", "fastvenv (hardlink)"),
}
Figures = dict[str, float]


def times(value: float) -> str:
    """A ratio, with as many digits as mean something."""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def row(*cells: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |\n"


def commands_table(create: Figures, seed: Figures) -> str:
    """How much longer than each command `python -m venv` takes."""
    table = row("`python -m venv` takes … times as long as", "without pip", "with pip", "with pip, and its first run")
    table += row("---", "---", "---", "---")
    for name, (plain, with_pip) in CONTENDERS.items():
        ratios = create[f"python -m: venv / {plain}"], seed[with_pip], seed[f"{with_pip} + pip"]
        table += row(name, *map(times, ratios))
    return table


def calls_table(create: Figures, seed: dict[str, Figures]) -> str:
    """How much longer than ours the standard library's function takes, in a process that runs already."""
    places = list(seed)
    table = row("`venv.create` takes … times as long as", *places) + row("---", *["---" for _ in places])
    table += row("`fastvenv.create` without pip", *(times(create[f"create() {at}: venv / fastvenv"]) for at in places))
    for name, key in {
        "with pip, copies": "fastvenv.create (copy)",
        "with pip, hard links": "fastvenv.create (hardlink)",
        "with pip, and an empty cache": "fastvenv.create (cold)",
        "pip's directories and hard links alone, by a loop in Python": "floor (hardlink)",
    }.items():
        table += row(name, *(times(seed[at][key]) for at in places))
    return table


def made_by() -> str:
    """The command and the machine, and whether that had other work."""
    cores = os.cpu_count() or 1
    tools = " and ".join(f"{name} {importlib.metadata.version(name)}" for name in ("virtualenv", "uv"))
    # The benches themselves keep one core busy, and sometimes all.
    rough = " They are rough, because other processes were running." if os.getloadavg()[1] > cores + 1 else ""
    return (
        f"Made by `{COMMAND}`: CPython {platform.python_version()} on {platform.system()}, "
        f"{cores} cores, {tools}; medians of the ratios inside one run.{rough}\n"
    )


def readme(create: Figures, seed: dict[str, Figures]) -> str:
    """What stands in README.md."""
    disk = seed["on disk"]
    no_pip, pip = create["create() on disk: venv / fastvenv"], disk["fastvenv.create (copy)"]
    return (
        f"{commands_table(create, disk)}\n"
        f"In a Python process that runs already, `fastvenv.create` is {times(no_pip)} times as fast as `venv.create` "
        f"without pip, and {times(pip)} times with it.\n{made_by()}"
    )


def performance(create: Figures, seed: dict[str, Figures]) -> str:
    """What stands in docs/performance.md."""
    tables = [f"As commands, {at}:\n\n{commands_table(create, figures)}" for at, figures in seed.items()]
    start = (
        "`import fastvenv` takes {:.1f} ms. `python -m fastvenv --without-pip` takes {} times as long as "
        "`python -c pass`.\n"
    )
    bare = create["python -m fastvenv / python -c pass"]
    return "\n".join(
        [
            made_by(),
            *tables,
            f"In a process that runs already:\n\n{calls_table(create, seed)}",
            start.format(create["import fastvenv, ms"], times(bare)),
        ]
    )


def chart(create: Figures, seed: Figures) -> str:
    """The picture: for each command, what part of the standard library's time it takes."""

    def bars(ratios: dict[str, float]) -> list[Bar]:
        return [Bar("venv", 1.0), *(Bar(name, 1 / ratio) for name, ratio in ratios.items())]

    with_pip = {name: key for name, (_, key) in CONTENDERS.items()}
    return draw(
        "Time to create an environment, as a share of python -m venv",
        {
            "with pip": bars({name: seed[key] for name, key in with_pip.items()}),
            "with pip, and its first run": bars({name: seed[f"{key} + pip"] for name, key in with_pip.items()}),
            "without pip": bars(
                {name.split(",")[0]: create[f"python -m: venv / {key}"] for name, (key, _) in CONTENDERS.items()}
            ),
        },
        accent="fastvenv",
    )


def main() -> None:
    """Read both files and write all three."""
    create, seed = (json.loads(Path(path).read_text()) for path in sys.argv[1:3])
    for path, text in [("README.md", readme(create, seed)), ("docs/performance.md", performance(create, seed))]:
        file = ROOT / path
        before = file.read_text(encoding="utf-8")
        after, replaced = MARKED.subn(lambda _, text=text: text, before)
        assert replaced == 1, f"{path} has no place for figures"
        file.write_text(after, encoding="utf-8")
    (ROOT / "docs" / "chart.svg").write_text(chart(create, seed["on disk"]), encoding="utf-8")


if __name__ == "__main__":
    main()
