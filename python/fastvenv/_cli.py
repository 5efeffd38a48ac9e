"""The command line: one table of options, read by a simple loop, or by argparse for anything unusual."""

import os
import sys

import fastvenv
from fastvenv import _core

TYPE_CHECKING = False
if TYPE_CHECKING:  # `typing` itself takes longer to import than an environment takes to create
    from argparse import ArgumentParser
    from collections.abc import Iterator, Sequence
    from typing import Any

_LINKS_BY_DEFAULT = os.name != "nt"

# flag -> (attribute, the value that it gives, help). The attributes are the parameters of EnvBuilder.
FLAGS: "dict[str, tuple[str, Any, str]]" = {
    "--system-site-packages": (
        "system_site_packages",
        True,
        "Let the environment use the base interpreter's packages.",
    ),
    "--symlinks": (
        "symlinks",
        True,
        "Link to the base interpreter, even if links are not the default on this platform.",
    ),
    "--copies": (
        "symlinks",
        False,
        "Copy the base interpreter, even if links are the default on this platform.",
    ),
    "--clear": ("clear", True, "Delete the contents of the environment's directory first."),
    "--upgrade": (
        "upgrade",
        True,
        "Update an existing environment after its Python was upgraded in place.",
    ),
    "--without-pip": ("with_pip", False, "Do not install pip."),
    "--upgrade-deps": (
        "upgrade_deps",
        True,
        f"Bring the core packages ({', '.join(fastvenv.CORE_VENV_DEPS)}) up to date from the package index.",
    ),
    "--without-scm-ignore-files": (
        "scm_ignore_files",
        frozenset(),
        "Do not write the .gitignore that keeps the environment out of git.",
    ),
}
_EXCLUSIVE = ("--symlinks", "--copies")

# option with a value -> help. The attribute is the option's name.
VALUES = {
    "--prompt": "The prompt for activated shells. Default: the environment's name.",
    "--python": "The Python that the environment is for: a version such as 3.12, a name on PATH, or the path of an "
    "executable, an installation or an environment. Default: the Python that runs this command.",
}


def _defaults() -> "dict[str, Any]":
    return {
        "system_site_packages": False,
        "symlinks": _LINKS_BY_DEFAULT,
        "clear": False,
        "upgrade": False,
        "with_pip": True,
        "prompt": None,
        "upgrade_deps": False,
        "scm_ignore_files": frozenset({"git"}),
        "python": None,
    }


def main(args: "Sequence[str] | None" = None, prog: str = "fastvenv") -> None:
    """Create the environments that a command line asks for.

    :param args: The arguments after the program's name. Default: those of this process.
    :param prog: The program's name, for help and messages.
    :raises SystemExit: with status 2, after a message on stderr, if the arguments are wrong.
    :raises ValueError: if they contradict each other.
    """
    args = sys.argv[1:] if args is None else list(args)
    options, env_dirs = _read_plainly(args) or _read_by_argparse(args, prog)
    if options["upgrade"] and options["clear"]:
        raise ValueError("you cannot supply --upgrade and --clear together.")
    for warning in _core.command_line_warnings(env_dirs, options["python"], options["clear"]):
        fastvenv.logger.warning(warning)
    builder = fastvenv.EnvBuilder(**options)
    for env_dir in env_dirs:
        builder.create(env_dir)


def _read_plainly(args: "list[str]") -> "tuple[dict[str, Any], list[str]] | None":
    """Read an ordinary command line: full options, directories in one row.

    Importing argparse takes longer than creating an environment. This returns None for anything unusual and for every
    mistake, and argparse then handles it.
    """
    options, row_has_ended = _defaults(), False
    env_dirs: list[str] = []
    rest = iter(args)
    for arg in rest:
        if arg.startswith("-"):
            row_has_ended = bool(env_dirs)
            if arg in FLAGS:
                attribute, value, _ = FLAGS[arg]
            else:
                attribute, value = _value(arg, rest)
            if value is None:
                return None
            options[attribute] = value
        elif arg and not row_has_ended:
            env_dirs.append(arg)
        else:
            return None
    if not env_dirs or all(flag in args for flag in _EXCLUSIVE):
        return None
    return options, env_dirs


def _value(arg: str, rest: "Iterator[str]") -> "tuple[str, str | None]":
    """An option's attribute and value, in either form. None if there is no such option, or the value looks like one."""
    name, equals, value = arg.partition("=")
    attribute = name[2:]
    if name not in VALUES:
        return attribute, None
    if not equals:
        value = next(rest, "-")
    return attribute, None if value.startswith("-") and not equals else value


def _read_by_argparse(args: "list[str]", prog: str = "fastvenv") -> "tuple[dict[str, Any], list[str]]":
    try:
        namespace = vars(_parser(prog).parse_args(args))
    except SystemExit as stop:
        if stop.code:
            from fastvenv import _hints

            say(_hints.for_usage(args, prog))
        raise
    env_dirs = namespace.pop("dirs")
    return namespace, env_dirs


def _parser(prog: str) -> "ArgumentParser":
    import argparse

    parser = argparse.ArgumentParser(
        prog=prog,
        description="Create Python virtual environments in one or more directories.",
        epilog="To activate an environment, source the activate script in its "
        f"{'Scripts' if os.name == 'nt' else 'bin'} directory, or run the python there.",
    )
    parser.add_argument("dirs", metavar="ENV_DIR", nargs="+", help="A directory to create an environment in.")
    parser.set_defaults(**_defaults())
    exclusive = parser.add_mutually_exclusive_group()
    for flag, (attribute, value, help_text) in FLAGS.items():
        group = exclusive if flag in _EXCLUSIVE else parser
        group.add_argument(flag, dest=attribute, action="store_const", const=value, help=help_text)
    for option, help_text in VALUES.items():
        parser.add_argument(option, help=help_text)
    return parser


def say(text: str) -> None:
    """Print a line on stderr, unless there is nothing to say.

    :param text: The line.
    """
    if text:
        print(text, file=sys.stderr)


def print_details(error: BaseException) -> None:
    """Print the rest of what an error knows: its notes, and the output of a child process that failed.

    :param error: The exception.
    """
    for note in getattr(error, "__notes__", ()):
        print(note, file=sys.stderr)
    if isinstance(error, (AttributeError, ImportError, SyntaxError)):
        from fastvenv import _hints

        say(_hints.for_shadow())
    output = getattr(error, "output", None)
    if output:
        text = output.decode(errors="backslashreplace") if isinstance(output, bytes) else str(output)
        print(text, end="" if text.endswith("\n") else "\n", file=sys.stderr)
