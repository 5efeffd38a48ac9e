"""Make environments with the installed fastvenv and use them: what every platform that gets a wheel must pass.

python .ci/smoke.py
"""

import os
import subprocess
import sys
import tempfile
from importlib import metadata
from pathlib import Path

import fastvenv


def python_of(env: Path) -> Path:
    """The interpreter of an environment."""
    return env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(*command: str | Path) -> str:
    """Run a command; returns its output."""
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout


def command() -> Path:
    """The installed command `fastvenv`, wherever pip has put it."""
    files = metadata.files("fastvenv") or []
    [found] = [file for file in files if file.stem == "fastvenv" and file.suffix in {"", ".exe"}]
    return Path(os.path.realpath(found.locate()))


def main() -> None:
    """Check in turn; the first failure ends it."""
    print(f"fastvenv of {fastvenv.__file__} on {sys.version} for {sys.platform}")
    if hasattr(sys, "_is_gil_enabled"):
        free_threaded = "free-threading" in sys.version
        assert sys._is_gil_enabled() != free_threaded, "the import has switched the GIL on"
    with tempfile.TemporaryDirectory() as made:
        folder = Path(os.path.realpath(made))
        python = [sys.executable, "-m"]
        for name, tool in {
            "plain": [*python, "fastvenv"],
            "again": [*python, "fastvenv"],
            "other": [*python, "fastvenv.run", "venv"],
            "native": [command()],
        }.items():
            env = folder / name
            run(*tool, env)
            for prefix, expected in {"prefix": env, "base_prefix": sys.base_prefix}.items():
                found = run(python_of(env), "-c", f"import sys; print(sys.{prefix})").strip()
                assert os.path.samefile(found, expected), found
            print(f"{name}: {run(python_of(env), '-m', 'pip', '--version').strip()}")
    print("whole")


if __name__ == "__main__":
    main()
