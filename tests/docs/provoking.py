"""What provokes each message of docs/messages.md for real."""

import ast
import importlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest

import fastvenv
import pythons
from circumstances import limit, mounted, remount, run_without_ensurepip, somebody_else
from docs import beginners, interpreters, replacing
from docs.replacing import telling
from fastvenv import _core
from fastvenv.check import check
from fastvenv.repair import repair
from faults import need_root


def create(env: object, **options: object) -> None:
    """An environment without pip, with links."""
    fastvenv.create(env, **{"symlinks": True, **options})  # type: ignore[arg-type]


class Harmless(fastvenv.EnvBuilder):
    """Would delete nothing, if what comes before let it come so far."""

    def clear_directory(self, path: object) -> None:
        """Do nothing."""


def clear(folder: str) -> None:
    """Clear a folder that must not be."""
    Harmless(clear=True).ensure_directories(folder)


def with_base(executable: str, tmp: Path, **options: object) -> None:
    """An environment of an interpreter that isn't there."""
    with mock.patch.object(sys, "_base_executable", executable):
        create(tmp / "env", **options)


def with_variable(name: str, tmp: Path) -> None:
    """A variable whose value means nothing."""
    with mock.patch.dict(os.environ, {name: "nonsense"}):
        create(tmp / "env", with_pip=True)


def in_the_way(tmp: Path) -> None:
    """A file where the environment's folder must be."""
    (tmp / "env").touch()
    create(tmp / "env")


def link_in_the_way(tmp: Path) -> None:
    """A link in the place of a directory inside the environment."""
    (tmp / "env").mkdir()
    (tmp / "env" / "bin").symlink_to(tmp)
    create(tmp / "env")


def venv_file(tmp: Path) -> None:
    """A file that says where the environment is."""
    (tmp / ".venv").write_text("elsewhere\n")
    create(tmp / ".venv")


def dangling(tmp: Path) -> None:
    """A link to nothing in the environment's place."""
    (tmp / "env").symlink_to("nowhere")
    create(tmp / "env")


def subinterpreter(tmp: Path) -> list[str]:
    """An import in an interpreter with a GIL of its own, which Python has from 3.12 on."""
    if sys.version_info < (3, 12):
        pytest.skip("subinterpreters have no GIL of their own here")
    interpreters = importlib.import_module("_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters")
    told = tmp / "told"
    program = [
        f"import sys; sys.path[:] = {sys.path!r}",
        "try: import fastvenv",
        f"except ImportError as error: open({str(told)!r}, 'w').write(str(error))",
    ]
    interpreter = interpreters.create()
    try:
        interpreters.run_string(interpreter, "\n".join(program))
    finally:
        interpreters.destroy(interpreter)
    return ["ImportError", told.read_text()]


def same_file(tmp: Path) -> None:
    """A file copied onto itself."""
    (tmp / "file").touch()
    fastvenv.EnvBuilder().symlink_or_copy(tmp / "file", tmp / "file")


def permission(tmp: Path) -> None:
    """A folder that only its owner may write in."""
    tmp.chmod(0o555)
    with somebody_else():
        create(tmp / "env")


def read_only(tmp: Path) -> None:
    """A file system that nobody may write to."""
    with mounted(tmp, "ro"):
        create(tmp / "env")


def disk_full(tmp: Path) -> None:
    """A file system without room."""
    with mounted(tmp, "nr_inodes=5"):
        create(tmp / "env")


def file_size(tmp: Path) -> None:
    """A limit that pyvenv.cfg exceeds."""
    with limit("RLIMIT_FSIZE", 10):
        create(tmp / "env")


def open_files(tmp: Path) -> None:
    """A limit that the process has reached already."""
    with limit("RLIMIT_NOFILE", 3):
        create(tmp / "env")


def below_a_file(tmp: Path) -> None:
    """A file in the place of a parent."""
    (tmp / "file").touch()
    create(tmp / "file" / "env")


def directory_in_the_way(tmp: Path) -> None:
    """A folder in the place of pyvenv.cfg."""
    (tmp / "env" / "pyvenv.cfg").mkdir(parents=True)
    create(tmp / "env")


def no_ensurepip(tmp: Path) -> list[str]:
    """An interpreter without ensurepip; only that one can tell what it sees."""
    program = telling("fastvenv.create(sys.argv[1], symlinks=True, with_pip=True)")
    return ast.literal_eval(run_without_ensurepip(tmp, "-c", program).stdout)


def ensurepip_fails(tmp: Path) -> None:
    """A limit on the size of files, which the child inherits."""
    with mock.patch.dict(os.environ, {"FASTVENV_SEED": "ensurepip"}), limit("RLIMIT_FSIZE", 100_000):
        create(tmp / "env", with_pip=True)


def no_index(tmp: Path) -> None:
    """A package index that nobody serves; the core packages are those of a name that nobody has installed."""
    unreachable = {"PIP_INDEX_URL": "http://localhost:9/simple", "PIP_RETRIES": "0", "PIP_NO_INPUT": "1"}
    core = mock.patch.object(fastvenv, "CORE_VENV_DEPS", ("not-there",))
    with mock.patch.dict(os.environ, unreachable), core:
        create(tmp / "env", with_pip=True, upgrade_deps=True)


def copied(tmp: Path) -> None:
    """A file where the link should go."""
    (tmp / "a").write_text("a")
    (tmp / "b").touch()
    fastvenv.EnvBuilder(symlinks=True).symlink_or_copy(tmp / "a", tmp / "b")


def other_python(tmp: Path) -> None:
    """A link to a program that is not the base interpreter."""
    (tmp / "env" / "bin").mkdir(parents=True)
    (tmp / "env" / "bin" / "python").symlink_to(shutil.which("env") or "/usr/bin/env")
    create(tmp / "env")


def noexec(tmp: Path, **options: object) -> None:
    """A copy of the interpreter where nothing may be executed."""
    with mounted(tmp, "noexec"):
        create(tmp / "env", symlinks=False, **options)


def no_text(tmp: Path) -> None:
    """A script in no encoding that we know."""
    (tmp / "common").mkdir()
    (tmp / "common" / "script").write_bytes(b"\xff")
    builder = fastvenv.EnvBuilder()
    builder.install_scripts(builder.ensure_directories(str(tmp / "env")), str(tmp))


def open_cache(tmp: Path) -> None:
    """A cache that everybody may write in."""
    (tmp / "cache").mkdir()
    (tmp / "cache").chmod(0o777)
    with mock.patch.dict(os.environ, {"FASTVENV_CACHE_DIR": str(tmp / "cache")}):
        create(tmp / "env", with_pip=True)


def anothers_home(tmp: Path) -> None:
    """A cache that root would make in another user's home."""
    need_root()
    (tmp / "home").mkdir()
    os.chown(tmp / "home", 12345, 12345)
    with mock.patch.dict(os.environ, {"FASTVENV_CACHE_DIR": str(tmp / "home/.cache/fastvenv")}):
        create(tmp / "env", with_pip=True)


def foreign_cache(tmp: Path) -> None:
    """A cache's folder with something else in it."""
    (tmp / "cache").mkdir()
    (tmp / "cache" / "thesis").touch()
    with mock.patch.dict(os.environ, {"FASTVENV_CACHE_DIR": str(tmp / "cache")}):
        create(tmp / "env", with_pip=True)


def no_cache(tmp: Path) -> None:
    """A folder that is no cache, to be cleaned."""
    (tmp / "thesis").touch()
    _core.clean_cache(tmp)


def clear_fails(tmp: Path) -> None:
    """A folder that can't be removed, since a file system is mounted on it."""
    busy = tmp / "env" / "busy"
    busy.mkdir(parents=True)
    with mounted(busy, "size=4k"):
        create(tmp / "env", clear=True)


def spoilt_cache(tmp: Path) -> None:
    """A cache in which a file was changed."""
    with mock.patch.dict(os.environ, {"FASTVENV_CACHE_DIR": str(tmp / "cache")}):
        create(tmp / "env", with_pip=True)
        (changed,) = (tmp / "cache").glob("images/*/tree/pip/__main__.py")
        changed.write_text("")
        create(tmp / "second", with_pip=True)


def unrepairable_cache(tmp: Path) -> None:
    """A damaged cache on a file system that nobody may write to."""
    (tmp / "mounted").mkdir()
    with mounted(tmp / "mounted", "size=40m"):
        shutil.copytree(os.environ["FASTVENV_CACHE_DIR"], tmp / "mounted/cache")
        (changed,) = tmp.glob("mounted/cache/images/*/tree/pip/__main__.py")
        changed.write_text("")
        remount(tmp / "mounted", "ro")
        with mock.patch.dict(os.environ, {"FASTVENV_CACHE_DIR": str(tmp / "mounted/cache")}):
            create(tmp / "env", with_pip=True)


def repair_python(tmp: Path) -> None:
    """An environment without its Python, and one of another version."""
    create(tmp / "env")
    (tmp / "env" / "bin" / "python").unlink()
    repair(tmp / "env", python=pythons.another().path)


PROVOKED: dict[str, Callable[[Path], object]] = {
    "separator": lambda tmp: create(f"{tmp}/a{os.pathsep}b"),
    "in-the-way": in_the_way,
    "link-in-the-way": link_in_the_way,
    "venv-file": venv_file,
    "dangling": dangling,
    "clear-root": lambda tmp: clear("/"),
    "clear-home": lambda tmp: clear(os.path.expanduser("~")),
    "clear-base": lambda tmp: clear(sys.base_prefix),
    "clear-own": lambda tmp: clear(os.path.dirname(fastvenv.__file__)),
    "no-base": lambda tmp: with_base("", tmp),
    "odd-base": lambda tmp: with_base("/opt/new\nline/python3", tmp),
    "unsayable": lambda tmp: create(tmp / "env", prompt="a\0b"),
    "surrogate": lambda tmp: create(f"{tmp}/\ud800"),
    "bytes": lambda tmp: create(os.fsencode(tmp / "env")),
    "no-path": lambda tmp: create(7),
    "link-mode": lambda tmp: with_variable("FASTVENV_LINK_MODE", tmp),
    "seed": lambda tmp: with_variable("FASTVENV_SEED", tmp),
    "forbid-cache": lambda tmp: with_variable("FASTVENV_NO_CACHE", tmp),
    "log": lambda tmp: with_variable("FASTVENV_LOG", tmp),
    **interpreters.PROVOKED,
    "upgrade-clear": lambda tmp: fastvenv.main(["--upgrade", "--clear", str(tmp / "env")]),
    "other-python": other_python,
    "no-cache": no_cache,
    "check-installed": lambda tmp: check(sys.base_prefix),
    "check-none": lambda tmp: check(tmp),
    "repair-python": repair_python,
    **replacing.PROVOKED,
    "subinterpreter": subinterpreter,
    "same-file": same_file,
    "permission": permission,
    "read-only": read_only,
    "disk-full": disk_full,
    "file-size": file_size,
    "open-files": open_files,
    "long-name": lambda tmp: create(tmp / ("x" * 300)),
    "below-a-file": below_a_file,
    "directory-in-the-way": directory_in_the_way,
    "clear-fails": clear_fails,
    "no-interpreter": lambda tmp: with_base(str(tmp / "python3"), tmp, symlinks=False),
    "no-ensurepip": no_ensurepip,
    "ensurepip-fails": ensurepip_fails,
    "noexec": lambda tmp: noexec(tmp, with_pip=True),
    "no-index": no_index,
    "copied": copied,
    "inexecutable": noexec,
    "no-text": no_text,
    "open-cache": open_cache,
    "anothers-home": anothers_home,
    "foreign-cache": foreign_cache,
    "spoilt-cache": spoilt_cache,
    "unrepairable-cache": unrepairable_cache,
    **beginners.PROVOKED,
}
