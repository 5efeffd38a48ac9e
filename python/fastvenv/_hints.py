"""Answers to beginners' mistakes on the command line.

What `venv` accepts, fastvenv does, after a warning of the logger ``fastvenv``. What it refuses gets one more line.
"""

import os
import sys

import fastvenv

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

_REPLACE = "To put fastvenv in the place of venv, run python -m fastvenv.replace {}."
_CREATE = "To create an environment, only its directory is needed: python -m fastvenv .venv."
# Words that other tools have as commands; `_cli.WORDS` has the same.
COMMANDS = {
    "install": f"{_REPLACE.format('install')} To install packages: .venv/bin/pip install NAME.",
    "uninstall": _REPLACE.format("install or uninstall"),
    "status": _REPLACE.format("install or status"),
    "cache": "For the cache, run python -m fastvenv.cache.",
    "check": "To check an environment, run python -m fastvenv.check.",
    "repair": "To repair an environment, run python -m fastvenv.repair.",
    "run": "To run a program with fastvenv in the place of venv, run python -m fastvenv.run.",
    "create": _CREATE,
    "help": "For help, run python -m fastvenv --help.",
}
_PIP = "pip is installed unless --without-pip is given."
_OPTIONS = {
    "--pip": _PIP,
    "--with-pip": _PIP,
    "--seed": _PIP,
    "--no-pip": "To leave out pip, the option is --without-pip.",
    "-p": "To choose the Python, the option is --python.",
}
# What an environment's directory has, also if its creation was interrupted.
_PARTS = {"bin", "Scripts", "include", "Include", "lib", "Lib", "lib64", "share", ".gitignore"}
_SHOWN = 5


def warn(options: "dict[str, Any]", env_dirs: "Sequence[str]") -> None:
    """Warn of what a command line does, if it is probably a mistake.

    :param options: The options that were read.
    :param env_dirs: The directories of the environments.
    """
    for warning in _warnings(options, env_dirs):
        fastvenv.logger.warning(warning)


def _warnings(options: "dict[str, Any]", env_dirs: "Sequence[str]") -> "Iterator[str]":
    for path in filter(None, [*env_dirs, options["python"]]):
        if path.startswith("~") and not os.path.lexists(path.split(os.sep)[0]):
            home = os.path.expanduser(path)
            yield f"The shell has not expanded the ~ in {path!r}, so it is a name here. Did you mean {home!r}?"
    for path in env_dirs:
        if path in COMMANDS and not os.path.lexists(path):
            yield f"There is no command {path!r}, so this creates an environment in {path!r}. {COMMANDS[path]}"
        if options["clear"] and (doomed := _foreign(path)):
            more = f" and {len(doomed) - _SHOWN} more" if len(doomed) > _SHOWN else ""
            names = ", ".join(map(repr, doomed[:_SHOWN]))
            yield f"{path!r} is no environment: it has no pyvenv.cfg. --clear deletes all that is in it: {names}{more}"


def _foreign(path: str) -> "list[str]":
    """What a directory has that is no part of an environment; nothing if it is an environment."""
    try:
        names = os.listdir(path)
    except OSError:
        return []
    return [] if "pyvenv.cfg" in names or os.path.islink(path) else sorted({*names} - _PARTS)


def for_usage(args: "Sequence[str]", prog: str) -> str:
    """Say what to type instead of a command line that was refused; empty if that is unclear.

    :param args: The arguments.
    :param prog: The program's name.
    """
    for option in args:
        if option in _OPTIONS:
            return _OPTIONS[option]
    if any(not arg.startswith("-") for arg in args):
        return ""
    return f"To create an environment in the directory .venv, type: {_command(prog)} .venv"


def _command(prog: str) -> str:
    if os.path.basename(sys.argv[0]) == prog:
        return prog
    return f"{os.path.basename(sys.executable or '') or 'python'} -m {prog}"


def for_shadow() -> str:
    """Name the file in the current directory that hides a module of Python's, for ``python -m``; empty if none does."""
    directory = os.getcwd() if sys.path[:1] == [""] else "".join(sys.path[:1])
    for name in sorted(sys.stdlib_module_names):
        file = os.path.join(directory, f"{name}.py")
        if name != "venv" and os.path.exists(file):
            return f"{file} hides Python's own module {name}. Rename it, or start in another directory."
    return ""
