"""fastvenv offers the names, signatures and attributes of Python 3.14's `venv`, on every version."""

import inspect
import logging
import pydoc
import sys
import venv
from collections.abc import Callable
from typing import Any

import pytest

import fastvenv

FLAGS = "system_site_packages=False, clear=False, symlinks=False"
REST = "with_pip=False, prompt=None, upgrade_deps=False, *, scm_ignore_files=frozenset()"
SIGNATURES = {
    "EnvBuilder": f"({FLAGS}, upgrade=False, {REST})",
    "EnvBuilder._call_new_python": "(self, context, *py_args, **kwargs)",
    "EnvBuilder._same_path": "(path1, path2)",
    "EnvBuilder._setup_pip": "(self, context)",
    "EnvBuilder._venv_path": "(self, env_dir, name)",
    "EnvBuilder.clear_directory": "(self, path)",
    "EnvBuilder.create": "(self, env_dir)",
    "EnvBuilder.create_configuration": "(self, context)",
    "EnvBuilder.create_git_ignore_file": "(self, context)",
    "EnvBuilder.ensure_directories": "(self, env_dir)",
    "EnvBuilder.install_scripts": "(self, context, path)",
    "EnvBuilder.post_setup": "(self, context)",
    "EnvBuilder.replace_variables": "(self, text, context)",
    "EnvBuilder.setup_python": "(self, context)",
    "EnvBuilder.setup_scripts": "(self, context)",
    "EnvBuilder.symlink_or_copy": "(self, src, dst, relative_symlinks_ok=False)",
    "EnvBuilder.upgrade_dependencies": "(self, context)",
    "create": f"(env_dir, {FLAGS}, {REST})",
    "main": "(args=None)",
}
METHODS = [name.removeprefix("EnvBuilder.") for name in SIGNATURES if "." in name]


def signature(module: Any, name: str) -> str:
    """The signature."""
    function: Callable[..., Any] = module
    for part in name.split("."):
        function = getattr(function, part)
    return str(inspect.signature(function))


@pytest.mark.skipif(sys.version_info < (3, 14), reason="the table is of 3.14")
@pytest.mark.parametrize("name", SIGNATURES)
def test_the_table_is_true(name: str) -> None:
    """The table of signatures is what the standard library has."""
    assert signature(venv, name) == SIGNATURES[name]


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures(name: str) -> None:
    """Names, kinds and defaults of all arguments are those of 3.14. `python` comes after them and is fastvenv's own."""
    own = ", python=None)" if name in {"EnvBuilder", "create"} else ")"
    assert signature(fastvenv, name) == SIGNATURES[name].removesuffix(")") + own


def test_methods_stand_in_the_class() -> None:
    """What the running `venv` and 3.14's define in the class is found in `vars()` of ours, documented."""
    theirs = {name for name in vars(venv.EnvBuilder) if callable(getattr(venv.EnvBuilder, name))}
    ours = vars(fastvenv.EnvBuilder)
    assert theirs - ours.keys() == set()
    assert [name for name in METHODS if name not in ours] == []
    assert [name for name in METHODS if not inspect.getdoc(ours[name])] == []


def test_help_shows_every_public_method() -> None:
    """`help(EnvBuilder)` lists what a subclass may override."""
    text = pydoc.plain(pydoc.render_doc(fastvenv.EnvBuilder))
    assert [name for name in METHODS if not name.startswith("_") and f" {name}(" not in text] == []


def test_module_names() -> None:
    """What others take from the module is there."""
    for name in ("EnvBuilder", "create", "main", "CORE_VENV_DEPS", "logger", "subprocess", "os", "sys"):
        assert getattr(fastvenv, name) is not None
    assert inspect.getdoc(fastvenv)
    assert fastvenv.CORE_VENV_DEPS == venv.CORE_VENV_DEPS
    assert fastvenv.logger is logging.getLogger("fastvenv")
    assert fastvenv.EnvBuilder.__module__ == "fastvenv"
    assert fastvenv.EnvBuilder.__qualname__ == "EnvBuilder"


def test_a_star_import_gives_the_same_names() -> None:
    """`from fastvenv import *` gives each name that `from venv import *` gives, and on every version those of 3.14."""
    theirs: dict[str, Any] = {}
    ours: dict[str, Any] = {}
    exec("from venv import *", theirs)
    exec("from fastvenv import *", ours)
    assert ours.keys() - theirs.keys() <= {"shlex"}  # since 3.14, and some later releases of older versions
    assert theirs.keys() - ours.keys() == set()
    modules = {name for name, value in theirs.items() if inspect.ismodule(value)}
    assert {name for name in modules if ours[name] is not theirs[name]} == set()
    assert ours["logger"] is fastvenv.logger


@pytest.mark.parametrize("options", [{}, {"prompt": "."}, {"prompt": "p", "clear": 1, "upgrade": "yes"}])
def test_instance_attributes(options: dict[str, Any]) -> None:
    """`vars(builder)` holds what the standard library's does, in the same order, as it was given."""
    theirs = vars(venv.EnvBuilder(**options))
    ours = vars(fastvenv.EnvBuilder(**options))
    later = {"orig_prompt": options.get("prompt"), "scm_ignore_files": frozenset()}  # since 3.11, since 3.13
    assert ours == later | theirs
    assert [name for name in ours if name in theirs] == list(theirs)


def test_scm_ignore_files_are_lower_cased() -> None:
    """Any iterable of names is taken, as a frozenset of lower-case names."""
    assert fastvenv.EnvBuilder(scm_ignore_files=iter(["GIT", "Hg"])).scm_ignore_files == {"git", "hg"}


@pytest.mark.parametrize(
    ("positional", "named"), [((), {"nonsense": 1}), ((0,) * 8, {}), ((), {"scm_ignore_files": 1})]
)
def test_wrong_arguments(positional: Any, named: Any) -> None:
    """Arguments that the standard library refuses are a TypeError here too."""
    with pytest.raises(TypeError):
        fastvenv.EnvBuilder(*positional, **named)
