"""Each row of the table in docs/check.md: what breaks an environment, done for real."""

import contextlib
import json
import os
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import fastvenv
import pythons
from faults import need_root


class Broken(NamedTuple):
    """An environment that is going to be broken, and its base, which may be broken too."""

    env: Path
    base: Path

    @property
    def bin(self) -> Path:
        """`bin`."""
        return self.env / "bin"

    @property
    def config(self) -> Path:
        """`pyvenv.cfg`."""
        return self.env / "pyvenv.cfg"

    @property
    def packages(self) -> Path:
        """`site-packages`."""
        (found,) = self.env.glob("lib/python*/site-packages")
        return found

    @property
    def info(self) -> Path:
        """The metadata of pip."""
        (found,) = self.packages.glob("pip-*.dist-info")
        return found

    def edit(self, path: Path, change: Callable[[str], str]) -> "Broken":
        """Change the text of a file, which must make a difference."""
        old = path.read_text(encoding="utf-8")
        new = change(old)
        assert new != old
        # The file may be a hard link into the cache.
        path.unlink()
        path.write_text(new, encoding="utf-8")
        return self

    def renamed(self, name: str = "moved") -> "Broken":
        """The environment under another name."""
        return self._replace(env=self.env.rename(self.env.with_name(name)))


def base_of(folder: Path) -> Path:
    """A copy of the running interpreter that may be broken: its executable."""
    return pythons.twin(pythons.RUNNING, folder / "base")


def create(folder: Path, **options: object) -> Broken:
    """An environment with pip, of a base of its own; its name is harmless, and so is its base's."""
    base = base_of(folder)
    env = folder / "env"
    fastvenv.create(env, python=base, **{"symlinks": True, "with_pip": True, **options})  # type: ignore[arg-type]
    return Broken(env, base)


def delete(path: Path) -> None:
    """Delete a file or a directory."""
    shutil.rmtree(path) if path.is_dir() else path.unlink()


def deleting(name: str) -> Callable[[Path], Path]:
    """Deletes what has that name in the environment."""

    def act(folder: Path) -> Path:
        broken = create(folder)
        (found,) = broken.env.glob(name)
        delete(found)
        return broken.env

    return act


def editing(name: str, change: Callable[[str], str]) -> Callable[[Path], Path]:
    """Changes the text of what has that name in the environment."""

    def act(folder: Path) -> Path:
        broken = create(folder)
        (found,) = broken.env.glob(name)
        return broken.edit(found, change).env

    return act


def cut(text: str) -> str:
    """The first half."""
    return text[: len(text) // 2]


def config_binary(folder: Path) -> Path:
    """`pyvenv.cfg` is no text."""
    broken = create(folder)
    broken.config.write_bytes(b"home = /caf\xe9\n")
    return broken.env


def config_directory(folder: Path) -> Path:
    """`pyvenv.cfg` is a directory."""
    broken = create(folder)
    broken.config.unlink()
    broken.config.mkdir()
    return broken.env


def base_deleted(folder: Path) -> Path:
    """Delete the base."""
    broken = create(folder)
    shutil.rmtree(broken.base.parents[1])
    return broken.env


def base_emptied(folder: Path) -> Path:
    """Delete the base's executable and keep its directory."""
    broken = create(folder)
    broken.base.unlink()
    return broken.env


def base_patched(folder: Path) -> Path:
    """The base gets the header of another patch version."""
    broken = create(folder)
    header = Path(sys.base_prefix, "include", seeding_name(broken), "patchlevel.h")
    if not header.exists():
        pytest.skip("the interpreter's headers are not installed")
    text = header.read_text(encoding="utf-8")
    copy = broken.base.parents[1] / "include" / header.parent.name / "patchlevel.h"
    copy.parent.mkdir(parents=True)
    copy.write_text(re.sub(r"(?m)^(#define PY_MICRO_VERSION\s+)\d+", r"\g<1>250", text), encoding="utf-8")
    return broken.env


def seeding_name(broken: Broken) -> str:
    """`python3.13`, or `python3.13t`."""
    return broken.packages.parent.name


def base_other_minor(folder: Path) -> Path:
    """The base is a link that an upgrade points at another minor version."""
    other = pythons.another()
    link = folder / "prefix" / "bin" / "python3"
    link.parent.mkdir(parents=True)
    link.symlink_to(base_of(folder))
    fastvenv.create(folder / "env", python=link, symlinks=True)
    link.unlink()
    link.symlink_to(os.path.realpath(other.path))
    return folder / "env"


def base_versioned(folder: Path) -> Path:
    """The base is in a directory with its full version, which has an alias."""
    (folder / "python-3.7").symlink_to("python-3.7.9")
    base = pythons.twin(pythons.RUNNING, folder / "python-3.7.9")
    fastvenv.create(folder / "env", python=base, symlinks=True)
    return folder / "env"


def executable_loop(folder: Path) -> Path:
    """Two names lead to each other."""
    broken = create(folder)
    for name, target in ("python", "python3"), ("python3", "python"):
        (broken.bin / name).unlink(missing_ok=True)
        (broken.bin / name).symlink_to(target)
    return broken.env


def executable_dangling(folder: Path) -> Path:
    """A name leads nowhere."""
    broken = create(folder)
    (broken.bin / "python").unlink(missing_ok=True)
    (broken.bin / "python").symlink_to(folder / "gone")
    return broken.env


def executable_foreign(folder: Path) -> Path:
    """A name leads to another installation of the same version."""
    broken = create(folder)
    (broken.bin / "python").unlink(missing_ok=True)
    (broken.bin / "python").symlink_to(pythons.twin(pythons.RUNNING, folder / "other"))
    return broken.env


def executable_emptied(folder: Path) -> Path:
    """A copy was cut off."""
    broken = create(folder, symlinks=False, with_pip=False)
    (broken.bin / "python3").write_bytes(b"")
    return broken.env


def executable_mode(folder: Path) -> Path:
    """A copy lost its mode, as on some network drives."""
    broken = create(folder, symlinks=False, with_pip=False)
    (broken.bin / "python3").chmod(0o644)
    return broken.env


def library_gone(folder: Path) -> Path:
    """A copied interpreter needs a shared library that isn't there."""
    broken = create(folder, symlinks=False, with_pip=False)
    for path in broken.bin.glob("python*"):
        content = path.read_bytes()
        needed = re.search(rb"\0(libpython3\.\d+\w*\.so[.\d]*)\0", content)
        if needed is None:
            pytest.skip("this interpreter has no shared library")
        path.write_bytes(content.replace(needed[1], needed[1][:-1] + b"9"))
    return broken.env


def packages_renamed(folder: Path) -> Path:
    """The directory of packages is that of another version."""
    broken = create(folder)
    broken.packages.parent.rename(broken.env / "lib" / "python3.7")
    return broken.env


def moved(folder: Path) -> Path:
    """Rename the environment."""
    return create(folder).renamed().env


def copied(folder: Path) -> Path:
    """Copy the environment."""
    broken = create(folder)
    shutil.copytree(broken.env, folder / "copy", symlinks=True)
    return folder / "copy"


def moved_project(folder: Path) -> Path:
    """Rename a project whose environment has an editable installation of it, as `pip install -e` leaves one."""
    project = folder / "old" / "project"
    (project / "src").mkdir(parents=True)
    env = project / ".venv"
    fastvenv.create(env, python=base_of(folder), symlinks=True)
    (packages,) = env.glob("lib/python*/site-packages")
    (packages / "__editable__.project-1.pth").write_text(f"{project}/src\n")
    (packages / "project-1.dist-info").mkdir()
    url = {"dir_info": {"editable": True}, "url": project.as_uri()}
    (packages / "project-1.dist-info" / "direct_url.json").write_text(json.dumps(url))
    return project.rename(folder / "new") / ".venv"


def pip_altered(folder: Path) -> Path:
    """Change a file of pip, not its size."""
    broken = create(folder)
    return broken.edit(broken.packages / "pip" / "__main__.py", lambda text: text[::-1]).env


def pip_program_altered(folder: Path) -> Path:
    """Change the first line of a program of pip, as tools that move environments do."""
    broken = create(folder)
    return broken.edit(broken.bin / "pip3", lambda text: text.replace("\n", " -E\n", 1)).env


def pip_twice(folder: Path) -> Path:
    """An upgrade of pip was interrupted: the new metadata is there, and so is the old."""
    broken = create(folder)
    shutil.copytree(broken.info, broken.packages / "pip-0.1.dist-info")
    return broken.env


def pip_leftover(folder: Path) -> Path:
    """An upgrade of pip was interrupted before it deleted the old files."""
    broken = create(folder)
    (broken.packages / "~ip").mkdir()
    return broken.env


def script_executing(folder: Path) -> Path:
    """An old `activate`, as `venv` wrote it before CVE-2024-9287 was fixed, with a name that is a command."""
    name = "$(touch x)"
    fastvenv.create(folder / name, symlinks=True)
    return _old_form(folder / name)


def script_prompt(folder: Path) -> Path:
    """An `activate` as uv writes it: bash runs a command in the prompt whenever it draws it."""
    fastvenv.create(folder / "env", symlinks=True, prompt="$(touch x)")
    script = folder / "env" / "bin" / "activate"
    script.write_text(f"VIRTUAL_ENV='{folder}/env'\nPS1=\"(${{VIRTUAL_ENV_PROMPT}}) ${{PS1-}}\"\n")
    return folder / "env"


def script_old(folder: Path) -> Path:
    """An old `activate` with a harmless name."""
    return _old_form(create(folder).env)


def _old_form(env: Path) -> Path:
    script = env / "bin" / "activate"
    script.write_text(f'VIRTUAL_ENV="{env}"\nexport VIRTUAL_ENV\n')
    return env


def linked(name: str) -> Callable[[Path], Path]:
    """Moves a directory out of the environment and leaves a link."""

    def act(folder: Path) -> Path:
        broken = create(folder)
        (path,) = broken.env.glob(name)
        shutil.move(path, folder / "outside")
        path.symlink_to(folder / "outside")
        return broken.env

    return act


def unreadable(folder: Path) -> Path:
    """The directory of packages may not be listed."""
    need_root()
    broken = create(folder, with_pip=False)
    broken.packages.chmod(0)
    for path in [folder, *folder.parents]:
        with contextlib.suppress(OSError):
            path.chmod(path.stat().st_mode | 0o55)
    return broken.env


def windows(folder: Path) -> Path:
    """An environment made on Windows, as seen through a network drive."""
    env = folder / "env"
    (env / "Scripts").mkdir(parents=True)
    (env / "Lib" / "site-packages").mkdir(parents=True)
    (env / "Scripts" / "python.exe").write_bytes(b"MZ")
    (env / "pyvenv.cfg").write_text("home = C:\\Python\ninclude-system-site-packages = false\nversion = 3.13.0\n")
    return env


def without_line(key: str) -> Callable[[str], str]:
    """Deletes the line of a key."""
    return lambda text: "".join(line for line in text.splitlines(True) if not line.startswith(f"{key} ="))


BREAKAGES: dict[str, Callable[[Path], Path]] = {
    "config-deleted": deleting("pyvenv.cfg"),
    "config-emptied": editing("pyvenv.cfg", lambda _: ""),
    "config-cut": editing("pyvenv.cfg", lambda text: text[: text.index("= false") + 5]),
    "config-binary": config_binary,
    "config-directory": config_directory,
    "config-homeless": editing("pyvenv.cfg", without_line("home")),
    "config-twice": editing("pyvenv.cfg", lambda text: text + "include-system-site-packages = true\n"),
    "config-repeated": editing("pyvenv.cfg", lambda text: text + text),
    "base-deleted": base_deleted,
    "base-emptied": base_emptied,
    "base-patched": base_patched,
    "base-other-minor": base_other_minor,
    "base-versioned": base_versioned,
    "bin-deleted": deleting("bin"),
    "executable-deleted": deleting("bin/python"),
    "executable-dangling": executable_dangling,
    "executable-loop": executable_loop,
    "executable-foreign": executable_foreign,
    "executable-emptied": executable_emptied,
    "executable-mode": executable_mode,
    "library-gone": library_gone,
    "packages-deleted": deleting("lib/python*"),
    "packages-renamed": packages_renamed,
    "version-edited": editing("pyvenv.cfg", lambda text: re.sub(r"version = 3\.\d+", "version = 3.7", text)),
    "moved": moved,
    "copied": copied,
    "moved-project": moved_project,
    "pip-file-deleted": deleting("lib/python*/site-packages/pip/__main__.py"),
    "pip-altered": pip_altered,
    "pip-program-altered": pip_program_altered,
    "pip-script-deleted": deleting("bin/pip3"),
    "pip-record-deleted": deleting("lib/python*/site-packages/pip-*.dist-info/RECORD"),
    "pip-record-cut": editing(
        "lib/python*/site-packages/pip-*.dist-info/RECORD", lambda text: text[: len(text) // 2] + '"'
    ),
    "pip-info-deleted": deleting("lib/python*/site-packages/pip-*.dist-info"),
    "pip-twice": pip_twice,
    "pip-leftover": pip_leftover,
    "script-deleted": deleting("bin/activate"),
    "script-fish-deleted": deleting("bin/activate.fish"),
    "script-emptied": editing("bin/activate", lambda _: ""),
    "script-cut": editing("bin/activate", cut),
    "script-executing": script_executing,
    "script-prompt": script_prompt,
    "script-old": script_old,
    "bin-linked": linked("bin"),
    "lib-linked": linked("lib"),
    "packages-linked": linked("lib/python*/site-packages"),
    "unreadable": unreadable,
    "windows": windows,
}
