"""What a process notices of the stages' being in Rust; docs/migration.md has the table of differences."""

import importlib
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

import fastvenv
from platforms import python_of

# Prints the audit events of a creation.
AUDITED = """
import importlib, sys
module = importlib.import_module(sys.argv[1])
create = lambda env: module.create(env, symlinks=True, with_pip=module.__name__ == "fastvenv")
create(sys.argv[2] + "/first")
seen = []
sys.addaudithook(lambda event, _: seen.append(event))
create(sys.argv[2] + "/second")
print(*seen)
"""


@pytest.mark.parametrize("module", ["venv", "fastvenv"])
def test_audit_hooks_see_no_files(module, tmp_path):
    """The standard library's creation raises events; fastvenv's raises none for files and processes, pip included."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    seen = subprocess.check_output([sys.executable, "-c", AUDITED, module, tmp_path], env=environ, text=True).split()
    about_files = [event for event in seen if event.startswith(("os.", "open", "shutil.", "subprocess."))]
    assert bool(about_files) == (module == "venv"), seen


def test_patched_functions_of_os_are_not_called(tmp_path):
    """The links are made without them."""
    with mock.patch.object(os, "symlink") as symlink, mock.patch.object(os, "mkdir") as mkdir:
        fastvenv.create(tmp_path / "env", symlinks=True)
    assert (symlink.called, mkdir.called) == (False, False)
    assert python_of(tmp_path / "env").is_symlink()


def test_a_stage_needs_a_builder():
    """A mock is none."""
    with pytest.raises(TypeError):
        fastvenv.EnvBuilder.ensure_directories(mock.Mock(), "env")


@pytest.mark.skipif(sys.version_info < (3, 13), reason="the module has another form")
@pytest.mark.parametrize(("kind", "is_served"), [("legacy", True), ("isolated", False)])
def test_subinterpreters(kind, is_served, tmp_path):
    """One that shares the GIL creates environments; one with its own says what to use."""
    interpreters = importlib.import_module("_interpreters")
    program = f"import sys; sys.path[:] = {sys.path!r}; import fastvenv; fastvenv.create({str(tmp_path)!r})"
    interpreter = interpreters.create(kind)
    try:
        failure = interpreters.run_string(interpreter, program)
    finally:
        interpreters.destroy(interpreter)
    assert (failure is None) == is_served
    assert Path(tmp_path, "pyvenv.cfg").exists() == is_served
    assert is_served or "Use the standard library's venv there" in failure.msg
