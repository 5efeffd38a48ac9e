"""Which Python the command takes: the one that was asked for, or the one that it was installed for."""

import os
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

import fastvenv
import pythons
from native_command.running import Runner, two

DIST_INFO = f"fastvenv-{version('fastvenv')}.dist-info"


@pytest.fixture(autouse=True)
def first_and_second():
    """Another Python, and the running one."""
    return two()


@pytest.fixture
def first(first_and_second):
    """Another Python than the running one."""
    return first_and_second[0]


@pytest.fixture
def second(first_and_second):
    """The running Python."""
    return first_and_second[1]


@pytest.fixture
def install(command, tmp_path):
    """`install(bin)` puts the command there; returns what runs it, with an empty PATH."""

    def install(directory):
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / "fastvenv"
        try:
            os.link(command, path)
        except OSError:
            shutil.copy2(command, path)
        runner = Runner(path, tmp_path)
        runner.environ["PATH"] = ""
        return runner

    return install


@pytest.fixture
def links(tmp_path):
    """`links(python3=python)` is a directory for PATH with links of these names."""

    def links(**names):
        directory = tmp_path / "in-path"
        directory.mkdir(exist_ok=True)
        for name, python in names.items():
            (directory / name).symlink_to(python.path)
        return str(directory)

    return links


def environment(python, env, *options):
    """An environment without pip, made by this Python's own venv; its `bin`."""
    subprocess.run([python.path, "-m", "venv", "--without-pip", *options, env], check=True)
    return env / "bin"


def test_in_an_environment_it_is_that_environment_s(install, first, tmp_path):
    """The new environment has the same base, and the same `pyvenv.cfg` as from `python3 -m venv` there."""
    bin_dir = environment(first, tmp_path / "of")
    runner = install(bin_dir)
    runner.asked()
    assert runner.version() == first.full
    ours = (runner.env / "pyvenv.cfg").read_text().splitlines()
    shutil.rmtree(runner.env)
    subprocess.run([bin_dir / "python3", "-m", "venv", "--without-pip", runner.env], check=True)
    theirs = (runner.env / "pyvenv.cfg").read_text().splitlines()
    if first.version >= (3, 11):  # before, there is neither the executable nor the base's home
        assert ours == theirs
    assert f"command = {bin_dir}/python3 -m venv --without-pip {runner.env}" in ours
    assert f"home = {first.path.parent}" in ours


def test_a_link_to_the_command_is_followed(install, first, tmp_path):
    """As pipx and `uv tool` install it: the environment that the link leads to counts."""
    runner = install(environment(first, tmp_path / "of"))
    link = tmp_path / "linked" / "fastvenv"
    link.parent.mkdir()
    link.symlink_to(runner.command[0])
    runner.command = [link]
    runner.asked()
    assert runner.version() == first.full


def test_an_installation_s_own_python(install, first, tmp_path):
    """In `bin` of an installation, its `python3` is taken, or its `python`."""
    runner = install(tmp_path / "root/bin")
    for name in ("python", "python3"):
        (tmp_path / "root/bin" / name).symlink_to(first.path)
        assert runner.asked() == [str(tmp_path / "root/bin" / name)]
        assert runner.version() == first.full


@pytest.mark.parametrize("packages", ["lib/{}/site-packages", "lib/{}/dist-packages", "lib64/{}/site-packages"])
def test_the_version_that_has_our_packages(packages, install, first, second, links, tmp_path):
    """As from `pip install --user`, or Debian's in /usr/local: `pythonX.Y` in PATH, whatever `python3` is."""
    runner = install(tmp_path / "root/bin")
    (tmp_path / "root" / packages.format(f"python{first.short}") / DIST_INFO).mkdir(parents=True)
    runner.environ["PATH"] = links(python3=second, **{f"python{first.short}": first})
    runner.asked()
    assert runner.version() == first.full
    # A Python of another version that happens to be there is not the one that fastvenv was installed for.
    (tmp_path / "root/bin/python3").symlink_to(second.path)
    runner.asked()
    assert runner.version() == first.full


def test_other_packages_say_nothing(install, first, second, links, tmp_path):
    """Packages of another fastvenv belong to another command."""
    runner = install(tmp_path / "root/bin")
    (tmp_path / f"root/lib/python{first.short}/site-packages/fastvenv-0.0.dist-info").mkdir(parents=True)
    runner.environ["PATH"] = links(python3=second, **{f"python{first.short}": first})
    runner.asked()
    assert runner.version() == second.full


def test_the_base_of_the_active_environment(install, first, second, links, tmp_path):
    """Elsewhere, the base of VIRTUAL_ENV comes before PATH; a deleted or broken environment doesn't count."""
    runner = install(tmp_path / "anywhere")
    bin_dir = environment(first, tmp_path / "of")
    environ = {"VIRTUAL_ENV": str(tmp_path / "of"), "PATH": links(python3=second)}
    runner.asked(**environ)
    assert runner.version() == first.full
    assert str(bin_dir) not in (runner.env / "pyvenv.cfg").read_text()
    for name in bin_dir.glob("python*"):
        name.unlink()
    runner.asked(**environ)
    assert runner.version() == second.full
    shutil.rmtree(tmp_path / "of")
    runner.asked(**environ)
    assert runner.version() == second.full


def test_a_relative_path_of_the_active_environment(install, first, second, links, tmp_path):
    """It may lead to a stranger's Python, since it depends on the current directory."""
    runner = install(tmp_path / "anywhere")
    environment(first, tmp_path / "of")
    runner.asked(VIRTUAL_ENV="of", PATH=links(python3=second))
    assert runner.version() == second.full


def test_python3_or_python_in_path(install, first, second, links, tmp_path):
    """Elsewhere, PATH decides; what doesn't work there is passed over."""
    runner = install(tmp_path / "anywhere")
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "python3").write_text("#!/bin/sh\nexit 1\n")
    (broken / "python3").chmod(0o755)
    runner.environ["PATH"] = f"{broken}:{links(python=first)}"
    runner.asked()
    assert runner.version() == first.full
    links(python3=second)
    runner.asked()
    assert runner.version() == second.full


def test_none_at_all(install, first, tmp_path):
    """Without any Python the error says where it was looked for; a file in the current directory is not taken."""
    runner = install(tmp_path / "anywhere")
    (tmp_path / "python3").symlink_to(first.path)
    for path in ("", "."):
        error = runner.refused(PATH=path)
        assert error.startswith("Error: There is no Python: neither 'python3' nor 'python' is beside ")
        assert f"'{tmp_path}/anywhere/fastvenv', or works in PATH, '{path}'." in error


def test_a_broken_environment_is_an_error(install, tmp_path, second, links):
    """The command of an environment whose base is gone takes no other Python."""
    runner = install(tmp_path / "of/bin")
    (tmp_path / "of/bin/python3").symlink_to("/gone/python3")
    error = runner.refused(PATH=links(python3=second))
    assert f"'{tmp_path}/of/bin/python3' can't be used: it is a link that leads nowhere." in error


@pytest.mark.parametrize("form", ["path", "relative", "directory", "environment", "version", "name"])
def test_what_may_be_asked_for(form, install, first, second, links, tmp_path):
    """`--python` takes what `python -m fastvenv --python` takes."""
    runner = install(environment(second, tmp_path / "own"))
    runner.environ["PATH"] = links(a_name=first, **{f"python{first.short}": first})
    environment(first, tmp_path / "of")
    wanted = {
        "path": first.path,
        "relative": "of/bin/python",
        "directory": pythons.twin(first.path, tmp_path / "installation").parents[1],
        "environment": tmp_path / "of",
        "version": first.short,
        "name": "a_name",
    }
    if form == "directory":
        for name in Path(wanted[form]).glob("bin/python*"):
            name.with_name("python3").symlink_to(name)
    runner.asked("--python", wanted[form])
    assert runner.version() == first.full


def test_its_own_python_is_the_first_to_have_a_version(install, second, links, tmp_path):
    """As for `python -m fastvenv`, where the running Python comes first."""
    own = environment(second, tmp_path / "own")
    runner = install(own)
    runner.environ["PATH"] = links(**{f"python{second.short}": second})
    assert runner.asked("--python", second.short) == [str(own / "python3")]


@pytest.mark.parametrize("wanted", ["3.99", "no-such-python", "./nothing", "", ">=3.10", "empty"])
def test_the_errors_are_those_of_the_other_command(wanted, install, second, tmp_path):
    """But for python-discovery, which only Python can ask."""
    own = environment(second, tmp_path / "own")
    runner = install(own)
    (tmp_path / "empty").mkdir()
    error = runner.refused("--python", wanted)
    module = Runner(own / "python3", tmp_path)
    module.command += ["-m", "fastvenv"]
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "python_discovery.py").write_text("raise ImportError\n")
    environ = {"PATH": "", "PYTHONPATH": f"{blocked}:{Path(fastvenv.__file__).parents[1]}"}
    theirs = module.refused("--python", wanted, **environ)
    assert error.partition(" python -m fastvenv also asks ")[0].strip() == (
        theirs.partition(" The package python-discovery finds ")[0].strip()
    )
    assert ("python -m fastvenv also asks" in error) == ("The package python-discovery" in theirs)
