"""Environments with pip: fastvenv against the standard library, virtualenv and uv, in one run.

    python benches/bench_seed.py [--rounds 5] [--in FOLDER] [--tmpfs /dev/shm] [--json FILE]

Contenders take turns; what counts is the median of the ratios inside a round. See the caveats it prints.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path

import fastvenv

CAVEATS = """\
Caveats
  - Ratios only: absolute times on a shared machine mean nothing. A ratio is the median over the rounds.
  - fastvenv ships pip's bytecode, as the standard library does; uv and virtualenv ship none, so their first run of
    pip compiles. "+ pip" is creation and the first `pip --version`.
  - "cold" is an empty cache of our own; the operating system's caches are warm for everybody.
  - Copies write 13 MB per environment: after some dozens in a row the disk slows everybody down.
  - The floor makes the folders and hard links of pip from a Python loop, and nothing else.
  - uv seeds the newest pip it has in its cache, which is not the interpreter's own.
"""
MODES = ["clone", "hardlink", "copy"]
# What is aimed at, for the command against uv in the same link mode.
BOUNDS = {("fastvenv", "hardlink"): "; the aim is 0.6", ("fastvenv", "copy"): "; the aim is 0.8"}
BIN = Path(sys.executable).parent
Contender = Callable[[Path], object]


def in_process(mode: str) -> Contender:
    """`fastvenv.create` with a full cache."""

    def create(env: Path) -> None:
        os.environ["FASTVENV_LINK_MODE"] = mode
        fastvenv.create(env, symlinks=True, with_pip=True)

    return create


def cold(env: Path) -> None:
    """`fastvenv.create` with an empty cache."""
    kept, os.environ["FASTVENV_CACHE_DIR"] = os.environ["FASTVENV_CACHE_DIR"], f"{env}.cache"
    try:
        in_process("clone")(env)
    finally:
        os.environ["FASTVENV_CACHE_DIR"] = kept


def floor(env: Path) -> None:
    """The folders and hard links of pip, and nothing else."""
    image = next((Path(os.environ["FASTVENV_CACHE_DIR"]) / "images").glob("*/tree/pip")).parent
    for folder, _, files in TREES.setdefault(image, list(os.walk(image))):
        target = os.path.normpath(os.path.join(env, os.path.relpath(folder, image)))
        os.mkdir(target)
        source_fd, target_fd = os.open(folder, os.O_RDONLY), os.open(target, os.O_RDONLY)
        for name in files:
            os.link(name, name, src_dir_fd=source_fd, dst_dir_fd=target_fd)
        os.close(source_fd)
        os.close(target_fd)


TREES: dict[Path, list[tuple[str, list[str], list[str]]]] = {}


def command(*args: str, mode: str = "clone") -> Contender:
    """A command line that ends with the environment."""

    def create(env: Path) -> None:
        environ = {**os.environ, "FASTVENV_LINK_MODE": mode}
        subprocess.run([*args, str(env)], check=True, env=environ, capture_output=True)

    return create


def then_pip(create: Contender) -> Contender:
    """Creation, and the first run of pip."""

    def both(env: Path) -> None:
        create(env)
        subprocess.run([env / "bin/python", "-m", "pip", "--version"], check=True, capture_output=True)

    return both


def uv(mode: str) -> Contender:
    """`uv venv --seed` in the same link mode, with a full cache."""
    options = ["--seed", "--offline", "--no-project", "--no-config", "-q", "--link-mode", mode]
    return command(str(BIN / "uv"), "venv", *options, "-p", sys.executable)


def contenders() -> dict[str, Contender]:
    """Everything that is measured; the first of each group is what the others are compared with."""
    python = sys.executable
    commands = {"python -m venv": command(python, "-m", "venv")}
    commands |= {f"python -m fastvenv ({mode})": command(python, "-m", "fastvenv", mode=mode) for mode in MODES}
    commands |= {f"fastvenv ({mode})": command(str(BIN / "fastvenv"), mode=mode) for mode in MODES}
    if (BIN / "virtualenv").exists():
        commands["virtualenv"] = command(str(BIN / "virtualenv"), "-q", "--no-periodic-update")
    if (BIN / "uv").exists():
        subprocess.run([BIN / "uv", "venv", "-q", "--seed", "--clear", tempfile.mkdtemp()], check=True)
        commands |= {f"uv ({mode})": uv(mode) for mode in MODES}
    return {
        "venv.create": lambda env: venv.create(env, symlinks=True, with_pip=True),
        **{f"fastvenv.create ({mode})": in_process(mode) for mode in MODES},
        "fastvenv.create (cold)": cold,
        "floor (hardlink)": floor,
        **commands,
        **{
            f"{name} + pip": then_pip(create) for name, create in commands.items() if "(c" not in name or "copy" in name
        },
    }


def check(name: str, env: Path) -> None:
    """Nobody wins by doing less: pip runs, and has its bytecode where the standard library has it."""
    if name.startswith("floor"):
        return
    subprocess.run([env / "bin/python", "-m", "pip", "--version"], check=True, capture_output=True)
    if "venv.create" in name or "-m" in name or name.startswith("fastvenv"):
        sources, bytecode = list(env.glob("lib/*/site-packages/pip/**/*.py")), list(env.glob("lib/**/pip/**/*.pyc"))
        assert len(sources) == len(bytecode), name


def measure(base: Path, rounds: int) -> dict[str, list[float]]:
    """The time of each contender in each round, in milliseconds."""
    entries = contenders()
    times: dict[str, list[float]] = {name: [] for name in entries}
    in_process("copy")(base / "fill")
    for turn in range(rounds):
        for number, (name, create) in enumerate(entries.items()):
            # A folder that was deleted before is not used again: ext4 is slow to reuse what is freshly free.
            env = base / f"{turn}-{number}"
            os.sync()
            began = time.perf_counter()
            create(env)
            times[name].append((time.perf_counter() - began) * 1e3)
            if turn == 0:
                check(name, env)
    return times


def median_ratio(times: dict[str, list[float]], one: str, other: str) -> float:
    """How many times as long `one` took as `other`."""
    return statistics.median(a / b for a, b in zip(times[one], times[other], strict=True))


def ratio(times: dict[str, list[float]], one: str, other: str) -> str:
    """The same for printing; a contender may not be installed."""
    return f"{median_ratio(times, one, other):.2f}" if one in times and other in times else "-"


def figures(times: dict[str, list[float]]) -> dict[str, float]:
    """How many times as long as each contender the standard library takes for the same work."""
    found = {}
    for name in times:
        base = "venv.create" if name.startswith(("fastvenv.create", "floor")) else "python -m venv"
        found[name] = median_ratio(times, f"{base} + pip" if name.endswith("+ pip") else base, name)
    return found


def report(times: dict[str, list[float]]) -> None:
    """Print the ratios."""
    for base in ("venv.create", "python -m venv", "python -m venv + pip"):
        print(f"\n{base} takes so many times as long as")
        group = [name for name in times if name.endswith("+ pip") == base.endswith("+ pip") and name != base]
        for name in group:
            if name.startswith(("fastvenv.create", "floor")) == (base == "venv.create"):
                print(f"  {ratio(times, base, name):>8}  {name}  (median {statistics.median(times[name]):.1f} ms)")
    print("\nagainst the floor and uv, the smaller the better")
    print(f"  {ratio(times, 'fastvenv.create (hardlink)', 'floor (hardlink)'):>8}  hardlink / floor")
    for name in ("python -m fastvenv", "fastvenv"):
        for mode in MODES:
            bound = BOUNDS.get((name, mode), "")
            print(f"  {ratio(times, f'{name} ({mode})', f'uv ({mode})'):>8}  {name} / uv, {mode}{bound}")
        for mode in ("hardlink", "copy"):
            ours, theirs = f"{name} ({mode}) + pip", f"uv ({mode}) + pip"
            print(f"  {ratio(times, ours, theirs):>8}  {name} / uv, {mode}, with the first pip")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--in", dest="folders", action="append", type=Path, help="where to create; may be repeated")
    parser.add_argument("--tmpfs", type=Path, default=Path("/dev/shm"))
    parser.add_argument("--json", type=Path, help="also write the figures to this file, by folder")
    options = parser.parse_args()
    # It would spare those who leave pip without bytecode the writing of it, which comes with its first run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    found = {}
    print(CAVEATS)
    folders = options.folders or [Path(tempfile.gettempdir()), *([options.tmpfs] if options.tmpfs.is_dir() else [])]
    for folder in folders:
        base = Path(tempfile.mkdtemp(prefix="bench-seed-", dir=folder))
        # Both caches stand on the file system of the environments: links don't leave one.
        os.environ["FASTVENV_CACHE_DIR"], os.environ["UV_CACHE_DIR"] = str(base / "cache"), str(base / "uv-cache")
        try:
            print(f"--- in {folder}, {options.rounds} rounds, Python {sys.version.split()[0]}")
            times = measure(base, options.rounds)
            report(times)
            found["in memory" if folder == options.tmpfs else "on disk"] = figures(times)
        finally:
            shutil.rmtree(base)
    if options.json:
        options.json.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
