"""No false alarm: intact environments of all makers and options have no finding that is more than a hint."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pythons
from fastvenv import check
from platforms import posix_only

pytestmark = posix_only("the environments have bin/ and lib/python3.x")

NAMES = ["plain", "a b", "it's", "ünï", "a&b;c", "100%", "new\nline"]
VENV = [
    ["--without-pip"],
    ["--without-pip", "--copies"],
    ["--without-pip", "--system-site-packages", "--prompt=a $x"],
]
FASTVENV = [*VENV, [], ["--copies"]]


@pytest.fixture(autouse=True)
def cache(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache with pip in it."""
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(filled))


def wrong(env: Path) -> list[check.Finding]:
    """What is more than a hint."""
    return [found for found in check.check(env) if found.severity is check.Severity.WRONG]


def make(env: Path, *command: object) -> None:
    """Run a command that makes the environment, and check it."""
    done = subprocess.run([*map(str, command), env], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert wrong(env) == []


@pytest.mark.parametrize("name", NAMES)
def test_fastvenv_with_any_name(name: str, tmp_path: Path) -> None:
    """Whatever an environment is called, its own files don't look moved or harmful."""
    make(tmp_path / name, sys.executable, "-m", "fastvenv", "--without-pip")


@pytest.mark.parametrize("options", FASTVENV, ids=" ".join)
def test_fastvenv(options: list[str], tmp_path: Path) -> None:
    """Environments of fastvenv."""
    make(tmp_path / "env", sys.executable, "-m", "fastvenv", *options)


@pytest.mark.parametrize("options", VENV, ids=" ".join)
def test_venv(options: list[str], tmp_path: Path) -> None:
    """Environments of the standard library's `venv`; an old one would run a `$` in the prompt."""
    options = [option.replace("$", "") for option in options]
    make(tmp_path / "env", pythons.RUNNING, "-m", "venv", *options)


def test_other_pythons_beside_the_base(tmp_path: Path) -> None:
    """The base of a copy is the Python of its version, whatever else is in the base's directory."""
    home = tmp_path / "bin"
    home.mkdir()
    base = home / f"python{sys.version_info[0]}.{sys.version_info[1]}"
    base.symlink_to(pythons.RUNNING.resolve())
    for name, other in [("pypy3", "pypy3.99"), ("python3", "python3.98")]:
        (home / other).touch(0o755)
        (home / name).symlink_to(other)
    make(tmp_path / "env", base, "-m", "venv", "--without-pip", "--copies")


def test_venv_of_every_version(tmp_path: Path) -> None:
    """Environments of each other Python that is installed here."""
    for number, python in enumerate([*pythons.others(), *pythons.foreign()]):
        if python.has_ensurepip:
            make(tmp_path / str(number), python.path, "-m", "venv", "--without-pip")


def test_an_environment_inside_another(tmp_path: Path) -> None:
    """An environment whose interpreter was that of another one, and one in the directory of another one."""
    make(tmp_path / "outer", sys.executable, "-m", "fastvenv", "--without-pip")
    make(tmp_path / "outer" / "inner", tmp_path / "outer" / "bin" / "python", "-m", "venv", "--without-pip")
    assert wrong(tmp_path / "outer") == []


def test_an_environment_by_another_name(tmp_path: Path) -> None:
    """Through a link, or relative to the current directory, it is the same environment."""
    make(tmp_path / "env", sys.executable, "-m", "fastvenv")
    (tmp_path / "link").symlink_to("env")
    assert wrong(tmp_path / "link") == []
    assert wrong(Path(os.path.relpath(tmp_path / "link"))) == []


def test_what_may_lead_elsewhere(tmp_path: Path) -> None:
    """An editable installation, a program of another Python, and a deleted pip are nobody's fault."""
    env = tmp_path / "env"
    make(env, sys.executable, "-m", "fastvenv")
    (packages,) = env.glob("lib/python*/site-packages")
    (packages / "__editable__.x.pth").write_text("/somewhere/else\nimport sys\n# /gone\n")
    (env / "bin" / "tool").write_text("#!/usr/bin/python2\n")
    (env / "bin" / "script").write_text("#!/usr/bin/env python\n")
    (env / "bin" / "data").write_bytes(b"#!\xff\0")
    assert wrong(env) == []
    for path in [*packages.glob("pip*"), *env.glob("bin/pip*")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert wrong(env) == []
