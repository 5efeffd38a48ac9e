"""Programs that start `python -m venv`, with `python -m fastvenv.replace install` and without.

    python benches/bench_commands.py [ROUNDS]

Runs each program of tests/downstream/test_commands.py as a whole, by turns with FASTVENV_REPLACE=0 and with 1, in one
run; a figure is the median of the ratios of neighbours. It needs the dependency group `downstream`, and measures the
fastvenv that it imports: install a release build.
"""

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from downstream.test_commands import PROGRAMS, Create
from replacing import pythons

CAVEATS = """\
A ratio is of the whole program's time, on a warm cache of fastvenv: what the program does besides is in both.
A program that lets `venv` install no pip gains little.
"""


def seconds(create: Create, python: pythons.Python, value: str) -> float:
    """How long the program takes in a new folder, with this value of FASTVENV_REPLACE."""
    os.environ["FASTVENV_REPLACE"] = value
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        create(python, Path(folder))
        return time.perf_counter() - start


def main(rounds: int = 5) -> None:
    """Measure and print."""
    print(CAVEATS)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FASTVENV_CACHE_DIR"] = f"{folder}/cache"
        python = pythons.installation(Path(folder) / "python")
        programs = "".join(f"{path}\n" for path in sys.path if path.endswith("site-packages"))
        (python.packages / "b.pth").write_text(programs)
        assert python.replace("install").returncode == 0
        for create in PROGRAMS:
            seconds(create, python, "1")  # fills the caches
            pairs = [(seconds(create, python, "0"), seconds(create, python, "1")) for _ in range(rounds)]
            theirs, ours = (median(times) for times in zip(*pairs, strict=True))
            ratio = median(without / replaced for without, replaced in pairs)
            print(f"{create.__name__:28} {theirs:5.2f} s -> {ours:5.2f} s, ratio {ratio:.2f}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
