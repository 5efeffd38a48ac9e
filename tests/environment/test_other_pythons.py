"""What another Python has left in an environment, and links that lead nowhere: one whole environment, or an error."""

import logging
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import fastvenv
import pythons
import seeding
from parity.trees import snapshot
from platforms import posix_only

pytestmark = posix_only("the Pythons are links and copies in bin/")

LINKS = {"symlinks": True}
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
BASE = Path(sys._base_executable)
NAMES = sorted({BASE.name, "python", "python3", f"python{VERSION}"})
WHICH = "import sys; print('%d.%d' % sys.version_info[:2], sys.prefix, sys._base_executable)"


@pytest.fixture(scope="module")
def other():
    """A Python of another version that has ensurepip."""
    return pythons.another().path


def make(python: Path, *args: object, name: str | None = None) -> subprocess.CompletedProcess:
    """Have a Python make an environment; `name` is what it takes for its own path."""
    environ = {**os.environ, "PYTHONPATH": str(Path(fastvenv.__file__).parent.parent)}
    command = [name or python, "-m", "fastvenv", *args]
    return subprocess.run(command, executable=python, env=environ, capture_output=True, text=True, check=False)


def check_python(env: Path) -> None:
    """Every Python in the environment is this one, and none is missing."""
    found = sorted(path.name for path in (env / "bin").glob("python*"))
    assert found == NAMES
    for name in found:
        version, prefix, base = subprocess.check_output([env / "bin" / name, "-c", WHICH], text=True).split()
        assert (version, prefix) == (VERSION, str(env)), name
        if sys.version_info >= (3, 11):
            assert Path(base).samefile(BASE)
    assert f"version = {'.'.join(map(str, sys.version_info[:3]))}" in (env / "pyvenv.cfg").read_text()


def check_pip(env: Path) -> None:
    """Every pip in the environment is that of this Python."""
    scripts = sorted((env / "bin").glob("pip*"))
    assert [script.name for script in scripts] == ["pip", "pip3", f"pip{VERSION}"]
    for command in [[env / "bin" / "python", "-m", "pip"], *([script] for script in scripts)]:
        shown = subprocess.check_output([*command, "--version"], text=True)
        assert f"{env}/lib/python{VERSION}/" in shown
        assert f"(python {VERSION})" in shown


@pytest.mark.slow
@pytest.mark.parametrize("before", [["--without-pip"], [], ["--copies", "--without-pip"], ["--copies"]], ids=str)
@pytest.mark.parametrize("symlinks", [True, False])
def test_upgrade_makes_one_environment_of_another_pythons(before, symlinks, other, tmp_path):
    """After an upgrade by another version every name in `bin` is of that version, and so is pip."""
    env = tmp_path / "env"
    assert make(other, *before, env).returncode == 0
    fastvenv.EnvBuilder(symlinks=symlinks, with_pip=True, upgrade=True).create(env)
    check_python(env)
    check_pip(env)
    seeding.check_whole(env)


def test_both_may_have_the_name_python3(other, tmp_path):
    """It is not by its name that another Python is recognized."""
    env = tmp_path / "env"
    common = [path.with_name("python3") for path in (other, BASE)]
    if not all(path.exists() for path in common) or common[0].samefile(common[1]):
        pytest.skip("they have no name in common")
    assert make(common[0], "--without-pip", env).returncode == 0
    refused = make(common[1], env)
    assert refused.returncode == 1
    assert str(env / "bin" / "python3") in refused.stderr
    done = make(common[1], "--upgrade", env)
    assert (done.returncode, done.stderr) == (0, "")
    shown = subprocess.check_output([env / "bin" / "python", "-m", "pip", "--version"], text=True)
    assert f"(python {VERSION})" in shown


@pytest.mark.parametrize("with_pip", [True, False])
def test_a_link_to_another_python_is_refused_before_anything_is_written(with_pip, other, tmp_path):
    """Without an upgrade an environment of another Python is left as it is, and the error names the link."""
    env = tmp_path / "env"
    assert make(other, "--without-pip", env).returncode == 0
    before = snapshot(env)
    with pytest.raises(ValueError, match=rf"/env/bin/python3?' points to .*, {str(BASE)!r}"):
        fastvenv.create(env, with_pip=with_pip, **LINKS)
    assert snapshot(env) == before
    fastvenv.create(env, clear=True, **LINKS)
    check_python(env)


def test_copies_of_another_python_are_replaced(other, tmp_path):
    """A copy is overwritten as in venv, and then under all of its names."""
    env = tmp_path / "env"
    assert make(other, "--copies", env).returncode == 0
    fastvenv.create(env, symlinks=False, with_pip=True)
    check_python(env)
    check_pip(env)


@pytest.fixture
def twin(tmp_path):
    """Another installation of this version."""
    return pythons.twin(BASE, tmp_path / "twin")


def test_an_installation_of_the_same_version_is_another_python_too(twin, tmp_path, monkeypatch):
    """What counts is the file that is run, not its version; a second link to the same file is not another Python."""
    monkeypatch.setenv("LD_LIBRARY_PATH", sysconfig.get_config_var("LIBDIR") or "")
    env = tmp_path / "env"
    assert make(twin, "--without-pip", env).returncode == 0
    with pytest.raises(ValueError, match="Upgrade the environment"):
        fastvenv.create(env, **LINKS)
    fastvenv.EnvBuilder(upgrade=True, **LINKS).create(env)
    check_python(env)
    (tmp_path / "second").symlink_to(BASE)
    executable = env / "bin" / BASE.name
    executable.unlink()
    executable.symlink_to(tmp_path / "second")
    fastvenv.create(env, **LINKS)
    assert os.readlink(executable) == str(tmp_path / "second")
    check_python(env)


@pytest.mark.parametrize("upgrade", [False, True])
@pytest.mark.parametrize("target", ["/nowhere/python", "python", "python3", ".", "python/below"])
@pytest.mark.parametrize("symlinks", [True, False])
def test_links_that_lead_nowhere_are_replaced(symlinks, target, upgrade, tmp_path):
    """Dangling links, loops and links to a directory are no Python: venv reports success and leaves them."""
    env = tmp_path / "env"
    (env / "bin").mkdir(parents=True)
    for name in NAMES:
        (env / "bin" / name).symlink_to(target)
    fastvenv.EnvBuilder(symlinks=symlinks, upgrade=upgrade).create(env)
    check_python(env)


def test_pip_finds_no_dead_link(tmp_path):
    """With pip, too, a dead link is replaced."""
    env = tmp_path / "env"
    seeding.create(env)
    (env / "bin" / BASE.name).unlink()
    (env / "bin" / BASE.name).symlink_to("/nowhere/python")
    shutil.rmtree(env / "lib")
    seeding.create(env)
    check_python(env)
    check_pip(env)


def test_a_wrapper_stays(tmp_path):
    """A script in the place of `python`, or a link to one, is the user's own way to start the interpreter."""
    env = tmp_path / "env"
    fastvenv.create(env, **LINKS)
    wrapper = env / "bin" / "wrapper"
    wrapper.write_text(f'#!/bin/sh\nexec "{env}/bin/{BASE.name}" "$@"\n')
    wrapper.chmod(0o755)
    alias, link = [env / "bin" / name for name in NAMES if name != BASE.name]
    alias.unlink()
    shutil.copy(wrapper, alias)
    link.unlink()
    link.symlink_to("wrapper")
    fastvenv.create(env, **LINKS)
    assert alias.read_text() == wrapper.read_text()
    assert os.readlink(link) == "wrapper"


def test_an_empty_file_is_no_python(tmp_path):
    """What a killed copy left under one of the names is replaced."""
    env = tmp_path / "env"
    fastvenv.create(env, **LINKS)
    (env / "bin" / "python").unlink()
    (env / "bin" / "python").touch(mode=0o755)
    fastvenv.create(env, **LINKS)
    check_python(env)


def test_a_directory_is_no_python(tmp_path):
    """A directory in the place of `python` is an error, not a success without Python."""
    (tmp_path / "env" / "bin" / "python").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        fastvenv.create(tmp_path / "env", **LINKS)


def test_a_base_interpreter_that_is_gone_is_an_error(tmp_path, monkeypatch):
    """A link to a Python that was uninstalled meanwhile is not made."""
    monkeypatch.setattr(sys, "_base_executable", str(tmp_path / "gone" / "python3"))
    with pytest.raises(FileNotFoundError) as caught:
        fastvenv.create(tmp_path / "env", **LINKS)
    assert caught.value.filename == str(tmp_path / "gone" / "python3")


@pytest.mark.slow
@pytest.mark.parametrize("mode", [[], ["--copies"]], ids=["links", "copies"])
def test_the_name_of_another_python_gets_its_pip_whatever_the_cache_holds(mode, other, tmp_path, monkeypatch):
    """`exec -a` with the path of another Python: its environment has its pip, whether the cache is empty or not."""
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(tmp_path / "cache"))
    outcomes = []
    for env in (tmp_path / "cold", tmp_path / "warm"):
        if env.name == "warm":
            seeding.create_natively(tmp_path / "filling")
        done = make(BASE, *mode, env, name=str(other))
        shown = [done.returncode]
        for command in [["python", "-m", "pip"], ["pip"]]:
            command[0] = env / "bin" / command[0]
            shown.append(subprocess.check_output([*command, "--version"], text=True).replace(env.name, "env"))
        outcomes.append(shown)
    assert outcomes[0] == outcomes[1]
    assert f"(python {other.name.removeprefix('python')})" in outcomes[0][1]


def test_a_copy_that_may_not_be_executed_is_an_error_with_pip(mount, tmp_path, caplog):
    """On a file system mounted noexec, pip is an error as in venv; without pip there is a warning."""
    env = mount(tmp_path / "mounted", "noexec") / "env"
    with pytest.raises(PermissionError):
        fastvenv.create(env, symlinks=False, with_pip=True)
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        fastvenv.create(env, symlinks=False)
    assert "can't be executed" in caplog.text
    caplog.clear()
    seeding.create(env.with_name("links"))
    check_python(env.with_name("links"))
    assert not caplog.text
