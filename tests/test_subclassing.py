"""A subclass of EnvBuilder, and an instance of it, is all that one of the standard library's is."""

import abc
import copy
import pickle
import types
import typing
import venv
import weakref
from unittest import mock

import pytest

import fastvenv

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
    assert {"_venv_path", "symlink_or_copy", "install_scripts", "replace_variables"} <= set(builder.calls)


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
    assert "changed" in (tmp_path / "env" / "bin" / "activate").read_text()


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


def test_replace_variables_needs_no_script_path():
    """Before 3.14 contexts had no script_path; a text without one is taken for a POSIX script."""
    context = types.SimpleNamespace(env_dir="/a b", env_name="a b", prompt="p", bin_name="bin", env_exe="/a b/x")
    text = fastvenv.EnvBuilder().replace_variables("__VENV_DIR__ __VENV_PROMPT__", context)
    assert text == "'/a b' p"


def test_replace_variables_of_a_subclass_decides(tmp_path):
    """install_scripts writes what an overridden replace_variables returns."""

    class Builder(fastvenv.EnvBuilder):
        def replace_variables(self, text, context):
            return super().replace_variables(text, context).replace("@OURS@", context.env_name)

    scripts = tmp_path / "scripts" / "common"
    scripts.mkdir(parents=True)
    (scripts / "script").write_text("@OURS@")
    builder = Builder()
    context = builder.ensure_directories(str(tmp_path / "env"))
    builder.install_scripts(context, str(scripts.parent))
    assert (tmp_path / "env" / "bin" / "script").read_text() == "env"


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


def test_a_mock_on_an_instance_stands_in_for_a_stage(tmp_path):
    """An attribute of the instance is called instead of the method, with the context alone."""
    builder = fastvenv.EnvBuilder(with_pip=True)
    builder._setup_pip = mock.Mock()
    builder.create(tmp_path / "env")
    ((context,), _) = builder._setup_pip.call_args
    assert context.env_dir == str(tmp_path / "env")


@pytest.mark.parametrize("name", ["_venv_path", "symlink_or_copy", "replace_variables"])
@pytest.mark.parametrize("way", ["subclass", "class", "instance", "attribute hook"])
def test_no_way_of_standing_in_for_a_helper_is_overlooked(name, way, tmp_path):
    """What a stage calls for a part of its work is whatever a plain call would reach, however it came there."""
    builder = fastvenv.EnvBuilder(symlinks=True)
    watched = mock.Mock(side_effect=getattr(builder, name))
    method = staticmethod(watched)
    if way == "class":
        with mock.patch.object(fastvenv.EnvBuilder, name, method):
            builder.create(tmp_path / "env")
    else:
        if way == "instance":
            setattr(builder, name, watched)
        elif way == "subclass":
            builder = type("Sub", (fastvenv.EnvBuilder,), {name: method})(symlinks=True)
        else:

            class Hooked(fastvenv.EnvBuilder):
                def __getattribute__(self, attribute):
                    return watched if attribute == name else super().__getattribute__(attribute)

            builder = Hooked(symlinks=True)
        builder.create(tmp_path / "env")
    assert watched.call_count > 1


def test_patching_the_class_reaches_every_subclass(tmp_path):
    """mock.patch.object on EnvBuilder is seen by instances of subclasses and undone afterwards."""
    before = vars(fastvenv.EnvBuilder)["setup_scripts"]
    with mock.patch.object(fastvenv.EnvBuilder, "setup_scripts") as patched:
        Picklable().create(tmp_path / "env")
    assert patched.call_count == 1
    assert vars(fastvenv.EnvBuilder)["setup_scripts"] is before


def test_patching_subprocess_through_the_package_is_seen(tmp_path):
    """The child is run by whatever stands at fastvenv.subprocess.check_output."""
    builder = fastvenv.EnvBuilder()
    context = builder.ensure_directories(str(tmp_path / "env"))
    with mock.patch("fastvenv.subprocess.check_output") as check_output:
        builder.upgrade_dependencies(context)
    ((args,), kwargs) = check_output.call_args
    assert args == [context.env_exec_cmd, "-m", "pip", "install", "--upgrade", *fastvenv.CORE_VENV_DEPS]
    assert (kwargs["cwd"], kwargs["env"]["VIRTUAL_ENV"]) == (context.env_dir, context.env_dir)
    assert not {"PYTHONHOME", "PYTHONPATH"} & set(kwargs["env"])


def test_attributes_are_those_of_the_standard_library():
    """vars() of an instance has the documented attributes with the standard library's values."""
    ours = vars(fastvenv.EnvBuilder(prompt=".", symlinks=True, scm_ignore_files={"GIT"}))
    theirs = vars(venv.EnvBuilder(prompt=".", symlinks=True))
    assert {name: ours[name] for name in theirs if name != "scm_ignore_files"} == {
        name: value for name, value in theirs.items() if name != "scm_ignore_files"
    }
    assert ours["scm_ignore_files"] == frozenset({"git"})
    assert ours["orig_prompt"] == "."
