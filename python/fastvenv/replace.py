"""Replace ``python -m venv`` for good: ``python -m fastvenv.replace install``, ``uninstall`` or ``status``.

One line in this interpreter's site-packages makes each of its processes that is ``python -m venv`` run fastvenv. See
docs/replacing.md.
"""

import contextlib
import os
import secrets
import subprocess
import sys
import sysconfig
from pathlib import Path

from fastvenv import _cli
from fastvenv._startup import FILE, RECORD

_USAGE = """\
usage: python -m fastvenv.replace install [--break-system-packages]
       python -m fastvenv.replace {uninstall,status}

  install    make `python -m venv` of this interpreter run fastvenv
  uninstall  undo that
  status     say which venv it runs: status 0 for fastvenv, 1 for the standard library's
"""
_BREAK = "--break-system-packages"

# `site` executes this line in every process of the interpreter. In a process that isn't `python -m venv` it must cost
# nothing and can't fail, so it compares lists, which may have any length. While `site` runs, `sys.argv[0]` is "-m", and
# the module's name is what comes before the arguments in `sys.orig_argv`, alone or at the end of short options. The
# variable is read before fastvenv is imported: it must help against any fastvenv.
LINE = (
    "import sys; "
    r"""exec("try:\n import os\n if os.environ.get('FASTVENV_REPLACE') != '0':\n"""
    r"""  from fastvenv import _startup; _startup.act()\nexcept BaseException: pass") """
    "if (getattr(sys, 'argv', None) or [])[:1] == ['-m'] "
    "and 'venv' in [arg.partition('m')[2] if arg[:1] == '-' else arg for arg in sys.orig_argv[-len(sys.argv):][:1]] "
    "else None\n"
)


def main(args: list[str] | None = None) -> int:
    """Run the command line.

    :param args: The arguments after the program's name. Default: those of this process.
    :returns: The exit status: 0, 1 if the command is refused or `venv` isn't replaced, 2 if the arguments are wrong.
    """
    args = sys.argv[1:] if args is None else args
    if args in (["-h"], ["--help"]):
        print(_USAGE, end="")
        return 0
    try:
        if args in (["install"], ["install", _BREAK], [_BREAK, "install"]):
            return install(break_system_packages=_BREAK in args)
        if args == ["uninstall"]:
            return uninstall()
        if args == ["status"]:
            return status()
    except (OSError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        _cli.print_details(error)
        return 1
    print(_USAGE, end="", file=sys.stderr)
    return 2


def install(*, break_system_packages: bool = False) -> int:
    """Write the file, unless it is there.

    :param break_system_packages: Write it even if a package manager owns site-packages.
    :returns: The exit status, 0.
    :raises ValueError: if a package manager owns site-packages, or the file is there and isn't fastvenv's.
    :raises OSError: if the file can't be written.
    """
    path = _path()
    if _is_there(path):
        print(f"It was there before: {path}")
    else:
        if not break_system_packages:
            _refuse_if_managed(path.parent)
        _write(path)
        print(f"Written: {path}")
    print(f"Its line: {LINE}", end="")
    print(f"From now on, `{sys.executable} -m venv` runs fastvenv.")
    print(f"To undo this: {sys.executable} -m fastvenv.replace uninstall")
    return 0


def uninstall() -> int:
    """Remove the file, if it is there.

    :returns: The exit status, 0.
    :raises ValueError: if the file isn't fastvenv's.
    :raises OSError: if it can't be removed.
    """
    path = _path()
    if not _is_there(path):
        print(f"Nothing to remove: there is no {path}")
        return 0
    with contextlib.suppress(FileNotFoundError):  # another process was faster
        path.unlink()
    print(f"Removed: {path}")
    return 0


def status() -> int:
    """Say which ``venv`` the command ``python -m venv`` of this interpreter runs, by starting it.

    :returns: The exit status: 0 for fastvenv, 1 for the standard library's.
    """
    command = [sys.executable, "-m", "venv", "--help"]
    environ = {**os.environ, "FASTVENV_LOG": "debug"}
    # In this directory there is no other `venv` that would run if the line didn't act.
    done = subprocess.run(command, env=environ, cwd=sys.prefix, capture_output=True, check=False)
    for line in os.fsdecode(done.stderr).splitlines():
        if line.startswith(f"fastvenv: {RECORD}"):
            print(f"{sys.executable} -m venv runs fastvenv, by {line.partition(RECORD)[2]}")
            return 0
    print(f"{sys.executable} -m venv runs the standard library's venv: {_reason()}")
    return 1


def _reason() -> str:
    path = _path()
    if not path.exists():
        return f"there is no {path}"
    if os.environ.get("FASTVENV_REPLACE") == "0":
        return "FASTVENV_REPLACE is 0"
    return f"{path} is there, but start-up doesn't read it, or finds no complete fastvenv"


def _path() -> Path:
    return Path(sysconfig.get_path("purelib"), FILE)


def _is_there(path: Path) -> bool:
    """Tells whether the file is there.

    :raises ValueError: if it isn't as fastvenv wrote it.
    """
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return False
    if found != LINE.encode():
        raise ValueError(f"{path} is not the file that this fastvenv writes, so it stays as it is. Remove it yourself.")
    return True


def _refuse_if_managed(directory: Path) -> None:
    """Refuse if the interpreter belongs to a package manager (PEP 668). An environment never does."""
    marker = Path(sysconfig.get_path("stdlib"), "EXTERNALLY-MANAGED")
    if sys.prefix == sys.base_prefix and marker.is_file():
        raise ValueError(
            f"Nothing was written to {directory}, because a package manager owns this Python: there is {marker} "
            f"(PEP 668). Do it in a virtual environment, or allow it with {_BREAK}."
        )


def _write(path: Path) -> None:
    """Write the whole file or nothing, even if another process does the same."""
    temporary = path.with_name(f".{FILE}.{secrets.token_hex(8)}")  # `site` reads only *.pth
    try:
        with temporary.open("xb") as file:
            file.write(LINE.encode())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        refusal = OSError(error.errno, error.strerror, str(path))
        refusal.__notes__ = [
            "Nothing was written. Run this as a user who may write there, or in a virtual environment.",
            "For one command there is also `python -m fastvenv.run`.",
        ]
        raise refusal from error


if __name__ == "__main__":
    sys.exit(main())
