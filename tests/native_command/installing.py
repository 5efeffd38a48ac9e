"""Installs the fastvenv under test elsewhere, in each way that its users have."""

import importlib.util
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import pytest

import fastvenv
import pythons
from platforms import BIN, IS_WINDOWS, packages_of, posix_only, python_of

# What the installer writes, which isn't in a wheel.
OF_INSTALLER = {"INSTALLER", "RECORD", "REQUESTED", "direct_url.json", "uv_cache.json"}

NAME = "fastvenv.exe" if IS_WINDOWS else "fastvenv"


class Installed(NamedTuple):
    """The command, as it was installed into a directory, and what removes it again, if there is something that does."""

    command: Path
    directory: Path
    uninstall: "list[str | Path] | None" = None


def run(*command: "str | Path") -> str:
    """Run a command that must succeed; returns its output."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def wheel(command: Path, folder: Path) -> Path:
    """The wheel that was installed, put together again from its files; with this command."""
    installed = metadata.distribution("fastvenv")
    [*_, tag] = installed.read_text("WHEEL").split("Tag: ")
    name = f"fastvenv-{installed.version}"
    path, info, scripts = folder / f"{name}-{tag.strip()}.whl", f"{name}.dist-info", f"{name}.data/scripts"
    with zipfile.ZipFile(path, "w") as archive:
        for file in installed.files:
            of_installer = file.suffix == ".pyc" or (file.parent.name == info and file.name in OF_INSTALLER)
            if not of_installer and file.parts[0] != "..":
                archive.write(file.locate(), file.as_posix())
        archive.write(command, f"{scripts}/{NAME}")
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*archive.namelist(), f"{info}/RECORD"]))
    return path


def by_pip(wheel: Path, folder: Path, _: pytest.MonkeyPatch) -> Installed:
    """`pip install` in an environment."""
    fastvenv.create(folder, symlinks=True, with_pip=True)
    pip = [python_of(folder), "-m", "pip"]
    run(*pip, "install", "--quiet", "--no-index", wheel)
    return Installed(folder / BIN / NAME, folder, [*pip, "uninstall", "--yes", "fastvenv"])


def by_pip_for_user(wheel: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """`pip install --user` of the base interpreter, by the pip of an environment, since the base may have none."""
    env = folder.with_name("env")
    fastvenv.create(env, symlinks=True, with_pip=True)
    monkeypatch.setenv("PYTHONUSERBASE", str(folder))
    monkeypatch.setenv("PIP_BREAK_SYSTEM_PACKAGES", "1")  # Debian's has its own installer
    pip = [pythons.RUNNING, packages_of(env) / "pip"]
    run(*pip, "install", "--quiet", "--no-index", "--user", "--ignore-installed", wheel)
    return Installed(folder / "bin" / NAME, folder, [*pip, "uninstall", "--yes", "fastvenv"])


def by_pip_into_directory(wheel: Path, folder: Path, _: pytest.MonkeyPatch) -> Installed:
    """`pip install --target`."""
    env = folder.with_name("env")
    fastvenv.create(env, symlinks=True, with_pip=True)
    run(python_of(env), "-m", "pip", "install", "--quiet", "--no-index", "--target", folder, wheel)
    return Installed(folder / "bin" / NAME, folder)


def by_uv(wheel: Path, folder: Path, _: pytest.MonkeyPatch) -> Installed:
    """`uv pip install` in an environment."""
    fastvenv.create(folder, symlinks=True)
    pip, python = [*uv(), "pip"], ["--python", python_of(folder)]
    run(*pip, "install", "--quiet", "--offline", *python, wheel)
    return Installed(folder / BIN / NAME, folder, [*pip, "uninstall", *python, "fastvenv"])


def by_uv_into_directory(wheel: Path, folder: Path, _: pytest.MonkeyPatch) -> Installed:
    """`uv pip install --target`."""
    run(*uv(), "pip", "install", "--quiet", "--offline", "--python", sys.executable, "--target", folder, wheel)
    return Installed(folder / "bin" / NAME, folder)


def as_tool_of_uv(wheel: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """`uv tool install`, which links to the command in an environment of its own."""
    monkeypatch.setenv("UV_TOOL_DIR", str(folder / "tools"))
    monkeypatch.setenv("UV_TOOL_BIN_DIR", str(folder / "bin"))
    tool = [*uv(), "tool"]
    run(*tool, "install", "--quiet", "--offline", "--python", sys.executable, wheel)
    return Installed(folder / "bin" / NAME, folder, [*tool, "uninstall", "fastvenv"])


def uv() -> "list[str]":
    """uv, without a cache that remembers an earlier wheel of this version; skips where it isn't installed."""
    if importlib.util.find_spec("uv") is None:
        pytest.skip("uv is not installed")
    return [sys.executable, "-m", "uv", "--no-cache", "--no-config"]


ELSEWHERE = posix_only("the directories for programs have other names there")
WAYS = [
    by_pip,
    by_uv,
    as_tool_of_uv,
    *(pytest.param(way, marks=ELSEWHERE) for way in (by_pip_for_user, by_pip_into_directory, by_uv_into_directory)),
]
