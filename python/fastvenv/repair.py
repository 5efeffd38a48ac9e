"""Repair an environment: ``python -m fastvenv.repair ENV``, and `repair` for programs.

Everything is done without the network. See docs/check.md for what can be repaired.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fastvenv import _cli, _core
from fastvenv.check import Finding, Kind, Severity

if TYPE_CHECKING:
    from _typeshed import StrPath

__all__ = ["Report", "main", "repair", "requirements"]


class Report(NamedTuple):
    """What a repair did, or with `dry_run` would do."""

    #: What was done, as sentences.
    done: list[str]
    #: What stays as it is although something is wrong with it, with the reasons.
    left: list[str]
    #: What is wrong now. Empty if the environment is intact.
    wrong: list[Finding]
    #: The commands that recreate the environment, if that is the only way.
    commands: list[str]
    #: What was installed on request, if the environment must be recreated: lines for ``pip install -r``.
    requirements: list[str]


def repair(env_dir: "StrPath", *, python: "StrPath | None" = None, dry_run: bool = False) -> Report:
    """Repair the environment in a directory.

    :param env_dir: The directory.
    :param python: The base interpreter to use, as for `fastvenv.EnvBuilder`. It must have the environment's minor
        version. Default: the environment's own if it is there, else one that is found.
    :param dry_run: Change nothing.
    :returns: What was done, and what is still wrong.
    :raises ValueError: if there is no environment, or if `python` doesn't fit it.
    :raises OSError: if a file can't be read or written. Another call completes the repair.
    """
    done, left, wrong, commands, lines = _core.repair_environment(env_dir, python, dry_run)
    found = [Finding(Kind(kind), Severity(severity), Path(path), *texts) for kind, severity, path, *texts in wrong]
    return Report(done, left, found, commands, lines)


def requirements(env_dir: "StrPath") -> list[str]:
    """Return what was installed into an environment on request. No Python is started.

    :param env_dir: The environment's directory.
    :returns: Lines for ``pip install -r``; dependencies are comments.
    :raises ValueError: if there is no environment.
    :raises OSError: if the directory can't be read.
    """
    return _core.environment_requirements(env_dir)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line.

    :param args: The arguments after the program's name. Default: those of this process.
    :returns: The exit status: 0 if the environment is intact now, 1 if not, 2 if there is none.
    """
    options = _parser().parse_args(args)
    try:
        if options.requirements:
            print("\n".join(requirements(options.environment)))
            return 0
        report = repair(options.environment, python=options.python, dry_run=options.dry_run)
    except ValueError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"Error: {error}", file=sys.stderr)
        _cli.print_details(error)
        return 1
    print(_text(options.environment, report, dry_run=options.dry_run))
    return 1 if report.wrong else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m fastvenv.repair",
        description="Repair an environment, without the network. Packages are never deleted.",
        epilog="Status: 0 if the environment is intact now. 1 if something is wrong. 2 if there is no environment.",
    )
    parser.add_argument("environment", metavar="ENV", help="the directory of an environment")
    parser.add_argument("--python", metavar="PYTHON", help="the base interpreter to use: a path, a name or a version")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--dry-run", action="store_true", help="only say what would be done")
    what.add_argument("--requirements", action="store_true", help="only print what was installed, for `pip install -r`")
    return parser


def _text(directory: str, report: Report, *, dry_run: bool) -> str:
    name = ascii(directory)[1:-1] if not directory.isprintable() else directory
    if not report.wrong and not report.done:
        return f"{name}: intact"
    state = "broken" if dry_run or report.wrong else "intact now"
    lines = [f"{name}: {state}"]
    lines += [f"  {'to do' if dry_run else 'done'}: {each}" for each in report.done]
    lines += [f"  left: {each}" for each in report.left]
    if not dry_run:
        lines += [f"  wrong: {each.message} {each.why} [{each.kind.value}]" for each in report.wrong]
    if report.requirements:
        lines += ["What was installed:", *(f"  {each}" for each in report.requirements)]
    if report.commands:
        lines += ["To recreate it:", *(f"  {each}" for each in report.commands)]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
