"""The context that stages are given holds the fields of the running `venv`, and those of 3.14."""

import os
import sys
import types
import venv
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import fastvenv
from parity.trees import ACTIVATION_SCRIPTS

PROMPTS: list[dict[str, Any]] = [{}, {"prompt": "mine"}, {"prompt": "."}, {"prompt": ""}]
# The fields of 3.14 in its order; 3.15 has one more.
FIELDS = [
    *("env_dir", "env_name", "prompt", "executable", "python_dir", "python_exe", "inc_path", "lib_path"),
    *(["platlib_path"] if sys.version_info >= (3, 15) else []),
    *("bin_path", "bin_name", "env_exe", "env_exec_cmd"),
]


def contexts(env: Path, **options: Any) -> tuple[SimpleNamespace, SimpleNamespace]:
    """The contexts for the same folder, the standard library's first."""
    theirs = venv.EnvBuilder(**options).ensure_directories(os.fspath(env))
    ours = fastvenv.EnvBuilder(**options).ensure_directories(os.fspath(env))
    return theirs, ours


@pytest.mark.parametrize("options", PROMPTS, ids=repr)
def test_fields(options: dict[str, Any], tmp_path: Path) -> None:
    """All fields are equal, and ours has those of 3.14 on every version, the prompt as bare text."""
    theirs, ours = contexts(tmp_path / "env", **options)
    assert type(ours) is SimpleNamespace
    assert list(vars(ours)) == FIELDS
    purelib = fastvenv.EnvBuilder()._venv_path(theirs.env_dir, "purelib")
    assert vars(ours) == expected(vars(theirs), sys.version_info, purelib)


def expected(theirs: dict[str, str], version: tuple[Any, ...], purelib: str) -> dict[str, str]:
    """The fields that ours has where the standard library's context of this version has these."""
    fields = dict(theirs)
    fields.setdefault("env_exec_cmd", theirs["env_exe"])  # since 3.9
    if version < (3, 12):
        fields["lib_path"] = purelib
    if version < (3, 13):
        fields["prompt"] = theirs["prompt"].removeprefix("(").removesuffix(") ")
    return fields


def test_every_field_is_a_str(tmp_path: Path) -> None:
    """Fields are plain strings, which code that joins and formats them relies on."""
    _, ours = contexts(tmp_path / "env")
    assert {name: type(value) for name, value in vars(ours).items() if type(value) is not str} == {}


def test_later_stages_add_their_paths(tmp_path: Path) -> None:
    """cfg_path is known once pyvenv.cfg is written, script_path (since 3.14) while a script is installed."""
    builder = fastvenv.EnvBuilder(symlinks=True)
    context = builder.ensure_directories(os.fspath(tmp_path / "env"))
    builder.create_configuration(context)
    builder.setup_python(context)
    builder.setup_scripts(context)
    assert context.cfg_path == os.fspath(tmp_path / "env" / "pyvenv.cfg")
    assert Path(context.script_path).name in ACTIVATION_SCRIPTS
    assert [name for name in vars(context) if name not in FIELDS] == ["cfg_path", "script_path"]


@pytest.mark.parametrize("name", ["purelib", "platlib", "scripts"])
def test_venv_path(name: str, tmp_path: Path) -> None:
    """Paths come from the interpreter's own scheme for environments; 3.10 has none."""
    env = os.fspath(tmp_path / "env")
    ours = fastvenv.EnvBuilder()._venv_path(env, name)
    if sys.version_info >= (3, 11):
        assert ours == venv.EnvBuilder()._venv_path(env, name)
    else:
        assert ours.startswith(env)


@pytest.mark.parametrize("pair", [("/a", "/a"), ("/a", "/A"), ("/a", "/a/"), ("a", "b"), ("", "")], ids=repr)
def test_same_path(pair: tuple[str, str]) -> None:
    """Two paths are the same if `venv` says so or, where it has no such method yet, if the system's rule for case does.

    On POSIX that means if they are equal as text.
    """
    one, other = map(os.path.normcase, pair)
    oracle = getattr(venv.EnvBuilder, "_same_path", lambda *_: one == other)
    assert fastvenv.EnvBuilder._same_path(*pair) == oracle(*pair)


def test_same_path_without_long_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows no Python needs to know `GetLongPathName`, which `_winapi` has only from 3.12.4 on."""
    monkeypatch.setitem(sys.modules, "_winapi", types.ModuleType("_winapi"))
    monkeypatch.setattr(os, "name", "nt")
    assert [fastvenv.EnvBuilder._same_path("/a", other) for other in ("/a", "/b")] == [True, False]
