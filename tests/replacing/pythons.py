"""Interpreters of a test's own, in which `python -m venv` may be replaced: an environment, or an installation."""

import os
import shutil
import subprocess
import sysconfig
import zipfile
from pathlib import Path

import fastvenv
from circumstances import own_interpreter
from fastvenv._startup import FILE, RECORD

PACKAGE = Path(fastvenv.__file__).parent


class Python:
    """An interpreter that has its site-packages to itself."""

    def __init__(self, executable: Path) -> None:
        self.executable = executable
        self.packages = Path(self.run("-c", "import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip())
        self.file = self.packages / FILE

    def start(self, *args: object, cwd: Path | None = None, **variables: str) -> "subprocess.Popen[str]":
        """Start it in a directory, by default its own, and with these variables."""
        libraries = {"LD_LIBRARY_PATH": sysconfig.get_config_var("LIBDIR") or ""}
        command = [str(self.executable), *map(str, args)]
        cwd = cwd or self.executable.parents[1]
        environ = {**os.environ, **libraries, **variables}
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=cwd, env=environ, stdout=pipe, stderr=pipe, text=True)

    def run(self, *args: object, cwd: Path | None = None, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run it, and say how it ended."""
        process = self.start(*args, cwd=cwd, **variables)
        stdout, stderr = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def replace(self, *args: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run `python -m fastvenv.replace`."""
        return self.run("-m", "fastvenv.replace", *args, **variables)

    def served_by(self, *args: object, cwd: Path | None = None, **variables: str) -> str | None:
        """Which file put fastvenv in the place of `venv` for a command that must succeed; None if none did."""
        done = self.run(*args, cwd=cwd, FASTVENV_LOG="debug", **variables)
        assert done.returncode == 0, done.stderr
        files = [line.partition(RECORD)[2] for line in done.stderr.splitlines() if RECORD in line]
        assert len(files) <= 1, done.stderr
        return files[0] if files else None


def environment(folder: Path, *, with_pip: bool = False) -> Python:
    """An environment that finds the fastvenv under test."""
    fastvenv.create(folder, symlinks=True, with_pip=with_pip)
    python = Python(folder / "bin" / "python")
    (python.packages / "a.pth").write_text(f"{PACKAGE.parent}\n")
    return python


def installation(folder: Path) -> Python:
    """An installation that finds the fastvenv under test."""
    python = Python(own_interpreter(folder))
    python.packages.mkdir(parents=True, exist_ok=True)
    (python.packages / "a.pth").write_text(f"{PACKAGE.parent}\n")
    return python


def copy_of_fastvenv(python: Python) -> Path:
    """Give an interpreter a fastvenv of its own in the place of the shared one."""
    (python.packages / "a.pth").unlink()
    ours = python.packages / "fastvenv"
    shutil.copytree(PACKAGE, ours, ignore=shutil.ignore_patterns("__pycache__"), copy_function=_link)
    return ours


def _link(source: str, destination: str) -> None:
    """Link what is large, and copy what a test may change."""
    if source.endswith(".py"):
        shutil.copy(source, destination)
    else:
        os.symlink(source, destination)


def wheel(folder: Path) -> Path:
    """A wheel of the fastvenv under test, which pip can install and uninstall."""
    path, info = folder / "fastvenv-1-py3-none-any.whl", "fastvenv-1.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for file in PACKAGE.rglob("*"):
            if file.is_file() and file.suffix != ".pyc":
                archive.write(file, file.relative_to(PACKAGE.parent))
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: fastvenv\nVersion: 1\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*archive.namelist(), f"{info}/RECORD"]))
    return path
