"""Mocks and patches reach in fastvenv what they reach in `venv`."""

import functools
import subprocess
import sys
import venv
from unittest import mock

import pytest

import fastvenv
from platforms import BIN, posix_only, python_of


class Derived(fastvenv.EnvBuilder):
    """A subclass that changes nothing."""


def test_a_mock_on_an_instance_stands_in_for_a_stage(tmp_path):
    """An attribute of the instance is called instead of the method, with the context alone."""
    builder = fastvenv.EnvBuilder(with_pip=True)
    builder._setup_pip = mock.Mock()
    builder.create(tmp_path / "env")
    ((context,), _) = builder._setup_pip.call_args
    assert context.env_dir == str(tmp_path / "env")


class Pretender:
    """Equal to what it wraps, and like it in all else, as the proxies of tracing tools are."""

    def __init__(self, wrapped):
        self.wrapped, self.calls = wrapped, 0

    def __call__(self, *args, **kwargs):
        """Count the call."""
        self.calls += 1
        return self.wrapped(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self.wrapped, name)

    def __eq__(self, other):
        return self.wrapped == other

    __hash__ = None

    @property
    def __class__(self):
        return type(self.wrapped)


NOT_ON_WINDOWS = posix_only("setup_python doesn't call symlink_or_copy there")


@pytest.mark.parametrize(
    "name", ["_venv_path", pytest.param("symlink_or_copy", marks=NOT_ON_WINDOWS), "replace_variables"]
)
@pytest.mark.parametrize("way", ["subclass", "class", "instance", "attribute hook"])
def test_no_way_of_standing_in_for_a_helper_is_overlooked(name, way, tmp_path):
    """What a stage calls for a part of its work is whatever a plain call would reach, however it came there."""
    builder = fastvenv.EnvBuilder(symlinks=True)
    watched = Pretender(getattr(builder, name))
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
    assert watched.calls > 1


@pytest.mark.parametrize("module", [venv, fastvenv])
def test_stages_are_functions(module, tmp_path):
    """Mocks made to the measure of the class, and what looks into functions, find what they find in the stdlib's."""
    builder = module.EnvBuilder(symlinks=True)
    with mock.patch.object(module.EnvBuilder, "setup_scripts", autospec=True) as patched:
        builder.create(tmp_path / "env")
    patched.assert_called_once_with(builder, mock.ANY)
    with pytest.raises(TypeError, match="missing"):
        mock.create_autospec(module.EnvBuilder)(symlinks=True).create()
    assert (module.EnvBuilder.create.__module__, module.EnvBuilder.create.__qualname__) == (
        module.__name__,
        "EnvBuilder.create",
    )


def test_patching_the_class_reaches_every_subclass(tmp_path):
    """mock.patch.object on EnvBuilder is seen by instances of subclasses and undone afterwards."""
    before = vars(fastvenv.EnvBuilder)["setup_scripts"]
    with mock.patch.object(fastvenv.EnvBuilder, "setup_scripts") as patched:
        Derived().create(tmp_path / "env")
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


class Child(subprocess.Popen):
    """Does nothing, whatever it is to run."""

    def __init__(self, *args, **kwargs):
        super().__init__([sys.executable, "-c", "pass"], stdout=subprocess.PIPE)


@functools.wraps(subprocess.check_output)
def traced(*_args, **_kwargs):
    """Pretends to be what it wraps."""
    return b""


CHILDREN = {
    "check_output": mock.Mock(return_value=b""),
    "wrapped check_output": traced,
    "pretended check_output": Pretender(traced),
    "run": lambda *args, **kwargs: subprocess.CompletedProcess(args, 0, b""),
    "Popen": Child,
}


@pytest.mark.parametrize("module", [venv, fastvenv])
@pytest.mark.parametrize("name", CHILDREN)
def test_a_patch_of_subprocess_keeps_pip_from_being_installed(module, name, tmp_path):
    """Whatever of `subprocess` is replaced on the way to the child, ensurepip is run through it."""
    with mock.patch(f"subprocess.{name.split()[-1]}", CHILDREN[name]):
        module.create(tmp_path / "env", symlinks=True, with_pip=True)
    assert python_of(tmp_path / "env").exists()
    assert not list((tmp_path / "env" / BIN).glob("pip*"))


def test_a_module_that_is_loaded_again_is_as_fast(tmp_path, cache):
    """After a reload neither old nor new classes are taken for overridden: pip is installed natively."""
    assert not cache.exists()
    program = """
import importlib, logging, sys
import fastvenv

class Old(fastvenv.EnvBuilder):
    pass

importlib.reload(fastvenv)
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, format="%(message)s")
for name, builder in {"old": Old, "new": fastvenv.EnvBuilder}.items():
    builder(symlinks=True, with_pip=True).create(f"{sys.argv[1]}/{name}")
"""
    told = subprocess.check_output([sys.executable, "-c", program, tmp_path], text=True)
    assert told.count("pip is installed natively") == 2
