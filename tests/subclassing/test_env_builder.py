"""A subclass of EnvBuilder, and an instance of it, is all that one of the standard library's is."""

import abc
import copy
import os
import pathlib
import pickle
import types
import typing
import venv
import weakref
from unittest import mock

import pytest

import fastvenv
from platforms import BIN, IS_WINDOWS, posix_only

STAGES = [
    "ensure_directories",
    "create_git_ignore_file",
    "create_configuration",
    "setup_python",
    "_setup_pip",
    "setup_scripts",
    "post_setup",
    "create_configuration",
    "upgrade_dependencies",
]


def recording(module, fake=()):
    """A subclass of the module's EnvBuilder that records the stages as they come, some of them faked."""

    class Recording(module.EnvBuilder):
        def __init__(self, *args, **kwargs):
            self.calls = []
            super().__init__(*args, **kwargs)

    def recorded(name):
        def stage(self, *args, **kwargs):
            self.calls.append(name)
            return None if name in fake else getattr(super(Recording, self), name)(*args, **kwargs)

        return stage

    names = [name for name, value in vars(fastvenv.EnvBuilder).items() if callable(value) and name != "create"]
    for name in names:
        if not name.startswith("__") and hasattr(module.EnvBuilder, name):
            setattr(Recording, name, recorded(name))
    return Recording


def test_every_stage_is_reached_through_self_in_the_documented_order(tmp_path):
    """create() calls the stages of the subclass, the private ones too, in the documented order."""
    cls = recording(fastvenv, fake=["_setup_pip", "upgrade_dependencies"])
    builder = cls(with_pip=True, system_site_packages=True, upgrade_deps=True, scm_ignore_files=["git"])
    builder.create(tmp_path / "env")
    assert [call for call in builder.calls if call in STAGES] == STAGES
    helpers = {"_venv_path", "install_scripts", "replace_variables"}
    if not IS_WINDOWS:  # setup_python doesn't call it there
        helpers.add("symlink_or_copy")
    assert helpers <= set(builder.calls)


def test_an_upgrade_leaves_out_scripts_and_post_setup(tmp_path):
    """With upgrade, the stages are those that renew the interpreter."""
    builder = recording(fastvenv)(upgrade=True)
    builder.create(tmp_path / "env")
    assert [call for call in builder.calls if call in STAGES] == [
        "ensure_directories",
        "create_configuration",
        "setup_python",
    ]


def test_clear_directory_is_a_stage(tmp_path):
    """An overridden clear_directory decides what clear deletes."""
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "kept").touch()
    builder = recording(fastvenv, fake=["clear_directory"])(clear=True)
    builder.create(tmp_path / "env")
    assert "clear_directory" in builder.calls
    assert (tmp_path / "env" / "kept").exists()


def test_system_site_packages_is_off_until_post_setup_has_run(tmp_path):
    """Hooks see the attribute off and pyvenv.cfg saying so; afterwards both have what was asked for."""
    seen = []

    class Builder(fastvenv.EnvBuilder):
        def post_setup(self, context):
            with open(context.cfg_path) as file:
                seen.append((self.system_site_packages, "packages = false" in file.read()))

    builder = Builder(system_site_packages=True)
    builder.create(tmp_path / "env")
    assert seen == [(False, True)]
    assert builder.system_site_packages is True
    assert "packages = true" in (tmp_path / "env" / "pyvenv.cfg").read_text()


def test_stages_read_the_context_when_they_run(tmp_path):
    """What a hook changes in the context, the next stages use."""

    class Builder(fastvenv.EnvBuilder):
        def ensure_directories(self, env_dir):
            context = super().ensure_directories(env_dir)
            context.prompt = "changed"
            context.python_dir = "/somewhere/else"
            return context

    Builder().create(tmp_path / "env")
    assert "home = /somewhere/else\n" in (tmp_path / "env" / "pyvenv.cfg").read_text()
    assert "changed" in (tmp_path / "env" / BIN / "activate").read_text()


def test_the_documented_pattern_of_own_keywords(tmp_path):
    """A subclass may take keywords of its own and set attributes before it calls super().__init__."""

    class Extended(fastvenv.EnvBuilder):
        def __init__(self, *args, **kwargs):
            self.progress = kwargs.pop("progress", None)
            self.verbose = kwargs.pop("verbose", False)
            super().__init__(*args, **kwargs)

        def post_setup(self, context):
            self.progress(context.env_name)

    names = []
    Extended(progress=names.append, verbose=True, prompt="p").create(tmp_path / "env")
    assert names == ["env"]


def test_a_builder_that_never_calls_super_works(tmp_path):
    """A subclass written for an older Python, which sets the attributes that it knew, still works."""

    class Old(fastvenv.EnvBuilder):
        def __init__(self):
            self.system_site_packages = self.clear = self.upgrade = self.with_pip = False
            self.symlinks = True
            self.prompt = None

    Old().create(tmp_path / "env")
    assert (tmp_path / "env" / "pyvenv.cfg").exists()


def test_a_partial_context_serves_the_stage_that_it_is_made_for(tmp_path):
    """A stage asks of a context what the standard library's asks, and no more."""
    seen = []

    class Embedded(fastvenv.EnvBuilder):
        def _call_new_python(self, context, *args, **kwargs):
            seen.append((context.env_exec_cmd, args))

    Embedded()._setup_pip(types.SimpleNamespace(env_exec_cmd="python", env_dir=str(tmp_path)))
    assert seen == [("python", ("-m", "ensurepip", "--upgrade", "--default-pip"))]


class Picklable(fastvenv.EnvBuilder):
    """Stands at module level, so that pickle finds it."""


class DictBuilder(fastvenv.EnvBuilder, dict):
    """A builder that is a dict too."""


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("cls", [fastvenv.EnvBuilder, Picklable])
def test_pickling_keeps_the_state(cls, protocol):
    """Every pickle protocol brings class and attributes back."""
    builder = cls(prompt="p", scm_ignore_files=["Git"])
    loaded = pickle.loads(pickle.dumps(builder, protocol))
    assert (type(loaded), vars(loaded)) == (cls, vars(builder))


def test_copying_keeps_the_state():
    """copy.copy and copy.deepcopy give builders with the same attributes."""
    builder = Picklable(prompt="p")
    for copied in (copy.copy(builder), copy.deepcopy(builder)):
        assert (type(copied), vars(copied)) == (Picklable, vars(builder))


def test_a_dict_as_second_base(tmp_path):
    """A class may derive from EnvBuilder and from dict, and an instance is both."""
    builder = DictBuilder(prompt="p")
    builder["key"] = "value"
    builder.create(tmp_path / "env")
    assert dict(builder) == {"key": "value"}
    copied = pickle.loads(pickle.dumps(builder))
    assert (dict(copied), copied.prompt) == ({"key": "value"}, "p")


def test_abstract_generic_and_mixed_classes(tmp_path):
    """ABC, Generic and mixins before EnvBuilder work as with a class written in Python."""
    item = typing.TypeVar("item")

    class Mixin:
        def post_setup(self, context):
            self.mixed = context.env_name
            super().post_setup(context)

    class Abstract(abc.ABC, fastvenv.EnvBuilder, typing.Generic[item]):
        @abc.abstractmethod
        def needed(self): ...

    class Concrete(Mixin, Abstract[int]):
        def needed(self): ...

    with pytest.raises(TypeError, match="abstract"):
        Abstract()
    builder = Concrete()
    builder.create(tmp_path / "env")
    assert builder.mixed == "env"


def test_weak_references():
    """An instance can be referred to weakly and is freed in time."""
    builder = fastvenv.EnvBuilder()
    reference = weakref.ref(builder)
    assert reference() is builder
    del builder
    assert reference() is None


def test_who_says_where_the_folders_are_needs_no_scheme(tmp_path):
    """With an overridden _venv_path, sysconfig is not asked for the scheme."""

    class Builder(fastvenv.EnvBuilder):
        def _venv_path(self, env_dir, name):
            return os.path.join(env_dir, name)

    with mock.patch("sysconfig.get_paths", side_effect=KeyError):
        context = Builder().ensure_directories(str(tmp_path / "env"))
    assert context.bin_path == os.path.join(tmp_path, "env", "scripts")


@posix_only("the standard library has no symlink_or_copy for it")
@pytest.mark.parametrize("module", [venv, fastvenv])
def test_helpers_take_what_the_system_takes(module, tmp_path):
    """Paths of bytes, and anything for a truth value."""
    builder = module.EnvBuilder(symlinks=True)
    (tmp_path / "source").touch()
    builder.symlink_or_copy(bytes(tmp_path / "source"), bytes(tmp_path / "link"))
    builder.symlink_or_copy(str(tmp_path / "source"), str(tmp_path / "beside"), 1)
    assert (tmp_path / "link").readlink() == tmp_path / "source"
    assert str((tmp_path / "beside").readlink()) == "source"
    builder.clear_directory(bytes(tmp_path))
    assert not list(tmp_path.iterdir())


@posix_only("the folders are named as on POSIX")
@pytest.mark.skipif(not hasattr(venv.EnvBuilder, "_venv_path"), reason="this version has no such stage")
@pytest.mark.parametrize("scripts", [".", "x/../bin", "deeper/bin", "../beside", pathlib.Path("bin")], ids=str)
def test_folders_of_a_subclass_come_into_the_context_as_they_are(scripts, tmp_path):
    """What an overridden _venv_path returns is what the context holds, and bin_name is the way there."""

    def told(module):
        class Builder(module.EnvBuilder):
            def _venv_path(self, env_dir, name):
                found = super()._venv_path(env_dir, name)
                if name != "scripts":
                    return found
                joined = os.path.join(env_dir, scripts)
                return pathlib.Path(joined) if isinstance(scripts, pathlib.Path) else joined

        context = vars(Builder().ensure_directories(str(tmp_path / "env")))
        return {name: context[name] for name in ("bin_path", "bin_name", "env_exe", "inc_path")}

    (tmp_path / "env/x").mkdir(parents=True)
    assert told(fastvenv) == told(venv)


def test_attributes_are_those_of_the_standard_library():
    """vars() of an instance has the documented attributes with the standard library's values."""
    ours = vars(fastvenv.EnvBuilder(prompt=".", symlinks=True, scm_ignore_files={"GIT"}))
    theirs = vars(venv.EnvBuilder(prompt=".", symlinks=True))
    assert {name: ours[name] for name in theirs if name != "scm_ignore_files"} == {
        name: value for name, value in theirs.items() if name != "scm_ignore_files"
    }
    assert ours["scm_ignore_files"] == frozenset({"git"})
    assert ours["orig_prompt"] == "."
