"""Finds an interpreter with the package ``python-discovery``. Imported only if PATH doesn't have it."""

import os
from importlib import import_module


def find(python: "str | os.PathLike[str]", why: str) -> str:
    """Ask ``python-discovery``, which knows pyenv, mise, uv, the Windows registry, and ranges of versions.

    :param python: What was asked for.
    :param why: Why PATH doesn't have it, for the error.
    :returns: The path of an executable.
    :raises ValueError: if there is no such interpreter, or the package isn't installed.
    """
    try:
        discovery = import_module("python_discovery")
    except ImportError:
        raise ValueError(
            f"{why} The package python-discovery finds Pythons of pyenv, mise, uv and the Windows registry too, and "
            "ranges such as >=3.10: pip install 'fastvenv[discovery]'."
        ) from None
    found = discovery.get_interpreter(os.fspath(python))
    if found is None or not found.executable:
        raise ValueError(f"{why} The package python-discovery found none either.")
    return str(found.executable)
