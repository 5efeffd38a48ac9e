"""The same call to `venv` and to `fastvenv` leaves the same tree, or fails with the same error."""

import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from parity import states
from parity.trees import compare, snapshot
from platforms import IS_WINDOWS, posix_only

SCM: list[dict[str, Any]] = [
    {"symlinks": True, "scm_ignore_files": {"git"}},
    {"scm_ignore_files": ["GIT"], "clear": True},
]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"symlinks": True},
    {"symlinks": True, "clear": True},
    {"symlinks": True, "upgrade": True},
    {"upgrade": True},
    {"symlinks": True, "system_site_packages": True},
    {"symlinks": True, "prompt": "it's $HOME \\ \u00fc"},
    {"symlinks": True, "prompt": "."},
    {"symlinks": True, "prompt": ""},
    *(SCM if sys.version_info >= (3, 13) else []),
]


def build(options: dict[str, Any], module: str, env: Any) -> None:
    """Make an environment in this process."""
    importlib.import_module(module).EnvBuilder(**options).create(env)


@pytest.mark.parametrize("state", states.ALL, ids=lambda state: state.__name__)
@pytest.mark.parametrize("options", OPTIONS, ids=repr)
def test_every_option_in_every_state(options: dict[str, Any], state: Callable[[Path], None], tmp_path: Path) -> None:
    """Each option leaves the same tree as the standard library's, whatever stood there before."""
    skip_known_differences(options, state, sys.version_info)
    compare(tmp_path / "sandbox", partial(build, options), state)


def skip_known_differences(options: dict[str, Any], state: Callable[[Path], None], version: tuple[Any, ...]) -> None:
    """Skip what this version's standard library does otherwise."""
    if IS_WINDOWS and state in (states.linked, states.stale, states.link_for_include):
        pytest.skip("not on Windows: the standard library may write through links, to the base interpreter")
    if renews_links(options, state):
        pytest.skip("a known difference: test_copies_replace_links, and tests/environment/test_other_pythons.py")
    # There the standard library makes a directory behind the link.
    include_is_below = (3, 11) <= version < (3, 14)
    if state is states.link_for_include and include_is_below and not options.get("clear", False):
        pytest.skip("a known difference: test_what_is_in_the_way_is_refused_first")


def renews_links(options: dict[str, Any], state: Callable[[Path], None]) -> bool:
    """Whether a link is replaced that the standard library leaves as it is, or writes through."""
    if options.get("clear", False):
        return False
    copies_over_links = state is states.linked and not options.get("symlinks", False)
    return copies_over_links or state is states.stale or (state is states.junk and options.get("upgrade", False))


@posix_only("copies are launchers, and links lead to libraries")
@pytest.mark.parametrize("upgrade", [False, True])
def test_copies_replace_links(upgrade: bool, tmp_path: Path) -> None:
    """Where the standard library fails halfway, or writes to what the link points to, a copy is made."""
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    other = tmp_path / "other"
    for env in (theirs, ours):
        states.linked(env)
    with pytest.raises(shutil.SameFileError):
        build({"upgrade": upgrade}, "venv", theirs)
    name = Path(sys._base_executable).name
    (ours / "bin" / name).unlink()
    (ours / "bin" / name).symlink_to(other)
    other.write_text("another interpreter")
    build({"upgrade": upgrade}, "fastvenv", ours)
    assert other.read_text() == "another interpreter"
    assert (ours / "bin" / name).read_bytes() == Path(sys._base_executable).read_bytes()


@posix_only("copies are launchers, and links lead to libraries")
@pytest.mark.parametrize("state", [states.file_for_bin, states.link_for_include], ids=lambda state: state.__name__)
def test_what_is_in_the_way_is_refused_first(state: Callable[[Path], None], tmp_path: Path) -> None:
    """Where the standard library fails halfway, or makes directories behind a link, nothing is made."""
    env = tmp_path / "env"
    state(env)
    before = snapshot(env)
    with pytest.raises(ValueError, match="Unable to create directory"):
        build({"symlinks": True}, "fastvenv", env)
    assert snapshot(env) == before


@contextmanager
def umask(mask: int) -> Iterator[None]:
    """Set the process's file mode creation mask."""
    old = os.umask(mask)
    try:
        yield
    finally:
        os.umask(old)


@posix_only("it has no modes")
@pytest.mark.parametrize("symlinks", [True, False])
@pytest.mark.parametrize("mask", [0o000, 0o002, 0o027, 0o077, 0o177])
def test_umask(mask: int, symlinks: bool, tmp_path: Path) -> None:
    """Modes follow the umask exactly as the standard library's do."""
    with umask(mask):
        compare(tmp_path / "sandbox", partial(build, {"symlinks": symlinks}))


class Fspath:
    """A path that is neither a `str` nor a `Path`."""

    def __init__(self, path: Path) -> None:
        self.path = os.fspath(path)

    def __fspath__(self) -> str:
        return self.path


TARGETS: dict[str, Callable[[Path], Any]] = {
    "str": str,
    "Path": Path,
    "PathLike": Fspath,
    "bytes": os.fsencode,
    "missing parents": lambda env: env / "a" / "b",
    "trailing slash": lambda env: f"{env}/",
    "not normal": lambda env: f"{env.parent}//./x/../{env.name}",
    "relative": lambda env: env.name,
    "relative, upwards": lambda env: f"../{env.parent.name}/{env.name}",
    "here": lambda env: ".",
    "empty": lambda env: "",
    "unicode": lambda env: env / "\u00fcber \U0001f40d" / "\u0434\u043e\u043c",
    "spaces": lambda env: env / " a  b ",
    "quotes": lambda env: env / 'it\'s "x" $HOME `id` %d \\',
    "one dash": lambda env: env / "-env",
    "long": lambda env: env / ("n" * 255) / ("m" * 255),
    "too long": lambda env: env / ("n" * 256),
    **({"path separator": lambda env: env / f"a{os.pathsep}b"} if sys.version_info >= (3, 11) else {}),
    "through a link": lambda env: env.parent / "linked" / "inner",
    "None": lambda env: None,
    "number": lambda env: 1,
}


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS.keys())
def test_targets(target: Callable[[Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment's path may be given in every way that the standard library takes, and in no other."""

    def before(env: Path) -> None:
        (env.parent / "real").mkdir()
        (env.parent / "linked").symlink_to("real")
        monkeypatch.chdir(env.parent)

    def action(module: str, env: Path) -> None:
        build({"symlinks": True}, module, target(env))

    compare(tmp_path / "sandbox", action, before)


@pytest.mark.parametrize("module", ["venv", "fastvenv"])
def test_a_nul_is_a_value_error(module: str, tmp_path: Path) -> None:
    """No path has a NUL in it; which call says so, and how, differs between versions."""
    with pytest.raises(ValueError, match=r"null|NUL"):
        build({}, module, f"{tmp_path}/a\0b")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("options", [{}, {"system_site_packages": True, "prompt": "p"}], ids=repr)
def test_function_create(options: dict[str, Any], tmp_path: Path) -> None:
    """`create()` is the builder with the same defaults."""
    compare(tmp_path / "sandbox", lambda module, env: importlib.import_module(module).create(env, **options))


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"system_site_packages": True}], ids=repr)
def test_with_pip(options: dict[str, Any], tmp_path: Path) -> None:
    """pip, its bytecode, its RECORD and its scripts are as ensurepip leaves them."""
    compare(tmp_path / "sandbox", partial(build, {"symlinks": True, "with_pip": True, **options}))
