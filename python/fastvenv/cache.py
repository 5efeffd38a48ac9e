"""The cache of unpacked pips: ``python -m fastvenv.cache dir``, ``info`` or ``clean``.

You may delete it at any time. The next environment with pip fills it again.
"""

import sys
from pathlib import Path

from fastvenv import _core

_USAGE = """\
usage: python -m fastvenv.cache {dir,info,clean}

  dir    print the cache's directory
  info   print how much it contains
  clean  empty it
"""


def main(args: list[str] | None = None) -> int:
    """Run the command line.

    :param args: The arguments after the program's name. Default: those of this process.
    :returns: The exit status: 0, 1 on an error, 2 if the arguments are wrong.
    """
    args = sys.argv[1:] if args is None else args
    if args in (["-h"], ["--help"]):
        print(_USAGE, end="")
        return 0
    if len(args) != 1 or args[0] not in {"dir", "info", "clean"}:
        print(_USAGE, end="", file=sys.stderr)
        return 2
    directory = _core.cache_dir()
    if directory is None:
        print("Error: there is no home directory with an absolute path for the cache", file=sys.stderr)
        return 1
    try:
        _run(args[0], directory)
    except (OSError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


def _run(command: str, directory: Path) -> None:
    if command == "dir":
        print(directory)
    elif command == "info":
        print(f"{directory}: {_summary(_core.cache_usage(directory))}")
    else:
        print(f"{directory}: removed {_summary(_core.clean_cache(directory))}")


def _summary(usage: tuple[int, int, int]) -> str:
    images, files, size = usage
    return f"images: {images}, files: {files}, {size / 1e6:.1f} MB"


if __name__ == "__main__":
    sys.exit(main())
