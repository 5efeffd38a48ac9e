"""Is this environment intact? ``python -m fastvenv.check ENV…``, and `check` for programs.

It only reads files, and starts nothing unless ``--run`` is given. See docs/check.md for what it finds.
"""

import argparse
import enum
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fastvenv import _core

if TYPE_CHECKING:
    from _typeshed import StrPath

__all__ = ["Finding", "Kind", "Severity", "check", "main"]


class Severity(str, enum.Enum):
    """How much a finding matters."""

    HINT = "hint"
    WRONG = "wrong"


class Kind(str, enum.Enum):
    """What kind of thing was found. The values never change."""

    OTHER_PLATFORM = "other-platform"
    UNREADABLE = "unreadable"
    CONFIG_MISSING = "config-missing"
    CONFIG_UNREADABLE = "config-unreadable"
    CONFIG_TRUNCATED = "config-truncated"
    CONFIG_NO_HOME = "config-no-home"
    CONFIG_DUPLICATE_KEY = "config-duplicate-key"
    HOME_MISSING = "home-missing"
    BASE_MISSING = "base-missing"
    BASE_VERSIONED = "base-versioned"
    EXECUTABLE_MISSING = "executable-missing"
    EXECUTABLE_DANGLING = "executable-dangling"
    EXECUTABLE_LOOP = "executable-loop"
    EXECUTABLE_FOREIGN = "executable-foreign"
    EXECUTABLE_UNUSABLE = "executable-unusable"
    SHARED_LIBRARY_MISSING = "shared-library-missing"
    PACKAGES_MISSING = "packages-missing"
    PACKAGES_OF_OTHER_VERSION = "packages-of-other-version"
    VERSION_CHANGED = "version-changed"
    VERSION_RECORDED = "version-recorded"
    MOVED_SCRIPT = "moved-script"
    MOVED_SHEBANG = "moved-shebang"
    MOVED_PTH = "moved-pth"
    MOVED_DIRECT_URL = "moved-direct-url"
    PIP_MISSING_FILE = "pip-missing-file"
    PIP_ALTERED = "pip-altered"
    PIP_RECORD = "pip-record"
    PIP_HALF_INSTALLED = "pip-half-installed"
    SCRIPT_MISSING = "script-missing"
    SCRIPT_DAMAGED = "script-damaged"
    SCRIPT_EXECUTES = "script-executes"
    DIRECTORY_LINK = "directory-link"
    DOES_NOT_START = "does-not-start"
    STARTS_ELSEWHERE = "starts-elsewhere"


class Finding(NamedTuple):
    """One thing that is wrong with an environment, or a hint."""

    kind: Kind
    severity: Severity
    #: The file or directory that it is about.
    path: Path
    #: What is the case, as a sentence.
    message: str
    #: Why it matters, as a sentence.
    why: str
    #: What to do about it, as a sentence.
    advice: str


def check(env_dir: "StrPath", *, run: bool = False) -> list[Finding]:
    """Check the environment in a directory.

    :param env_dir: The directory.
    :param run: Start its Python too, and look where it takes itself to be.
    :returns: What was found; an intact environment has no finding with `Severity.WRONG`.
    :raises ValueError: if there is no environment, not even a broken one.
    :raises OSError: if the directory can't be read.
    """
    found = _core.check_environment(env_dir, run)
    return [Finding(Kind(kind), Severity(severity), Path(path), *texts) for kind, severity, path, *texts in found]


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line.

    :param args: The arguments after the program's name. Default: those of this process.
    :returns: The exit status: 0 if everything is intact, 1 if something is wrong, 2 if there is no environment.
    """
    options = _parser().parse_args(args)
    status = 0
    reports: list[dict[str, object]] = []
    for directory in options.environments:
        try:
            found = check(directory, run=options.run)
        except (OSError, ValueError) as error:
            status = 2
            reports.append({"environment": directory, "error": str(error)})
            if not options.json:
                print(f"Error: {error}", file=sys.stderr)
            continue
        wrong = any(finding.severity is Severity.WRONG for finding in found)
        status = max(status, int(wrong))
        reports.append({"environment": directory, "findings": [_plain(finding) for finding in found]})
        if not options.json:
            print(_report(directory, found))
    if options.json:
        print(json.dumps(reports, indent=2))
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m fastvenv.check",
        description="Say whether environments are intact. Only reads files.",
        epilog="Status: 0 if all are intact; hints don't count. 1 if something is wrong. 2 if there is no environment.",
    )
    parser.add_argument("environments", metavar="ENV", nargs="+", help="the directory of an environment")
    parser.add_argument("--json", action="store_true", help="print the findings for programs")
    parser.add_argument("--run", action="store_true", help="start the environment's Python too")
    return parser


def _plain(finding: Finding) -> dict[str, str]:
    return {**finding._asdict(), "path": str(finding.path)}


def _report(directory: str, found: list[Finding]) -> str:
    name = ascii(directory)[1:-1] if not directory.isprintable() else directory
    if not found:
        return f"{name}: intact"
    wrong = sum(finding.severity is Severity.WRONG for finding in found)
    lines = [f"{name}: {'intact' if not wrong else 'broken'}; wrong: {wrong}, hints: {len(found) - wrong}"]
    lines += [f"  {each.severity.value}: {each.message} {each.why} [{each.kind.value}]" for each in found]
    advice = dict.fromkeys(finding.advice for finding in found)
    return "\n".join([*lines, "What to do:", *(f"  {each}" for each in advice)])


if __name__ == "__main__":
    sys.exit(main())
