"""Answers to mistakes that only Python knows of. The others are in the core."""

import os
import sys

from fastvenv import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def for_usage(args: "Sequence[str]", prog: str) -> str:
    """Say what to type instead of a command line that was refused; empty if that is unclear.

    :param args: The arguments.
    :param prog: The program's name.
    """
    python = os.path.basename(sys.executable or "") or "python"
    command = prog if os.path.basename(sys.argv[0]) == prog else f"{python} -m {prog}"
    return _core.usage_hint(list(args), command) or ""


def for_shadow() -> str:
    """Name the file in the current directory that hides a module of Python's, for ``python -m``; empty if none does."""
    directory = os.getcwd() if sys.path[:1] == [""] else "".join(sys.path[:1])
    for name in sorted(sys.stdlib_module_names):
        file = os.path.join(directory, f"{name}.py")
        if name != "venv" and os.path.exists(file):
            return f"{file} hides Python's own module {name}. Rename it, or start in another directory."
    return ""
