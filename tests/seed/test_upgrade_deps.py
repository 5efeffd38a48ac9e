"""`upgrade_deps` upgrades the pip in the environment, whatever pip's settings say about where to install."""

import os
import subprocess
from pathlib import Path

import pytest

import fastvenv
import seeding
from platforms import posix_only
from seed.wheels import newer_wheel

pytestmark = posix_only("pip is configured by files below HOME and /etc")

NAMES = {"user": "1", "dry-run": "1", "ignore-installed": "1", "root": "{}", "prefix": "{}", "target": "{}"}


@pytest.fixture
def index(tmp_path, filled, monkeypatch):
    """A directory with a newer pip, in a process without settings of pip but that it has no other index."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(filled))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    folder = tmp_path / "index"
    folder.mkdir()
    newer_wheel(folder)
    return folder


def check_upgrade(tmp_path: Path) -> None:
    """The environment's pip is the new one, the old one is gone, and nothing has gone elsewhere."""
    env, elsewhere = tmp_path / "env", tmp_path / "elsewhere"
    fastvenv.create(env, symlinks=True, with_pip=True, upgrade_deps=True)
    version = subprocess.check_output([env / "bin/python", "-m", "pip", "--version"], text=True)
    assert version.startswith(f"pip 99.0 from {env}")
    assert [path.name for path in seeding.site_packages(env).glob("pip-*")] == ["pip-99.0.dist-info"]
    assert not elsewhere.exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_variables(name, tmp_path, index, monkeypatch):
    """A variable that would have pip install elsewhere, or not at all, is not passed on; that for the index is."""
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setenv(f"PIP_{name.replace('-', '_').upper()}", NAMES[name].format(tmp_path / "elsewhere"))
    check_upgrade(tmp_path)


FILES = {"user": "config/pip/pip.conf", "old": "home/.pip/pip.conf", "named": "own.conf"}


@pytest.mark.slow
@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("section", ["global", "install"])
def test_files(file, section, tmp_path, index, monkeypatch):
    """So are settings in pip's configuration files, however they are spelt."""
    path = tmp_path / FILES[file]
    path.parent.mkdir(parents=True, exist_ok=True)
    values = "\n".join(f"{name} = {NAMES[name]}" for name in ("target", "prefix")).format(*[tmp_path / "elsewhere"] * 2)
    path.write_text(f"[{section}]\n{values}\ndry_run = 1\nfind-links = {index}\n")
    if file == "named":
        monkeypatch.setenv("PIP_CONFIG_FILE", str(path))
    check_upgrade(tmp_path)


def test_the_system_wide_file(tmp_path, index, monkeypatch):
    """A file for all users counts, but for what would have pip install elsewhere."""
    (tmp_path / "xdg/pip").mkdir(parents=True)
    (tmp_path / "xdg/pip/pip.conf").write_text(
        f"[global]\ntarget = {tmp_path / 'elsewhere'}\nfind-links = {index}\n[install]\nuser = yes\n"
    )
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "xdg"))
    check_upgrade(tmp_path)


def test_another_interpreter(tmp_path, index, monkeypatch):
    """pip is not run with the interpreter that PIP_PYTHON names."""
    fastvenv.create(tmp_path / "other", symlinks=True, with_pip=True)
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setenv("PIP_PYTHON", str(tmp_path / "other/bin/python"))
    check_upgrade(tmp_path)
    assert "pip-99.0.dist-info" not in os.listdir(seeding.site_packages(tmp_path / "other"))


@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("text", ["[global", "target = 7"])
def test_a_file_that_is_broken(text, tmp_path, monkeypatch):
    """pip itself says what is wrong with it, and its pip stays."""
    (tmp_path / "own.conf").write_text(text)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "own.conf"))
    with pytest.raises(subprocess.CalledProcessError):
        check_upgrade(tmp_path)
    assert list(seeding.site_packages(tmp_path / "env").glob("pip-*"))


def test_nothing_is_left_of_it(tmp_path, index, monkeypatch):
    """The file made for pip is removed, and the process has its own variables still."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setenv("PIP_USER", "1")
    before = dict(os.environ)
    check_upgrade(tmp_path)
    assert dict(os.environ) == before
    assert os.listdir(tmp_path / "temporary") == []


def test_a_subclass_that_runs_the_child_itself(tmp_path):
    """An overridden `_call_new_python` gets the arguments of the standard library's."""

    class Builder(fastvenv.EnvBuilder):
        def _call_new_python(self, context, *py_args, **kwargs):
            self.args = py_args

    builder = Builder(symlinks=True, upgrade_deps=True)
    builder.create(tmp_path / "env")
    assert builder.args == ("-m", "pip", "install", "--upgrade", *fastvenv.CORE_VENV_DEPS)
