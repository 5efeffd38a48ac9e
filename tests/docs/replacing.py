"""What provokes the messages about the replacement of `venv`, in processes and interpreters of the test's own."""

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from circumstances import mounted, remount
from replacing import pythons


def derived() -> list[str]:
    """A class of the standard library's kind, and then no more place for ours; other tests may have left some here."""
    program = telling("class Derived(venv.EnvBuilder): pass", "fastvenv.replace_stdlib()")
    return ast.literal_eval(subprocess.check_output([sys.executable, "-c", program], text=True))


def undone() -> list[str]:
    """A replacement that is over."""
    program = telling("over = fastvenv.replace_stdlib()", "over.undo()", "over.__enter__()")
    return ast.literal_eval(subprocess.check_output([sys.executable, "-c", program], text=True))


def telling(*statements: str) -> str:
    """A program that prints the class, message and notes of the exception that the statements end in."""
    lines = ["import fastvenv, sys, venv", "try:", *(f"    {statement}" for statement in statements)]
    lines += ["except Exception as error:"]
    lines += ["    print([type(error).__name__, str(error), *getattr(error, '__notes__', ())])"]
    return "\n".join(lines)


def provoked(python: pythons.Python, *command: str, kind: str, **variables: str) -> list[str]:
    """The class that the message is documented with, the message and its notes, as the command printed them."""
    done = python.run(*command, **variables)
    assert (done.returncode, done.stdout) == (1, "")
    return [kind, *done.stderr.removeprefix("Error: ").splitlines()]


def managed(tmp: Path) -> list[str]:
    """An installation that a package manager owns."""
    python = pythons.installation(tmp / "python")
    program = "import sysconfig, pathlib; pathlib.Path(sysconfig.get_path('stdlib'), 'EXTERNALLY-MANAGED').touch()"
    assert python.run("-c", program).returncode == 0
    return provoked(python, "-m", "fastvenv.replace", "install", kind="ValueError")


def read_only(tmp: Path) -> list[str]:
    """A site-packages that nobody may write to."""
    python = pythons.environment(tmp / "env")
    with mounted(python.packages, "bind", python.packages):
        remount(python.packages, "bind,ro")
        return provoked(python, "-m", "fastvenv.replace", "install", kind="OSError")


def other(tmp: Path) -> list[str]:
    """A file of the name that has other lines."""
    python = pythons.environment(tmp / "env")
    python.file.write_text("import os\n")
    return provoked(python, "-m", "fastvenv.replace", "uninstall", kind="ValueError")


def variable(tmp: Path) -> list[str]:
    """A value of the variable that means nothing."""
    python = pythons.environment(tmp / "env")
    assert python.replace("install").returncode == 0
    return provoked(python, "-m", "venv", "made", kind="ValueError", FASTVENV_REPLACE="nonsense")


PROVOKED: dict[str, Callable[[Path], object]] = {
    "derived": lambda tmp: derived(),
    "undone": lambda tmp: undone(),
    "replace-managed": managed,
    "replace-read-only": read_only,
    "replace-other": other,
    "replace-variable": variable,
}
