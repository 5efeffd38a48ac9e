"""Nothing is written through a link inside an environment, nor made behind one."""

import os
import shutil
import subprocess
import sys

import pytest

import fastvenv
import faults
from platforms import posix_only

pytestmark = posix_only("the links are in the place of bin/ and lib/python3.x")

LINKS = {"symlinks": True, "scm_ignore_files": frozenset(["git"])}
FILES = ["pyvenv.cfg", ".gitignore", "bin/activate", "bin/activate.fish", "bin/activate.csh", "bin/Activate.ps1"]
PYTHON = f"python{sys.version_info[0]}.{sys.version_info[1]}{getattr(sys, 'abiflags', '').replace('d', '')}"
FOLDERS = ["bin", "include", "lib", f"lib/{PYTHON}", f"lib/{PYTHON}/site-packages"]
PACKAGES = f"lib/{PYTHON}/site-packages"
if (3, 11) <= sys.version_info < (3, 14):
    FOLDERS.append(f"include/python{sys.version_info[0]}.{sys.version_info[1]}{sys.abiflags}")


class WithScripts(fastvenv.EnvBuilder):
    """Installs a script of its own, in a directory below bin."""

    def post_setup(self, context):
        """Install it."""
        templates = os.path.join(os.path.dirname(context.env_dir), "templates")
        os.makedirs(os.path.join(templates, "common/sub/er"), exist_ok=True)
        with open(os.path.join(templates, "common/sub/er/own"), "w") as file:
            file.write("__VENV_NAME__\n")
        self.install_scripts(context, templates)


@pytest.fixture
def outside(tmp_path):
    """A directory that must stay as it is."""
    folder = tmp_path / "outside"
    (folder / "folder").mkdir(parents=True)
    (folder / "file").write_text("precious")
    return folder


@pytest.mark.parametrize("target", ["file", "missing", "folder"])
@pytest.mark.parametrize("upgrade", [False, True], ids=["create", "upgrade"])
def test_a_link_in_the_place_of_a_file(upgrade, target, tmp_path, outside):
    """A link where a file of ours belongs gives way to the file; what it leads to is neither written nor made."""
    env = tmp_path / "env"
    WithScripts(**LINKS).create(env)
    whole, before = faults.snapshot(env), faults.snapshot(outside)
    written = ["pyvenv.cfg", ".gitignore"] if upgrade else [*FILES, "bin/sub/er/own"]
    for name in written:
        (env / name).unlink()
        (env / name).symlink_to(outside / target)
    WithScripts(**LINKS, upgrade=upgrade).create(env)
    again = faults.snapshot(env)
    assert faults.snapshot(outside) == before
    if upgrade:
        assert "--upgrade" in (env / "pyvenv.cfg").read_text()
        del again["pyvenv.cfg"], whole["pyvenv.cfg"]
    assert again == whole


@pytest.mark.parametrize("how", ["file", "missing"])
def test_a_link_in_the_place_of_pip_s_scripts_and_modules(how, tmp_path, outside):
    """pip's own files replace links too, whether a run before was cut short or a stranger left them."""
    env = tmp_path / "env"
    fastvenv.create(env, **LINKS, with_pip=True)
    whole, before = faults.snapshot(env), faults.snapshot(outside)
    # With one of them there, ensurepip would do it.
    for dist_info in (env / PACKAGES).glob("*.dist-info"):
        dist_info.rename(tmp_path / dist_info.name)
    for name in ("bin/pip", "bin/pip3", f"{PACKAGES}/pip/__init__.py"):
        (env / name).unlink()
        (env / name).symlink_to(outside / how)
    fastvenv.create(env, **LINKS, with_pip=True)
    assert faults.snapshot(outside) == before
    assert faults.snapshot(env) == whole


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("options", [{}, {"upgrade": True}, {"with_pip": True}], ids=["create", "upgrade", "pip"])
def test_a_link_in_the_place_of_a_directory(options, name, tmp_path, outside):
    """A link where a directory of an environment belongs is refused like the environment's own, before any change."""
    env = tmp_path / "env"
    (env / name).parent.mkdir(parents=True)
    (env / name).symlink_to(outside)
    before = faults.snapshot(tmp_path)
    with pytest.raises(ValueError, match="Unable to create directory") as caught:
        fastvenv.EnvBuilder(**LINKS, **options).create(env)
    assert str(env / name) in str(caught.value)
    assert faults.snapshot(tmp_path) == before
    fastvenv.create(env, **LINKS, clear=True)
    assert (env / "pyvenv.cfg").is_file()
    assert os.listdir(outside / "folder") == []


@pytest.mark.parametrize("name", [".", *FOLDERS])
def test_a_link_that_leads_nowhere(name, tmp_path):
    """Where a directory belongs, a dangling link is a FileExistsError, as in venv; nothing is made."""
    env = tmp_path / "env"
    place = env if name == "." else env / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(tmp_path / "nowhere")
    before = faults.snapshot(tmp_path)
    for clear in (False, True) if name == "." else (False,):
        with pytest.raises(FileExistsError) as caught:
            fastvenv.create(env, **LINKS, clear=clear)
        assert caught.value.filename == str(place)
        assert faults.snapshot(tmp_path) == before


@pytest.mark.slow
@pytest.mark.parametrize("how", ["file", "missing"])
@pytest.mark.parametrize("cut_short", [True, False], ids=["without-metadata", "with-metadata"])
def test_links_where_ensurepip_installs_pip(cut_short, how, tmp_path, outside, monkeypatch):
    """pip itself doesn't write through a link that was in the place of its files either."""
    env = tmp_path / "env"
    fastvenv.create(env, **LINKS, with_pip=True)
    before = faults.snapshot(outside)
    for dist_info in (env / PACKAGES).glob("pip-*.dist-info") if cut_short else ():
        dist_info.rename(tmp_path / dist_info.name)
    for name in ("bin/pip", "bin/pip3", f"{PACKAGES}/pip/__init__.py", f"{PACKAGES}/pip/_internal/main.py"):
        (env / name).unlink()
        (env / name).symlink_to(outside / how)
    monkeypatch.setenv("FASTVENV_SEED", "ensurepip")
    fastvenv.create(env, **LINKS, with_pip=True)
    assert faults.snapshot(outside) == before
    if cut_short:
        assert not (env / "bin/pip").is_symlink()
        subprocess.run([env / "bin/pip", "--version"], check=True, stdout=subprocess.DEVNULL)


@pytest.mark.slow
def test_packages_made_of_links_are_upgraded_by_pip(tmp_path, monkeypatch):
    """uv can make an environment of links to the files of its cache: pip replaces them, and the cache stays."""
    env, cache = tmp_path / "env", tmp_path / "cache"
    fastvenv.create(env, **LINKS, with_pip=True)
    shutil.copytree(env / PACKAGES, cache)
    before = faults.snapshot(cache)
    for path in (env / PACKAGES).rglob("*"):
        if path.is_file():
            path.unlink()
            path.symlink_to(cache / path.relative_to(env / PACKAGES))
    for dist_info in (env / PACKAGES).glob("pip-*.dist-info"):
        shutil.rmtree(dist_info)
    monkeypatch.setenv("FASTVENV_SEED", "ensurepip")
    fastvenv.create(env, **LINKS, with_pip=True)
    assert faults.snapshot(cache) == before
    assert not (env / PACKAGES / "pip/__init__.py").is_symlink()


@pytest.mark.parametrize("seed", ["native", "ensurepip", "upgrade_deps"])
@pytest.mark.parametrize("name", ["pip", "pip/_internal", "pip/_internal/cli", "pip-24.0.dist-info"])
def test_a_link_in_the_place_of_pip_s_directories(name, seed, tmp_path, outside, monkeypatch):
    """A link in the place of a directory of pip is named before any change, and is not followed."""
    env = tmp_path / "env"
    place = env / PACKAGES / name
    place.parent.mkdir(parents=True)
    place.symlink_to(outside)
    before = faults.snapshot(tmp_path)
    if seed != "upgrade_deps":
        monkeypatch.setenv("FASTVENV_SEED", seed)
    wanted = {"upgrade_deps": True} if seed == "upgrade_deps" else {"with_pip": True}
    with pytest.raises(ValueError, match="Unable to create directory") as caught:
        fastvenv.create(env, **LINKS, **wanted)
    assert str(place) in str(caught.value)
    assert faults.snapshot(tmp_path) == before


@pytest.mark.parametrize("name", ["pip", "pip/_internal"])
def test_a_file_in_the_place_of_pip_s_directories(name, tmp_path):
    """A file in the place of a directory of pip is named, and stays."""
    env = tmp_path / "env"
    place = env / PACKAGES / name
    place.parent.mkdir(parents=True)
    place.write_text("in the way")
    before = faults.snapshot(tmp_path)
    with pytest.raises(ValueError, match="Unable to create directory") as caught:
        fastvenv.create(env, **LINKS, with_pip=True)
    assert str(place) in str(caught.value)
    if name == "pip":
        assert faults.snapshot(tmp_path) == before
    assert place.read_text() == "in the way"


def test_a_link_in_the_place_of_a_script_s_directory(tmp_path, outside):
    """Scripts of a subclass in directories of their own don't leave the environment either."""
    env = tmp_path / "env"
    (env / "bin/sub").mkdir(parents=True)
    (env / "bin/sub/er").symlink_to(outside)
    before = faults.snapshot(outside)
    with pytest.raises(ValueError, match="Unable to create directory"):
        WithScripts(**LINKS).create(env)
    assert faults.snapshot(outside) == before


def test_links_on_the_way_to_an_environment(tmp_path):
    """Links above an environment are the user's own, and work; so does the lib64 of its own."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    env = tmp_path / "link" / "env"
    for _ in range(2):
        WithScripts(**LINKS, with_pip=True).create(env)
    (env / "lib64").unlink(missing_ok=True)
    (env / "lib64").symlink_to("lib")
    WithScripts(**LINKS).create(env)
    assert (tmp_path / "real/env/bin/pip").is_file()
    assert os.readlink(env / "lib64") == "lib"


@pytest.mark.parametrize("name", ["pyvenv.cfg", "bin/activate", "bin/python"])
def test_a_file_with_a_second_name(name, tmp_path):
    """A hard link of a file is left with the old content: only the environment's own name gets the new one."""
    env = tmp_path / "env"
    options = {"symlinks": False}
    fastvenv.create(env, **options)
    mode = (env / name).stat().st_mode
    (env / name).write_text("old")
    os.link(env / name, tmp_path / "second")
    fastvenv.create(env, **options, prompt="new")
    if name != "bin/python":  # one that is there is left as it is
        assert (env / name).read_text() != "old"
    assert (tmp_path / "second").read_text() == "old"
    assert (env / name).stat().st_mode == mode


def test_a_second_name_of_another_owner_s_file(tmp_path):
    """What root makes in a user's environment doesn't change a file that the user has linked there."""
    faults.need_root()
    env = tmp_path / "env"
    fastvenv.create(env, **LINKS)
    (tmp_path / "elsewhere").write_text("precious")
    os.chown(tmp_path / "elsewhere", 65534, 65534)
    (env / "pyvenv.cfg").unlink()
    os.link(tmp_path / "elsewhere", env / "pyvenv.cfg")
    fastvenv.create(env, **LINKS)
    assert (tmp_path / "elsewhere").read_text() == "precious"
    assert "home = " in (env / "pyvenv.cfg").read_text()


def test_a_pipe_in_the_place_of_a_file(tmp_path):
    """Something that is neither file nor directory is replaced, and not waited for."""
    env = tmp_path / "env"
    env.mkdir()
    os.mkfifo(env / "pyvenv.cfg")
    fastvenv.create(env, **LINKS)
    assert (env / "pyvenv.cfg").is_file()


def test_a_link_that_may_not_be_replaced(tmp_path):
    """Where the directory takes no new names, a link is an error that names it, and its target is left alone."""
    faults.need_root()
    env = tmp_path / "env"
    fastvenv.create(env, **LINKS)
    (tmp_path / "elsewhere").write_text("precious")
    for path in [env, tmp_path / "elsewhere", *(env / "bin").iterdir()]:
        os.lchown(path, 65534, 65534)
    (env / "bin/activate").unlink()
    (env / "bin/activate").symlink_to(tmp_path / "elsewhere")
    (env / "pyvenv.cfg").unlink()
    code, path, *_ = faults.as_nobody(lambda: fastvenv.create(env, symlinks=True), tmp_path)
    assert (code, path) == ("13", str(env / "bin/activate"))
    assert (tmp_path / "elsewhere").read_text() == "precious"
