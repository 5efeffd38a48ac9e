"""pip placed natively is pip as ensurepip leaves it: names, modes, bytes, RECORD, bytecode."""

import os
import shutil
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import seeding
from parity.trees import Entry, snapshot
from platforms import BIN, IS_WINDOWS, linux_only, posix_only

pytestmark = pytest.mark.slow

LONG = "x" * 100
OF_PIP = (f"Lib{os.sep}", f"{BIN}{os.sep}pip") if IS_WINDOWS else (f"lib{os.sep}", f"{BIN}{os.sep}pip")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own, empty."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(folder))
    return folder


@pytest.fixture
def umask() -> Iterator[Any]:
    """`os.umask`, put back in the end."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


def seeded(env: Path) -> dict[str, Entry]:
    """What pip's installation left, and what is removed of it: the rest is compared by other tests."""
    tree = {name: entry for name, entry in snapshot(env).items() if name.startswith(OF_PIP) or name == BIN}
    seeding.check_whole(env)
    shutil.rmtree(env)
    return tree


def theirs(env: Path) -> dict[str, Entry]:
    """What the standard library leaves."""
    venv.create(env, symlinks=True, with_pip=True)
    return seeded(env)


def ours(env: Path) -> dict[str, Entry]:
    """What fastvenv leaves."""
    seeding.create_natively(env)
    return seeded(env)


def differences(expected: dict[str, Entry], found: dict[str, Entry]) -> list[str]:
    """What is not the same."""
    names = sorted(expected.keys() | found.keys())
    return [
        f"{name}: {expected.get(name)} became {found.get(name)}"
        for name in names
        if expected.get(name) != found.get(name)
    ]


def runs(script: Path) -> bool:
    """Whether the script starts pip, with nothing but its environment to find it in."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return os.spawnle(os.P_WAIT, script, script.name, "--version", environ) == 0


def test_cold_warm_and_in_each_link_mode(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tree is the standard library's, wherever the files come from and however."""
    env = tmp_path / "env"
    expected = theirs(env)
    assert differences(expected, ours(env)) == [], "cold"
    assert differences(expected, ours(env)) == [], "warm"
    for mode in seeding.LINK_MODES:
        monkeypatch.setenv("FASTVENV_LINK_MODE", mode)
        assert differences(expected, ours(env)) == [], mode
    shutil.rmtree(cache)
    cache.write_text("a file is no cache")
    assert differences(expected, ours(env)) == [], "straight from the wheel"


@pytest.mark.parametrize("folder", ["a b", "it's a b", "\u00fc", LONG, f"{LONG} {LONG}", "$x&y"], ids=ascii)
def test_the_first_line_of_scripts(folder: str, tmp_path: Path) -> None:
    """Spaces, quotes, letters and lengths of the path give the scripts that pip would write, and they run."""
    env = tmp_path / folder / "env"
    env.parent.mkdir()
    assert "\n".join(differences(theirs(env), ours(env))) == ""
    seeding.create(env)
    assert runs(env / BIN / ("pip.exe" if IS_WINDOWS else "pip"))


@posix_only("no shell reads the first line of a launcher")
@pytest.mark.parametrize(
    "folder",
    [
        f"$(touch x)`{LONG}",
        '"; \\',
        "tab\there",
        "line\nend",
        LONG + "\\N{x}'''",
        pytest.param(os.fsdecode(b"caf\xe9"), marks=linux_only("names may have any bytes")),
    ],
    ids=ascii,
)
def test_first_lines_that_pip_writes_wrongly(folder: str, tmp_path: Path) -> None:
    """Where pip's script could not run, or would run something else, ours runs."""
    env = tmp_path / folder / "env with space"
    env.parent.mkdir()
    seeding.create_natively(env)
    for name in ("pip", "pip3", f"pip{sys.version_info[0]}.{sys.version_info[1]}"):
        assert runs(env / "bin" / name)
    assert os.listdir(env.parent) == [env.name]


@posix_only("it has no modes")
@pytest.mark.parametrize("mask", [0o077, 0o002, 0o027], ids=oct)
def test_modes_under_a_umask(mask: int, umask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modes are those that the umask leaves to pip, also where the cache was filled under another."""
    env = tmp_path / "env"
    ours(env)
    umask(mask)
    expected = theirs(env)
    for mode in seeding.LINK_MODES:
        monkeypatch.setenv("FASTVENV_LINK_MODE", mode)
        assert differences(expected, ours(env)) == [], mode


def test_bytecode_that_can_be_reproduced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With SOURCE_DATE_EPOCH, bytecode is checked by its source's hash, as compileall has it."""
    env = tmp_path / "env"
    ours(env)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    expected = theirs(env)
    assert differences(expected, ours(env)) == []
