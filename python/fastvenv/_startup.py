"""Makes a process that is ``python -m venv`` run fastvenv.

The line that ``fastvenv.replace`` installs imports this module and discards every exception: then the standard
library's ``venv`` runs. So the import fails if the command can't be imported, and :func:`act` if a file is missing.
"""

import os
import sys
from importlib.util import find_spec

import fastvenv
import fastvenv.__main__

# The file with the line. It is read after fastvenv.pth, which leads to an editable installation.
FILE = "fastvenv_replace.pth"
RECORD = "in place of the standard library's venv, by "

# What the command loads late, or not at all for most environments.
MODULES = ("_discovery", "_hints", "_log", "_pip")
_COMMON = ("common/Activate.ps1", "common/activate", "common/activate.fish")
SCRIPTS = (*_COMMON, *(("nt/activate.bat", "nt/deactivate.bat") if os.name == "nt" else ("posix/activate.csh",)))


def act() -> None:
    """Put fastvenv in place of the standard library's ``venv``, which nothing has used yet.

    In an environment, ``site`` reads the file twice. The second call does nothing.

    :raises OSError: if a script is missing.
    :raises ImportError: if a module is missing.
    """
    if sys.modules.get("venv") is not fastvenv:
        _check_files()
        _log()
        sys.modules["venv"] = fastvenv


def _check_files() -> None:
    for script in SCRIPTS:
        os.stat(os.path.join(os.path.dirname(fastvenv.__file__), "scripts", script))
    for module in MODULES:
        if find_spec(f"fastvenv.{module}") is None:
            raise ImportError(f"fastvenv.{module} is missing")


def _log() -> None:
    """Log which file put fastvenv in place, if ``FASTVENV_LOG`` asks for it."""
    if os.environ.get("FASTVENV_LOG") != "debug":
        return
    from fastvenv._log import show_debug

    show_debug()
    files = [os.path.join(directory, FILE) for directory in sys.path]
    fastvenv.logger.debug(RECORD + next(filter(os.path.exists, files), FILE))
