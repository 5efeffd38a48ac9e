"""Runs programs that know nothing of fastvenv, with the standard library's `venv` and with fastvenv in its place."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from parity.trees import compare

Both = Callable[..., None]


@pytest.fixture
def both(tmp_path: Path) -> Both:
    """`both(*command)` runs a command of this interpreter both ways; output, status and what is left must be equal.

    "{env}" in the command stands for the folder of the environment.
    """

    def run(*command: str | Path, python: str = sys.executable) -> None:
        def action(module: str, env: Path) -> tuple[int, str]:
            words = [str(word).replace("{env}", str(env)) for word in command]
            if module == "fastvenv":
                words = ["-m", "fastvenv.run", *words[words[0] == "-m" :]]
            done = subprocess.run([python, *words], stdout=subprocess.PIPE, text=True, check=False)
            assert os.listdir(env), "nothing was made"
            assert done.returncode == 0
            return done.returncode, done.stdout

        compare(tmp_path / "sandbox", action)

    return run
