import enum
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from _typeshed import StrPath

__all__ = ["Finding", "Kind", "Severity", "check", "main"]

class Severity(enum.Enum):
    HINT = "hint"
    WRONG = "wrong"

class Kind(enum.Enum):
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
    kind: Kind
    severity: Severity
    path: Path
    message: str
    why: str
    advice: str

def check(env_dir: StrPath, *, run: bool = False) -> list[Finding]: ...
def main(args: Sequence[str] | None = None) -> int: ...
