"""pypa/build on a real project: `python -m build` against `python -m fastvenv.run build`.

    python benches/bench_build.py [ROUNDS]

Both build the sdist and the wheel, each in an environment of its own, A B A B in one run; a figure is the median of
the ratios, or of the differences, of neighbours. The wheel of fastvenv is that in dist/. Exits with 1 if a bound is
missed, and says so and stops if the package index can't be reached.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path
from statistics import median

TOOL = "build==1.6.1"
PROJECT = "requests==2.32.5"  # setuptools is its backend, and all that it needs
CAVEATS = f"""\
The project is {PROJECT}, the tool {TOOL}. What the project's environments need lies in a local folder, so that no
network is in the figures; most of the time left is pip's, which installs setuptools twice, and setuptools' own.
Where pip is missing beside `build`, as in an environment made by `uv tool`, it puts pip into each environment. Where
pip is there, its environments have none, and there is next to nothing to win.
Both sides' sdists and wheels are checked to have the same names and the same content.
"""
WHEELS = sorted(Path("dist").glob("*.whl"))


class Offline(Exception):
    """The package index can't be reached."""


def pip(*arguments: str | Path) -> None:
    """Run this environment's pip."""
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)]
    if subprocess.run(command, check=False).returncode:
        raise Offline


def prepare(folder: Path) -> Path:
    """Fetch the project and what its backend needs; returns the project's folder."""
    pip("download", "--no-deps", "--no-binary", ":all:", "--dest", folder, PROJECT)
    pip("download", "--dest", folder / "wheels", "setuptools", "wheel")
    [sdist] = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return folder / sdist.name.removesuffix(".tar.gz")


def environment(folder: Path, *, with_pip: bool) -> Path:
    """Make an environment with the tool and fastvenv; returns its python."""
    subprocess.run([sys.executable, "-m", "venv", *([] if with_pip else ["--without-pip"]), folder], check=True)
    python = folder / "bin" / "python"
    pip("--python", python, "install", TOOL, *WHEELS)
    return python


def content(folder: Path) -> dict[str, dict[str, str]]:
    """What a build has left: each archive's members and their hashes."""
    found = {}
    for path in folder.iterdir():
        members: dict[str, bytes] = {}
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                members = {name: wheel.read(name) for name in wheel.namelist()}
        else:
            with tarfile.open(path) as sdist:
                for member in sdist:
                    file = sdist.extractfile(member)
                    members[member.name] = file.read() if file else b""
        found[path.name] = {name: hashlib.sha256(data).hexdigest() for name, data in members.items()}
    return found


def build(command: list[str | Path], project: Path, wheels: Path, out: Path) -> float:
    """Build the project; returns the seconds that it took."""
    for left in (out, *project.glob("src/*.egg-info"), project / "build"):
        shutil.rmtree(left, ignore_errors=True)
    variables = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels), "SOURCE_DATE_EPOCH": "1700000000"}
    arguments = [*command, "--outdir", out, project]
    start = time.perf_counter()
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, env=os.environ | variables)
    taken = time.perf_counter() - start
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return taken


def compare(name: str, python: Path, project: Path, rounds: int) -> float:
    """Build by turns, print what was found; returns the median ratio."""
    base = project.parent
    commands: list[list[str | Path]] = [[python, "-m", "build"], [python, "-m", "fastvenv.run", "build"]]
    taken: list[list[float]] = [[], []]
    for _ in range(rounds + 1):
        results = []
        for times, command in zip(taken, commands, strict=True):
            times.append(build(command, project, base / "wheels", base / "out"))
            results.append(content(base / "out"))
        assert len(results[0]) == 2, results
        assert results[0] == results[1], results
    # The first round fills the caches.
    theirs, ours = (times[1:] for times in taken)
    ratio = median(a / b for a, b in zip(theirs, ours, strict=True))
    saved = median(a - b for a, b in zip(theirs, ours, strict=True))
    figures = f"{median(theirs):5.2f} s -> {median(ours):5.2f} s, {saved:5.2f} s saved, ratio {ratio:.2f}"
    print(f"{name:32} {figures}", flush=True)
    return ratio


def main(rounds: int = 5) -> int:
    """Measure, print, and return 1 if a bound is missed."""
    if not WHEELS:
        sys.exit("no wheel in dist/: run nox -s build")
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        try:
            project = prepare(folder)
            alone = environment(folder / "alone", with_pip=False)
            beside = environment(folder / "beside", with_pip=True)
        except Offline:
            print("skipped: the package index can't be reached")
            return 0
        print(CAVEATS)
        print(f"Python {sys.version.split()[0]} on {sys.platform}; {rounds} rounds")
        ratio = compare("build, no pip beside it", alone, project, rounds)
        compare("build, pip beside it", beside, project, rounds)
    holds = ratio >= 1.5
    print(f"build, no pip beside it: ratio >= 1.5 {'holds' if holds else 'MISSED'}")
    return not holds


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
