"""``python -m fastvenv``. The program ``fastvenv``, which needs no Python, does the same.

In place of the standard library's ``venv``, this is ``venv.__main__``, and its command is ``venv``.
"""

import os
import sys

from fastvenv import _cli

_PROG = "venv" if __spec__ is not None and __spec__.parent == "venv" else "fastvenv"


def run() -> int:
    """Run the command line of this process.

    :returns: The exit status: 0, or 1 if an environment could not be created.
    """
    try:
        if _PROG == "venv":
            _refuse_unknown_value()
        _cli.main(prog=_PROG)
    except Exception as error:
        print(f"Error: {error}", file=sys.stderr)
        _cli.print_details(error)
        return 1
    return 0


def _refuse_unknown_value() -> None:
    """Refuse a value that was perhaps meant to turn this off."""
    value = os.environ.get("FASTVENV_REPLACE")
    if value not in (None, "", "0", "1"):
        raise ValueError(f"FASTVENV_REPLACE is {value!r}, not 0 or 1. Correct the variable or unset it.")


if __name__ == "__main__":
    sys.exit(run())
