# The types are not in the code because `inspect.signature` must show the same as for `venv`.

import logging as logging
import os as os
import shlex as shlex
import shutil as shutil
import subprocess as subprocess
import sys as sys
import sysconfig as sysconfig
import types as types
from collections.abc import Iterable, Sequence
from typing import Any, SupportsIndex

from _typeshed import StrOrBytesPath, StrPath

from fastvenv import _core
from fastvenv._replace import Replacement

__all__ = [
    "CORE_VENV_DEPS",
    "EnvBuilder",
    "create",
    "logger",
    "logging",
    "main",
    "os",
    "shlex",
    "shutil",
    "subprocess",
    "sys",
    "sysconfig",
    "types",
]

logger: logging.Logger
CORE_VENV_DEPS: tuple[str, ...]

class EnvBuilder(_core.EnvBuilder):
    python: StrPath | None
    _chooses_python: bool
    def __init__(
        self,
        system_site_packages: bool = False,
        clear: bool = False,
        symlinks: bool = False,
        upgrade: bool = False,
        with_pip: bool = False,
        prompt: str | None = None,
        upgrade_deps: bool = False,
        *,
        scm_ignore_files: Iterable[str] = frozenset(),
        python: StrPath | None = None,
    ) -> None: ...
    def __reduce_ex__(self, protocol: SupportsIndex) -> str | tuple[Any, ...]: ...
    def clear_directory(self, path: StrOrBytesPath) -> None: ...
    def symlink_or_copy(self, src: StrOrBytesPath, dst: StrOrBytesPath, relative_symlinks_ok: bool = False) -> None: ...

def create(
    env_dir: StrPath,
    system_site_packages: bool = False,
    clear: bool = False,
    symlinks: bool = False,
    with_pip: bool = False,
    prompt: str | None = None,
    upgrade_deps: bool = False,
    *,
    scm_ignore_files: Iterable[str] = frozenset(),
    python: StrPath | None = None,
) -> None: ...
def main(args: Sequence[str] | None = None) -> None: ...
def replace_stdlib() -> Replacement: ...
