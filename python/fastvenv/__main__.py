"""``python -m fastvenv``, and the console script ``fastvenv``."""

import sys

from fastvenv import _cli


def run() -> int:
    """Run the command line of this process.

    :returns: The exit status: 0, or 1 if an environment could not be created.
    """
    try:
        _cli.main()
    except Exception as error:
        print(f"Error: {error}", file=sys.stderr)
        _cli.print_details(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(run())
