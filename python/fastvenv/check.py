"""Is this environment intact? ``python -m fastvenv.check ENV…``, and `check` for programs.

It only reads files, and starts nothing unless ``--run`` is given. See docs/check.md for what it finds.
"""

# The types are in check.pyi. `typing`, `argparse` and `pathlib` take longer to import than most checks do.

import enum
import os
import sys
from collections import namedtuple

from fastvenv import _core

__all__ = ["Finding", "Kind", "Severity", "check", "main"]

_USAGE = """\
usage: python -m fastvenv.check [--json] [--run] ENV [ENV ...]

  ENV     the directory of an environment
  --json  print the findings for programs
  --run   start the environment's Python too; without it, files are only read

Status: 0 if all are intact (hints don't count), 1 if something is wrong, 2 if there is no environment.
"""


class Severity(enum.Enum):
    """How much a finding matters."""

    HINT = "hint"
    WRONG = "wrong"


class Kind(enum.Enum):
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


class Finding(namedtuple("Finding", ["kind", "severity", "path", "message", "why", "advice"])):
    """One thing that is wrong with an environment, or a hint.

    `path` is the file or directory. `message` says what is the case, `why` why it matters, and `advice` what to do.
    """

    __slots__ = ()


def check(env_dir, *, run=False):
    """Check the environment in a directory.

    :param env_dir: The directory.
    :param run: Start its Python too, and look at its version.
    :returns: What was found; an intact environment has no finding with `Severity.WRONG`.
    :raises ValueError: if there is no environment, not even a broken one.
    :raises OSError: if the directory can't be read.
    """
    found = _core.check_environment(env_dir, run)
    if not found:
        return []
    from pathlib import Path

    return [Finding(Kind(kind), Severity(severity), Path(path), *texts) for kind, severity, path, *texts in found]


def main(args=None):
    """Run the command line.

    :param args: The arguments after the program's name. Default: those of this process.
    :returns: The exit status: 0 if everything is intact, 1 if something is wrong, 2 if there is no environment.
    """
    args = sys.argv[1:] if args is None else list(args)
    options, directories = _parsed(args)
    if options & {"-h", "--help"}:
        print(_USAGE, end="")
        return 0
    if not directories or options - {"--json", "--run"}:
        print(_USAGE, end="", file=sys.stderr)
        return 2
    reports = [_report(directory, "--run" in options) for directory in directories]
    if "--json" in options:
        import json

        _print(json.dumps([_plain(report) for report in reports], indent=2), sys.stdout)
    else:
        for directory, found in reports:
            if isinstance(found, list):
                _print(_text(directory, found), sys.stdout)
            else:
                _print(f"Error: {found}", sys.stderr)
    return max(_status(found) for _, found in reports)


def _parsed(args):
    """The options and the directories; after `--` everything is a directory."""
    end = args.index("--") if "--" in args else len(args)
    options = {arg for arg in args[:end] if arg.startswith("-")}
    return options, [arg for arg in args[:end] if arg not in options] + args[end + 1 :]


def _report(directory, run):
    """The directory with the findings, or with the error."""
    try:
        return directory, check(directory, run=run)
    except (OSError, ValueError) as error:
        return directory, error


def _status(found):
    if not isinstance(found, list):
        return 2
    return int(any(finding.severity is Severity.WRONG for finding in found))


def _plain(report):
    """A report as values for JSON."""
    directory, found = report
    if not isinstance(found, list):
        return {"environment": directory, "error": str(found)}
    return {"environment": directory, "findings": [_plain_finding(each) for each in found]}


def _plain_finding(finding):
    plain = {"kind": finding.kind.value, "severity": finding.severity.value, "path": str(finding.path)}
    return {**finding._asdict(), **plain}


def _text(directory, found):
    """A report for people."""
    name = directory if directory.isprintable() else ascii(directory)
    if not found:
        return f"{name}: intact"
    wrong = sum(finding.severity is Severity.WRONG for finding in found)
    lines = [f"{name}: {'broken' if wrong else 'intact'}; wrong: {wrong}, hints: {len(found) - wrong}"]
    lines += [f"  {each.severity.value}: {each.message} {each.why} [{each.kind.value}]" for each in found]
    advice = dict.fromkeys(finding.advice for finding in found)
    return "\n".join([*lines, "What to do:", *(f"  {each}" for each in advice)])


def _print(text, file):
    """Print a text that the stream's encoding may not have. If nobody reads it, the status still counts."""
    encoding = file.encoding or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=file, flush=True)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), file.fileno())


if __name__ == "__main__":
    sys.exit(main())
