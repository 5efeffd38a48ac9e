"""Each way to name an interpreter finds the one that is meant."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from unittest import mock

import pytest

import fastvenv
import pythons
from platforms import posix_only

pytestmark = posix_only("Pythons are found by the names that they have in bin/")

MODULE = [sys.executable, "-m", "fastvenv"]


def create(python, env):
    """An environment without pip, with links."""
    fastvenv.create(env, symlinks=True, python=python)


class Fspath:
    """A path that is neither a `str` nor a `Path`."""

    def __init__(self, path):
        self.path = path

    def __fspath__(self):
        return str(self.path)


@pytest.mark.parametrize("kind", [str, Path, Fspath])
def test_the_path_of_an_executable(kind, other, is_of, tmp_path):
    """A path may be a string or path-like."""
    create(kind(other.path), tmp_path / "env")
    assert is_of(other)


def test_a_relative_path(other, is_of, tmp_path, monkeypatch):
    """A relative path starts in the current directory."""
    monkeypatch.chdir(other.path.parent)
    create(f"./{other.path.name}", tmp_path / "env")
    assert is_of(other)


def test_a_link_to_an_executable(other, tmp_path):
    """A link somewhere else leads to the installation of what it points to."""
    (tmp_path / "link").symlink_to(other.path)
    create(tmp_path / "link", tmp_path / "env")
    created = other._replace(path=tmp_path / "env" / "bin" / "python")
    assert created.run("import sys; print(sys.prefix != sys.base_prefix)") == "True\n"


@pytest.mark.parametrize("name", ["bin/python", "bin/python3", "."])
def test_an_environment_stands_for_its_base(name, other, is_of, tmp_path):
    """Of an environment's executable or directory, the base is used, and nothing leads back to the environment."""
    other.run("import sys, venv; venv.create(sys.argv[1], symlinks=True)", tmp_path / "inner")
    create(tmp_path / "inner" / name, tmp_path / "env")
    shutil.rmtree(tmp_path / "inner")
    assert is_of(other)


def test_an_environment_in_an_environment_stands_for_its_base(other, is_of, tmp_path):
    """Also where fastvenv itself created the environment for that interpreter."""
    create(other.path, tmp_path / "first")
    create(tmp_path / "first", tmp_path / "second")
    create(tmp_path / "second" / "bin" / "python", tmp_path / "env")
    for name in ("first", "second"):
        shutil.rmtree(tmp_path / name)
    assert is_of(other)


def test_an_environment_of_the_running_interpreter(tmp_path):
    """An environment's Python gives the tree that the running interpreter gives, and names itself as the command."""
    create(None, tmp_path / "inner")
    create(tmp_path / "inner" / "bin" / "python", tmp_path / "env")
    config = (tmp_path / "env" / "pyvenv.cfg").read_text()
    assert f"home = {pythons.RUNNING.parent}\n" in config
    assert f"command = {tmp_path}/inner/bin/python -m venv " in config


@pytest.mark.parametrize("as_text", [True, False])
def test_the_directory_of_an_installation(as_text, other, is_of, tmp_path):
    """Of an installation, its bin/python3 is used."""
    installation = pythons.twin(other.path, tmp_path / "twin")
    installation.rename(installation.with_name("python3"))
    create(str(tmp_path / "twin") if as_text else tmp_path / "twin", tmp_path / "env")
    assert is_of(pythons.ask(tmp_path / "twin" / "bin" / "python3"))


def test_a_directory_with_bin_python_only(other, is_of, tmp_path):
    """Where there is no bin/python3, bin/python is used."""
    installation = pythons.twin(other.path, tmp_path / "twin")
    installation.rename(installation.with_name("python"))
    create(tmp_path / "twin", tmp_path / "env")
    assert is_of(pythons.ask(tmp_path / "twin" / "bin" / "python"))


@pytest.mark.usefixtures("path")
def test_a_name_in_path(other, is_of, tmp_path, script):
    """A name is looked up in PATH, and what it starts is used."""
    script(f'exec "{other.path}" "$@"', "snake")
    create("snake", tmp_path / "env")
    assert is_of(other)


@pytest.mark.usefixtures("path")
def test_a_name_in_path_comes_before_a_file_here(other, is_of, tmp_path, script, monkeypatch):
    """Without a slash a name isn't a file in the current directory, as for a shell."""
    script(f'exec "{other.path}" "$@"', "snake")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "snake").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "snake").chmod(0o755)
    create("snake", tmp_path / "env")
    assert is_of(other)


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("what", ["executable", "environment"])
@pytest.mark.parametrize("discovery", [True, False])
def test_a_name_is_nothing_in_the_current_directory(what, discovery, other, tmp_path, monkeypatch):
    """What a cloned repository has under the name of a Python isn't started."""
    monkeypatch.chdir(tmp_path)
    if what == "executable":
        (tmp_path / "snake").symlink_to(other.path)
    else:
        create(other.path, "snake")
    asked = mock.Mock(get_interpreter=lambda *_, **__: pytest.fail("it could find the one here"))
    monkeypatch.setitem(sys.modules, "python_discovery", asked if discovery else None)
    with pytest.raises(ValueError, match=r"For the one in the current directory, write '\./snake'\.$"):
        create("snake", tmp_path / "env")
    assert not (tmp_path / "env").exists()
    create("./snake", tmp_path / "env")


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("name", ["python{short}", "python3", "python"])
@pytest.mark.parametrize("version", ["{short}", "{full}"])
def test_a_version(version, name, other, is_of, tmp_path, script):
    """A version is found under each of the names that it may have in PATH."""
    script(f'exec "{other.path}" "$@"', name.format(short=other.short))
    create(version.format(short=other.short, full=other.full), tmp_path / "env")
    assert is_of(other)


@pytest.mark.usefixtures("path")
def test_shims_that_fail_or_answer_for_another_version(other, is_of, tmp_path, script):
    """What doesn't run, or is another version, is passed over."""
    script("echo 'pyenv: command not found' >&2; exit 127", f"python{other.short}")
    script(f'exec "{pythons.RUNNING}" "$@"', "python3")
    script(f'exec "{other.path}" "$@"', "python")
    create(other.short, tmp_path / "env")
    assert is_of(other)


def test_a_shim_in_an_earlier_directory_of_path(other, is_of, path, tmp_path, script, monkeypatch):
    """A shim that fails doesn't hide a Python of the same name in a later directory of PATH."""
    script("exit 127", f"python{other.short}")
    monkeypatch.setenv("PATH", os.pathsep.join([str(path), str(other.path.parent)]))
    create(other.short, tmp_path / "env")
    assert is_of(other)


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("version", ["3", pythons.VERSION, "{}.{}.{}".format(*sys.version_info)])
def test_the_running_interpreter_comes_first(version, tmp_path, script):
    """A version that fits the running interpreter means this one; nothing in PATH is started."""
    for name in ("python", "python3", f"python{pythons.VERSION}"):
        script(f'touch "{tmp_path}/started"; exit 1', name)
    create(version, tmp_path / "env")
    create(None, tmp_path / "plain")
    configs = [(tmp_path / name / "pyvenv.cfg").read_text().replace(f"/{name}\n", "/\n") for name in ("env", "plain")]
    assert configs[0] == configs[1]
    assert not (tmp_path / "started").exists()


@pytest.mark.usefixtures("path")
@pytest.mark.skipif(sys.version_info < (3, 13), reason="there is no free-threaded Python before 3.13")
def test_free_threaded_is_another_version(refused):
    """3.13t isn't 3.13: without a free-threaded Python it is refused."""
    free_threaded = not getattr(sys, "_is_gil_enabled", lambda: True)()
    if free_threaded:
        pytest.skip("the running interpreter is free-threaded")
    assert f"{pythons.VERSION}t" in refused(f"{pythons.VERSION}t")


@pytest.mark.usefixtures("path")
def test_a_version_that_is_not_there(other, script, refused):
    """The message says what was looked for, where, what was found instead, and which extra would look elsewhere."""
    script(f'exec "{other.path}" "$@"', "python3")
    message = refused("3.99")
    for part in ("3.99", "python3.99", "PATH", other.full, "fastvenv[discovery]"):
        assert part in message, part


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("name", ["pypy3.99", "no-such-python", ">=3.99", "cpython3.99-64"])
def test_a_name_that_is_not_there(name, refused):
    """The message names what was looked for, and the extra that would look elsewhere."""
    message = refused(name)
    assert name in message
    assert "fastvenv[discovery]" in message


def test_what_python_discovery_finds(other, is_of, tmp_path, monkeypatch):
    """With the extra, what PATH doesn't have is left to the package python-discovery."""
    monkeypatch.delitem(sys.modules, "python_discovery")
    pytest.importorskip("python_discovery")
    monkeypatch.setenv("PATH", str(other.path.parent))
    create(f"=={other.full}", tmp_path / "env")
    assert is_of(other)


@pytest.mark.slow
def test_what_python_discovery_does_not_find(refused, monkeypatch):
    """With the extra installed, the message doesn't advise to install it."""
    monkeypatch.delitem(sys.modules, "python_discovery")
    pytest.importorskip("python_discovery")
    message = refused("==3.99.1")
    assert "3.99.1" in message
    assert "fastvenv[discovery]" not in message


def test_the_command(other, is_of, tmp_path):
    """`--python` is accepted with and without an equals sign, and several environments are created at once."""
    subprocess.run([*MODULE, "--without-pip", "--python", other.path, tmp_path / "a", tmp_path / "b"], check=True)
    subprocess.run([*MODULE, f"--python={other.path}", "--without-pip", tmp_path / "c"], check=True)
    for name in "abc":
        assert is_of(other, tmp_path / name)


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize("spec", ["/no/such/python", "no-such-python", "3.99", ".", ""])
def test_the_command_refuses(spec, tmp_path):
    """What isn't found is said on stderr after `Error: `, with status 1, and nothing is written."""
    done = subprocess.run([*MODULE, "--python", spec, "env"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.match(r"Error: .*\S", done.stderr)
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "env").exists()


def test_without_python_nothing_is_asked(tmp_path):
    """None means the running interpreter, as without the parameter."""
    create(None, tmp_path / "env")
    assert fastvenv.EnvBuilder().python is None
    assert f"home = {Path(sys._base_executable).parent}\n" in (tmp_path / "env" / "pyvenv.cfg").read_text()
