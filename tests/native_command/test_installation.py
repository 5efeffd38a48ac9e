"""The command `fastvenv` comes with the package, in each way in which it is installed, and goes with it."""

import os
import re
import sys
from importlib import metadata
from pathlib import Path

import pytest

from native_command import installing
from platforms import python_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(command: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the fastvenv under test."""
    return installing.wheel(command, tmp_path_factory.mktemp("wheel"))


def files(folder: Path) -> "set[Path]":
    """The files below a directory, without bytecode."""
    return {path for path in folder.rglob("*") if not path.is_dir() and path.suffix != ".pyc"}


@pytest.mark.slow
@pytest.mark.parametrize("way", installing.WAYS, ids=lambda way: way.__name__)
def test_it_starts_after_installation_and_nothing_is_left_of_it(way, wheel, tmp_path, monkeypatch):
    """It creates an environment for the Python it was installed for; afterwards it is uninstalled without a trace."""
    installed = way(wheel, tmp_path / "installed", monkeypatch)
    monkeypatch.setenv("PATH", os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]]))
    installing.run(installed.command, "--without-pip", tmp_path / "made")
    program = "import sys; print(sys.prefix, sys.base_prefix, sep='\\n')"
    prefix, base = installing.run(python_of(tmp_path / "made"), "-c", program).splitlines()
    assert os.path.samefile(prefix, tmp_path / "made")
    assert os.path.samefile(base, sys.base_prefix)
    if installed.uninstall:
        installing.run(*installed.uninstall)
        assert [path for path in files(installed.directory) if "fastvenv" in str(path.relative_to(tmp_path))] == []


def test_it_is_installed_as_a_program_of_its_own():
    """The installed `fastvenv` is executable and no script of Python's."""
    installed = metadata.distribution("fastvenv")
    if any(file.suffix == ".pth" for file in installed.files):
        pytest.skip("maturin installs no command with an editable installation")
    [path] = [file.locate() for file in installed.files if file.stem == "fastvenv" and file.suffix in {"", ".exe"}]
    assert Path(path).read_bytes()[:2] != b"#!"
    assert "--without-pip" in installing.run(path, "--help")


def test_no_console_script_has_its_name():
    """pip and uv would write the console script and drop the program without a word."""
    assert [script for script in metadata.distribution("fastvenv").entry_points if script.name == "fastvenv"] == []


def test_the_wheel_s_directory_for_it_has_the_version():
    """A file in the `.data` directory of another version is installed as if it were a package."""
    cargo = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    [version] = re.findall(r'^version = "(.+)"$', cargo, re.MULTILINE)
    assert f'to = "fastvenv-{version}.data/"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_it_is_built_again_after_a_change_of_any_embedded_file():
    """build.rs names each file that the program is made of, for cargo runs it again only for those."""
    watched = re.search(r"SOURCES[^=]*=\s*\[(.*?)\];", (ROOT / "build.rs").read_text(encoding="utf-8"), re.DOTALL)
    sources = [ROOT / name for name in re.findall(r'"(.+?)"', watched[1])]
    assert all(source.exists() for source in sources)
    for path in (ROOT / "src").rglob("*.rs"):
        code = path.read_text(encoding="utf-8").partition("#[cfg(test)]")[0]
        for name in re.findall(r'include_(?:str|bytes)!\("(.+?)"\)', code):
            assert any((path.parent / name).resolve().is_relative_to(source) for source in sources), (path, name)
