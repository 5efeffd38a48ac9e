"""Environments without pip: in process against the standard library, as a command against virtualenv and uv too.

    python benches/bench_create.py [--rounds 200] [--json FILE]

All are measured in turn, A B C A B C, in one run; a figure is the median of the ratios of neighbours. Exits with 1 if
a bound is missed.
"""

import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path
from statistics import median

import fastvenv

CAVEATS = """\
Times of a shared machine mean little; ratios of runs that follow each other mean more.
Environments are made with links, as the command makes them, and are deleted before the next one; both are checked to
be whole before anything is timed. Most of the time on a disk is the file system's own, as the ratios to "calls" show:
that is the same tree, made by nothing but the system calls that it takes. No program can be faster.
A command's time is mostly its start: that of an interpreter, for all but uv and `fastvenv`, which need none.
"""
BIN = Path(sys.executable).parent
OTHERS = {
    "the command": [str(BIN / "fastvenv"), "--without-pip"],
    "virtualenv": [str(BIN / "virtualenv"), "-q", "--no-seed", "--no-periodic-update"],
    "uv": [str(BIN / "uv"), "venv", "-q", "--offline", "--no-project", "--no-config", "-p", sys.executable],
}
FIGURES: dict[str, float] = {}
MEMORY = Path("/dev/shm")
PROCESSES = 5
Action = Callable[[str], object]


def python(*arguments: str) -> None:
    """Run a new interpreter."""
    subprocess.run([sys.executable, *arguments], check=True)


def names(env: str) -> dict[str, int]:
    """All names in an environment, with their sizes."""
    paths = [os.path.join(folder, name) for folder, dirs, files in os.walk(env) for name in dirs + files]
    return {os.path.relpath(path, env): os.lstat(path).st_size for path in paths}


def check_whole(folder: str) -> None:
    """Nobody wins by doing less: both make the same names, and both environments run."""
    made = []
    for module in (venv, fastvenv):
        env = os.path.join(folder, module.__name__)
        module.create(env, symlinks=True)
        subprocess.run([f"{env}/bin/python", "-c", "import sys; assert sys.prefix != sys.base_prefix"], check=True)
        made.append(names(env).keys())
    assert made[0] == made[1], made[0] ^ made[1]


def only_calls(folder: str) -> Action:
    """What makes the same tree as fastvenv by system calls alone, its content known beforehand."""
    pattern = os.path.join(folder, "fastvenv")
    folders, links, files = [], [], []
    for at, dirs, leaves in os.walk(pattern):
        inner = os.path.relpath(at, pattern)
        folders.append(inner)
        for name in dirs + leaves:
            path = os.path.join(at, name)
            if os.path.islink(path):
                links.append((os.readlink(path), os.path.join(inner, name)))
            elif name in leaves:
                files.append((os.path.join(inner, name), Path(path).read_bytes()))

    def make(env: str) -> None:
        for name in folders:
            os.mkdir(f"{env}/{name}" if name != "." else env)
        for target, name in links:
            os.symlink(target, f"{env}/{name}")
        for name, data in files:
            handle = os.open(f"{env}/{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
            os.write(handle, data)
            os.close(handle)

    return make


def times(actions: list[Action], folder: str, rounds: int) -> list[list[float]]:
    """Seconds that each action takes in each round, after a round that doesn't count."""
    seconds: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds + 1):
        for taken, action in zip(seconds, actions, strict=True):
            env = os.path.join(folder, "env")
            start = time.perf_counter()
            action(env)
            taken.append(time.perf_counter() - start)
            shutil.rmtree(env, ignore_errors=True)
    return [taken[1:] for taken in seconds]


def ratio(one: list[float], other: list[float]) -> float:
    """How many times longer the one took: the median over rounds."""
    return median(a / b for a, b in zip(one, other, strict=True))


def report(name: str, value: float, bound: Callable[[float], bool] | None = None, text: str = "") -> bool:
    """Print a figure, and say whether it keeps its bound."""
    FIGURES[name] = value
    holds = bound is None or bound(value)
    print(f"{name:58} {value:6.2f}  {text:7} {'' if bound is None else 'holds' if holds else 'MISSED'}".rstrip())
    return holds


def in_one_process(folder: str, rounds: int) -> tuple[float, float, float, float]:
    """In this process: venv / calls, fastvenv / calls, venv / fastvenv, and `python=` / the running interpreter."""
    both: list[Action] = [lambda env, module=module: module.create(env, symlinks=True) for module in (venv, fastvenv)]
    base = sys._base_executable

    def asked(env: str) -> None:
        fastvenv.create(env, symlinks=True, python=base)

    theirs, ours, calls, others = times([*both, only_calls(folder), asked], folder, rounds)
    return ratio(theirs, calls), ratio(ours, calls), ratio(theirs, ours), ratio(others, ours)


def in_process(folder: str, rounds: int, where: str, bounded: bool) -> bool:
    """The medians of several processes: how one's memory happens to lie moves its figures by a twentieth."""
    check_whole(folder)
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        found = pool.starmap(in_one_process, [(folder, rounds // 2)] * PROCESSES, chunksize=1)
    to_calls, ours_to_calls, to_ours, python_to_ours = (median(figures) for figures in zip(*found, strict=True))
    report(f"create() {where}: venv / calls", to_calls)
    report(f"create() {where}: fastvenv / calls", ours_to_calls)
    report(f"create() {where}: with python= / without", python_to_ours)
    bound = (lambda value: value >= 4) if bounded else None
    return report(f"create() {where}: venv / fastvenv", to_ours, bound, ">= 4" if bounded else "")


def as_command(folder: str, rounds: int) -> list[bool]:
    """All commands and an interpreter that does nothing."""
    commands: list[Action] = [
        lambda env, module=module: python("-m", module, "--without-pip", env) for module in ("venv", "fastvenv")
    ]
    others = {name: args for name, args in OTHERS.items() if Path(args[0]).exists()}
    commands += [lambda env, args=args: subprocess.run([*args, env], check=True) for args in others.values()]
    theirs, ours, *rest, bare = times([*commands, lambda env: python("-c", "pass")], folder, rounds)
    by_name = dict(zip(others, rest, strict=True))
    for name, taken in by_name.items():
        report(f"python -m: venv / {name}", ratio(theirs, taken))
    holds = []
    if {"the command", "uv"} <= by_name.keys():
        value = ratio(by_name["the command"], by_name["uv"])
        holds.append(report("the command / uv", value, lambda value: value <= 0.25, "<= 0.25"))
    return [
        *holds,
        report("python -m: venv / fastvenv", ratio(theirs, ours), lambda value: value >= 2.2, ">= 2.2"),
        report("python -m fastvenv / python -c pass", ratio(ours, bare), lambda value: value <= 1.3, "<= 1.3"),
    ]


def import_milliseconds(rounds: int) -> float:
    """What `import fastvenv` takes, with all that it imports, by the interpreter's own clock."""
    command = [sys.executable, "-X", "importtime", "-c", "import fastvenv"]
    taken = []
    for _ in range(rounds):
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stderr.splitlines()
        [line] = [line for line in lines if line.endswith("| fastvenv")]
        taken.append(int(line.split("|")[1]) / 1000)
    return median(taken)


def main() -> int:
    """Measure, print, and return 1 if a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    rounds = options.rounds
    print(CAVEATS)
    print(f"Python {sys.version.split()[0]} on {sys.platform}; {rounds // 5} rounds of commands,")
    print(f"{rounds // 2} in each of {PROCESSES} processes")
    memory = MEMORY if MEMORY.is_dir() else None
    holds = []
    with tempfile.TemporaryDirectory() as disk:
        holds.append(in_process(disk, rounds, "on disk", bounded=memory is None))
        holds += as_command(disk, rounds // 5)
    if memory:
        with tempfile.TemporaryDirectory(dir=memory) as folder:
            holds.append(in_process(folder, rounds, "in memory", bounded=True))
    holds.append(report("import fastvenv, ms", import_milliseconds(rounds // 5), lambda value: value < 2, "< 2"))
    if options.json:
        options.json.write_text(json.dumps(FIGURES))
    return not all(holds)


if __name__ == "__main__":
    sys.exit(main())
