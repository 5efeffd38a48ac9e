"""An environment created for another interpreter is the one that this interpreter's own `venv` creates."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

import fastvenv
import pythons
import seeding
from parity import states
from parity.oracle import Oracle, oracle
from parity.test_command import PACKAGES
from parity.test_context import expected
from parity.test_trees import OPTIONS, SCM, skip_known_differences
from parity.trees import comparable, compare, snapshot
from platforms import posix_only

pytestmark = [pytest.mark.slow, posix_only("Pythons are found by the names that they have in bin/")]

LINKS: dict[str, Any] = {"symlinks": True}


@pytest.fixture(scope="module", params=pythons.others(), ids=pythons.label)
def other(request: pytest.FixtureRequest) -> Iterator[Oracle]:
    """Each other interpreter of this machine."""
    with oracle(request.param) as asked:
        yield asked


@pytest.fixture(scope="module")
def environments(other: Oracle, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Environments of the other interpreter, one of them created from within another."""
    folder = tmp_path_factory.mktemp("environments")
    other.create(folder / "linked", symlinks=True)
    other.create(folder / "copied", symlinks=False)
    inner = [folder / "linked/bin/python", "-m", "venv", "--without-pip", folder / "nested"]
    subprocess.run(inner, check=True)
    return {name: folder / name / "bin/python" for name in ("linked", "copied", "nested")}


def build(other: Oracle, options: dict[str, Any], module: str, env: Path) -> None:
    """Create an environment for the other interpreter: by its own `venv`, or by fastvenv in this process."""
    if module == "venv":
        other.create(env, **options)
    else:
        fastvenv.EnvBuilder(**options, python=other.python.path).create(env)


def compare_with(
    other: Oracle, action: Callable[[str, Path], object], state: Callable[[Path], None], tmp: Path
) -> None:
    """Compare on a directory in this state, which the other interpreter brings about if an environment is in it."""

    def before(env: Path) -> None:
        with mock.patch("venv.create", other.create):
            state(env)

    compare(tmp / "sandbox", action, before)


@pytest.mark.parametrize("options", list({repr(options): options for options in [*OPTIONS, *SCM]}.values()), ids=repr)
def test_every_option(options: dict[str, Any], other: Oracle, tmp_path: Path) -> None:
    """Each option has the meaning that it has for the interpreter's own `venv`."""
    if "scm_ignore_files" in options and other.python.version < (3, 13):
        pytest.skip("this version has no such option")
    if options.get("prompt") == "." and other.python.version < (3, 9):
        pytest.skip("this version takes the dot for the prompt itself")
    compare_with(other, partial(build, other, options), states.absent, tmp_path)


@pytest.mark.parametrize("state", states.ALL[1:], ids=lambda state: state.__name__)
@pytest.mark.parametrize("options", [LINKS, {**LINKS, "clear": True}, {**LINKS, "upgrade": True}, {}], ids=repr)
def test_every_state(options: dict[str, Any], state: Callable[[Path], None], other: Oracle, tmp_path: Path) -> None:
    """Whatever was in the directory before, the tree or the error is that of the interpreter's own `venv`."""
    skip_known_differences(options, state, other.python.version)
    compare_with(other, partial(build, other, options), state, tmp_path)


@pytest.mark.parametrize("name", ["python", "python3"])
def test_every_name_of_the_executable(name: str, other: Oracle, tmp_path: Path) -> None:
    """The name by which the interpreter is given is the name that the environment's first link has."""
    executable = other.python.path.with_name(name)
    if not executable.exists() or not executable.samefile(other.python.path):
        pytest.skip("it has no such name")
    with oracle(other.python._replace(path=executable)) as asked:
        compare_with(asked, partial(build, asked, LINKS), states.absent, tmp_path)


@pytest.mark.parametrize("name", ["linked", "copied", "nested"])
@pytest.mark.parametrize("symlinks", [True, False])
def test_inside_an_environment(
    name: str, symlinks: bool, other: Oracle, environments: dict[str, Path], tmp_path: Path
) -> None:
    """The Python of an environment stands for its base, and the recorded command names it."""
    if other.python.version < (3, 11):
        pytest.skip("its venv takes the environment for the base: test_inside_an_environment_of_an_older_version")
    with oracle(other.python._replace(path=environments[name])) as asked:
        compare_with(asked, partial(build, asked, {"symlinks": symlinks}), states.absent, tmp_path)


@pytest.mark.parametrize("name", ["linked", "copied", "nested"])
def test_inside_an_environment_of_an_older_version(
    name: str, other: Oracle, environments: dict[str, Path], tmp_path: Path
) -> None:
    """Before 3.11 too, what is created is an environment of the base, and doesn't need the one it was asked through."""
    if other.python.version >= (3, 11):
        pytest.skip("its venv is the oracle: test_inside_an_environment")
    fastvenv.create(tmp_path / "env", symlinks=True, python=environments[name])
    created = other.python._replace(path=tmp_path / "env/bin/python")
    assert created.run("import sys; print(sys.prefix, sys.base_prefix)").split() == [
        os.fspath(tmp_path / "env"),
        other.python.run("import sys; print(sys.prefix)").strip(),
    ]
    config = (tmp_path / "env/pyvenv.cfg").read_text(encoding="utf-8")
    assert f"home = {other.python.path.parent}\n" in config
    assert f"command = {environments[name]} -m venv " in config
    assert all(path.samefile(other.python.path) for path in (tmp_path / "env/bin").glob("python*"))


@pytest.mark.parametrize("line", ["env", "--without-pip --copies --prompt=a=b env", "--without-pip --sys --clear env"])
def test_the_command(line: str, other: Oracle, tmp_path: Path) -> None:
    """`python -m fastvenv --python X` is `X -m venv`."""
    if not other.python.has_ensurepip and "--without-pip" not in line:
        pytest.skip("it has no ensurepip")

    def action(module: str, env: Path) -> tuple[bytes, dict[str, str]]:
        extra = [] if other.python.version >= (3, 13) else ["--without-scm-ignore-files"]
        command = [other.python.path, "-m", "venv"]
        environ = dict(os.environ)
        if module == "fastvenv":
            command = [sys.executable, "-m", "fastvenv", "--python", other.python.path, *extra]
            environ["PYTHONPATH"] = PACKAGES
        done = subprocess.run([*command, *line.split()], cwd=env.parent, env=environ, capture_output=True, check=True)
        return done.stdout + done.stderr, other.bytecode(env)

    compare_with(other, action, states.linked if "--clear" in line else states.absent, tmp_path)


def test_with_pip_cold_warm_and_in_each_link_mode(
    other: Oracle, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip is that of the interpreter's own wheels, its bytecode is the interpreter's, and ensurepip isn't needed."""
    if not other.python.has_ensurepip:
        pytest.skip("it has no ensurepip")
    if other.python.version < (3, 9):
        pytest.skip("its last releases came with two wheels of pip, so that ensurepip is run: test_the_command")
    env = tmp_path / "env"

    def tree() -> dict[str, object]:
        found = {"bytecode": other.bytecode(env), **snapshot(env, comparable)}
        shutil.rmtree(env)
        return found

    def ours() -> dict[str, object]:
        with seeding.records() as seen:
            fastvenv.create(env, **LINKS, with_pip=True, python=other.python.path)
        assert any("pip is installed natively" in line for line in seen), seen
        return tree()

    other.create(env, symlinks=True, with_pip=True)
    expected = tree()
    for mode in seeding.LINK_MODES:
        monkeypatch.setenv("FASTVENV_LINK_MODE", mode)
        assert differing(expected, ours()) == [], mode
    shutil.rmtree(cache)
    cache.write_text("a file is no cache")
    assert differing(expected, ours()) == [], "straight from the wheel"


def differing(expected: dict[str, object], found: dict[str, object]) -> list[str]:
    """The names under which something else is found."""
    return sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))


@pytest.mark.usefixtures("cache")
def test_an_upgrade_from_one_version_to_another(other: Oracle, tmp_path: Path) -> None:
    """An environment of the running interpreter becomes one of the other interpreter, with its pip."""
    if not other.python.has_ensurepip:
        pytest.skip("it has no ensurepip")
    env = tmp_path / "env"
    fastvenv.create(env, symlinks=True, with_pip=True)
    fastvenv.EnvBuilder(symlinks=True, with_pip=True, upgrade=True, python=other.python.path).create(env)
    shown = subprocess.check_output([env / "bin/python", "-Im", "pip", "--version"], text=True)
    assert f"{env}/lib/{other.python.library}/site-packages/pip (python {other.python.short})" in shown
    assert all(path.samefile(other.python.path) for path in (env / "bin").glob("python*"))


CONTEXT = """
import json, sys, venv
print(json.dumps(vars(venv.EnvBuilder(prompt="it's").ensure_directories(sys.argv[1]))))
"""


def test_the_context(other: Oracle, tmp_path: Path) -> None:
    """The context's fields have the values that the interpreter's own `venv` gives them."""
    env = os.fspath(tmp_path / "env")
    ours = fastvenv.EnvBuilder(prompt="it's", python=other.python.path).ensure_directories(env)
    theirs = json.loads(other.python.run(CONTEXT, env))
    purelib = f"{env}/lib/{other.python.library}/site-packages"
    assert vars(ours) == expected(theirs, other.python.version, purelib)
