"""Runs the native command, and says which Python an environment is of and which interpreters were asked."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pythons

ASKED = re.compile(r"^fastvenv: asking the interpreter '(.*)'$", re.MULTILINE)


class Runner:
    """Creates environments in a directory, with a cache of its own there."""

    def __init__(self, command: Path, directory: Path) -> None:
        self.command: list[object] = [command]
        self.directory = directory
        self.environ = {**os.environ, "FASTVENV_CACHE_DIR": str(self.cache), "FASTVENV_LOG": "debug"}
        self.environ.pop("VIRTUAL_ENV", None)
        self.env = directory / "env"

    @property
    def cache(self) -> Path:
        """The cache."""
        return self.directory / "cache"

    def facts(self) -> list[Path]:
        """The files with facts."""
        return sorted(self.cache.glob("facts/*"))

    def start(self, *args: object, **environ: str) -> "subprocess.CompletedProcess[str]":
        """Run the command for a new environment, without pip."""
        shutil.rmtree(self.env, ignore_errors=True)
        command = [*self.command, "--without-pip", *args, self.env]
        return subprocess.run(
            list(map(str, command)),
            cwd=self.directory,
            env={**self.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
        )

    def asked(self, *args: object, **environ: str) -> list[str]:
        """Create an environment; returns the interpreters that were asked for it."""
        done = self.start(*args, **environ)
        assert done.returncode == 0, done.stderr
        return ASKED.findall(done.stderr)

    def refused(self, *args: object, **environ: str) -> str:
        """The error of a command that creates nothing."""
        done = self.start(*args, **environ)
        assert done.returncode == 1, done.stderr
        assert not self.env.exists()
        return done.stderr[done.stderr.index("Error: ") :]

    def version(self) -> str:
        """The version that the environment's Python has; `pyvenv.cfg` must have the same."""
        program = "import sys; print('%d.%d.%d' % sys.version_info[:3])"
        found = subprocess.run([self.env / "bin/python", "-c", program], capture_output=True, text=True, check=True)
        version = found.stdout.strip()
        assert f"\nversion = {version}\n" in (self.env / "pyvenv.cfg").read_text()
        return version


def two() -> tuple[pythons.Python, pythons.Python]:
    """Another Python than the running one, and the running one."""
    running = pythons.ask(os.path.realpath(pythons.RUNNING))
    assert running is not None
    return pythons.another(), running


def exchangeable(directory: Path) -> tuple[Path, pythons.Python, pythons.Python]:
    """An installation for two Pythons: the path of the first one's copy, and both."""
    first, second = two()
    path = pythons.twin(first.path, directory)
    (directory / "bin/python3").symlink_to(path.name)
    pythons.twin(second.path, directory / "second")
    (directory / "second/lib" / second.library).rename(directory / "lib" / second.library)
    return path, first, second


def exchange(path: Path, python: pythons.Python) -> None:
    """Write another interpreter into the file at this path, with the old time and, if it fits, the old size."""
    before = path.stat()
    content = Path(os.path.realpath(python.path)).read_bytes()
    with path.open("r+b") as file:  # the same inode
        file.write(content)
        file.truncate(max(len(content), before.st_size))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
