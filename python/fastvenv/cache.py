"""The cache of unpacked pips: ``python -m fastvenv.cache dir``, ``info`` or ``clean``.

It may be deleted at any time; the next environment with pip fills it again.
"""

import sys
from pathlib import Path

from fastvenv import _core

_USAGE = """\
usage: python -m fastvenv.cache {dir,info,clean}

  dir    print the cache's folder
  info   print what it holds
  clean  remove what it holds
"""


def main(args: list[str] | None = None) -> int:
    """Run the command line.

    :param args: The arguments after the program's name; those of the process if it is None.
    :returns: The exit status: 0, 1 if the system refused, 2 if the arguments make no sense.
    """
    args = sys.argv[1:] if args is None else args
    if args in (["-h"], ["--help"]):
        print(_USAGE, end="")
        return 0
    if len(args) != 1 or args[0] not in {"dir", "info", "clean"}:
        print(_USAGE, end="", file=sys.stderr)
        return 2
    folder = _core.cache_dir()
    if folder is None:
        print("Error: there is no home directory with an absolute path to have a cache in", file=sys.stderr)
        return 1
    try:
        _run(args[0], folder)
    except (OSError, ValueError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


def _run(command: str, folder: Path) -> None:
    if command == "dir":
        print(folder)
    elif command == "info":
        print(f"{folder}: {_told(_core.cache_usage(folder))}")
    else:
        print(f"{folder}: removed {_told(_core.clean_cache(folder))}")


def _told(usage: tuple[int, int, int]) -> str:
    images, files, size = usage
    return f"images: {images}, files: {files}, {size / 1e6:.1f} MB"


if __name__ == "__main__":
    sys.exit(main())
