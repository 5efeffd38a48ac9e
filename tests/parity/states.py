"""The states in which a call may find the folder of its environment."""

import venv
from collections.abc import Callable
from pathlib import Path

from platforms import BIN, IS_WINDOWS


def absent(env: Path) -> None:
    """There is nothing yet."""


def empty(env: Path) -> None:
    """The folder is there."""
    env.mkdir()


def junk(env: Path) -> None:
    """A user has files of their own in it, some where an environment's would be, and links."""
    for folder in (BIN, "lib/old", "notes"):
        (env / folder).mkdir(parents=True)
    odd = "notes/a b" if IS_WINDOWS else "notes/a\nb"
    for name in (".gitignore", f"{BIN}/activate", f"{BIN}/tool", odd, "pyvenv.cfg"):
        (env / name).write_text("mine\n", encoding="utf-8")
    (env / BIN / "tool").chmod(0o751)
    (env / BIN / "activate").chmod(0o640)
    (env / BIN / "python3").symlink_to("tool")
    (env / "notes/away").symlink_to("/nowhere")
    (env / "notes/root").symlink_to("/")


def project(env: Path) -> None:
    """A user's project is in it, and no environment."""
    for name in ("bin", "docs", "lib", "src", "tests", ".git", "build", "dist"):
        (env / name).mkdir(parents=True)


def linked(env: Path) -> None:
    """An environment with links stands there, made by the standard library."""
    venv.create(env, symlinks=True)


def copied(env: Path) -> None:
    """An environment with copies stands there, with a package in it and a python3 of its own."""
    venv.create(env)
    (env / BIN / "python3").write_text("#!/bin/sh\n", encoding="utf-8")
    (env / "lib/package.pth").write_text("package\n", encoding="utf-8")


def stale(env: Path) -> None:
    """An environment whose base interpreter is gone."""
    venv.create(env, symlinks=True)
    for name in ("python", "python3"):
        (env / "bin" / name).unlink()
        (env / "bin" / name).symlink_to("/nowhere/python")


def file_for_bin(env: Path) -> None:
    """A file stands where the folder of executables must be."""
    env.mkdir()
    (env / BIN).write_text("mine\n", encoding="utf-8")


def link_for_include(env: Path) -> None:
    """A link to a folder stands where the folder `include` must be."""
    env.mkdir()
    (env / "include").symlink_to("/usr")


def file_for_env(env: Path) -> None:
    """A file stands where the environment must be."""
    env.write_text("mine\n", encoding="utf-8")


def folder_for_config(env: Path) -> None:
    """A folder stands where pyvenv.cfg must be."""
    (env / "pyvenv.cfg").mkdir(parents=True)


States = list[Callable[[Path], None]]
USABLE: States = [absent, empty, junk, linked, copied, stale]
ALL: States = [*USABLE, file_for_bin, link_for_include, file_for_env, folder_for_config]
