"""Subclasses of EnvBuilder work for another interpreter as they do for the running one, in the calling process."""

import copy
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import fastvenv
import pythons
from downstream import builders
from parity.trees import compare, snapshot
from platforms import posix_only

pytestmark = posix_only("Pythons are found by the names that they have in bin/")

STAGES = [
    "create_git_ignore_file",
    "create_configuration",
    "setup_python",
    "_setup_pip",
    "setup_scripts",
    "install_scripts",
    "post_setup",
    "upgrade_dependencies",
]


@pytest.fixture(params=pythons.others(), ids=pythons.label)
def each(request):
    """Each other interpreter of this machine."""
    return request.param


class Watching(fastvenv.EnvBuilder):
    """Records every stage, the process that it runs in, and what the context says about the interpreter."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seen = []

    def watch(self, name, context):
        """Record."""
        self.seen.append((name, os.getpid(), context.executable, Path(context.lib_path).parent.name))

    def ensure_directories(self, env_dir):
        """Record the context that is returned."""
        context = super().ensure_directories(env_dir)
        self.watch("ensure_directories", context)
        return context

    def _call_new_python(self, context, *args, **kwargs):
        self.watch(args, context)
        if "install" not in args:  # from the net
            super()._call_new_python(context, *args, **kwargs)


def watched(name):
    """A stage that records itself."""

    def stage(self, context, *args):
        self.watch(name, context)
        return getattr(super(Watching, self), name)(context, *args)

    return stage


for name in STAGES:
    setattr(Watching, name, watched(name))


def test_every_stage_sees_the_other_environment(other, tmp_path):
    """Each overridden stage runs here, in the usual order, with a context of the other interpreter's environment."""
    options = {"symlinks": True, "system_site_packages": True, "scm_ignore_files": ["git"], "python": other.path}
    builder = Watching(**options, upgrade_deps=True)
    builder.create(tmp_path / "watched")
    order = [
        *("ensure_directories", "create_git_ignore_file", "create_configuration", "setup_python", "setup_scripts"),
        *("install_scripts", "post_setup", "create_configuration", "upgrade_dependencies"),
    ]
    assert [name for name, *_ in builder.seen if isinstance(name, str)] == order
    assert {tuple(rest) for _, *rest in builder.seen} == {(os.getpid(), str(other.path), other.library)}
    fastvenv.create(tmp_path / "plain", **options)
    trees = [snapshot(tmp_path / name) for name in ("watched", "plain")]
    for tree in trees:
        del tree["pyvenv.cfg"]  # its command has other words
    assert trees[0] == trees[1]


@pytest.mark.slow
def test_an_overridden_setup_of_pip(other, tmp_path):
    """With an overridden `_call_new_python`, the other environment's own ensurepip installs pip."""
    builder = Watching(symlinks=True, with_pip=True, python=other.path)
    builder.create(tmp_path / "env")
    assert [name for name, *_ in builder.seen if not isinstance(name, str)] == [
        ("-m", "ensurepip", "--upgrade", "--default-pip")
    ]
    shown = subprocess.check_output([tmp_path / "env/bin/pip", "--version"], text=True)
    assert f"(python {other.short})" in shown


def test_what_is_upgraded_follows_the_version(each, tmp_path):
    """Before 3.12, setuptools is one of the core packages."""
    builder = Watching(python=each.path)
    builder.upgrade_dependencies(builder.ensure_directories(str(tmp_path / "env")))
    packages = ("pip",) if each.version >= (3, 12) else ("pip", "setuptools")
    assert builder.seen[-1][0] == ("-m", "pip", "install", "--upgrade", *packages)


class Installing(fastvenv.EnvBuilder):
    """Installs a package of this machine into the new environment."""

    def __init__(self, package, **options):
        super().__init__(**options)
        self.package = package

    def post_setup(self, context):
        """Have the new environment's pip install it, and its Python write down what it is."""
        args = ["install", "--no-index", "--no-deps", "--no-build-isolation", "--quiet", self.package]
        self._call_new_python(context, "-m", "pip", "--disable-pip-version-check", *args)
        self._call_new_python(
            context, "-c", "import sys; open('version', 'w').write('%d.%d.%d' % sys.version_info[:3])"
        )


def write_wheel(folder):
    """A wheel with one module."""
    import zipfile

    path = folder / "greeting-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("greeting.py", "import sys\nwords = 'hello from ' + sys.prefix\n")
        wheel.writestr("greeting-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: greeting\nVersion: 1\n")
        wheel.writestr("greeting-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("greeting-1.dist-info/RECORD", "")
    return path


@pytest.mark.slow
def test_a_builder_that_installs_into_the_other_environment(each, tmp_path):
    """In post_setup, `_call_new_python` runs the other environment's Python, and its pip installs there."""
    if not each.has_ensurepip:
        pytest.skip("it has no ensurepip")
    env = tmp_path / "env"
    Installing(str(write_wheel(tmp_path)), symlinks=True, with_pip=True, python=each.path).create(env)
    created = each._replace(path=env / "bin" / "python")
    assert created.run("import greeting; print(greeting.words)") == f"hello from {env}\n"
    assert (env / "version").read_text() == each.full
    assert list(env.glob("lib/*/site-packages/greeting.py")) == [env / f"lib/{each.library}/site-packages/greeting.py"]


OURS = """
import runpy, sys, fastvenv
fastvenv.EnvBuilder.__init__.__kwdefaults__["python"] = sys.argv.pop(1)
fastvenv.replace_stdlib()
runpy.run_path(sys.argv.pop(1), run_name="__main__")
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["extended", "own_order", "own_variables"])
def test_builders_of_other_projects(name, other, tmp_path):
    """Builders in the manner of public ones do for the other interpreter what they do when that one runs them."""

    def action(module, env):
        command = [other.path, builders.__file__, name, env]
        if module == "fastvenv":
            command = [sys.executable, "-c", OURS, other.path, *command[1:]]
        return json.loads(subprocess.check_output(command, text=True))

    compare(tmp_path / "sandbox", action)


def test_the_standard_library_replaced(other, is_of, tmp_path):
    """In the place of `venv`, too, there is `python=`."""
    program = (
        "import fastvenv, sys; fastvenv.replace_stdlib(); import venv; venv.create(sys.argv[1], python=sys.argv[2])"
    )
    subprocess.run([sys.executable, "-c", program, tmp_path / "env", other.path], check=True)
    assert is_of(other)


def test_a_program_run_by_fastvenv_run(other, is_of, tmp_path):
    """`venv` in `fastvenv.run` knows the option, too."""
    command = [sys.executable, "-m", "fastvenv.run", "venv", "--without-pip", "--python", other.path, tmp_path / "env"]
    subprocess.run(command, check=True)
    assert is_of(other)


class Picklable(fastvenv.EnvBuilder):
    """At module level, so that pickle finds it."""


@pytest.mark.parametrize("kind", [str, Path])
@pytest.mark.parametrize("cls", [fastvenv.EnvBuilder, Picklable])
@pytest.mark.parametrize(
    "copied",
    [copy.copy, copy.deepcopy, *(lambda builder, p=p: pickle.loads(pickle.dumps(builder, p)) for p in (0, 2, 5))],
    ids=["copy", "deepcopy", "pickle0", "pickle2", "pickle5"],
)
def test_copies_of_a_builder(copied, cls, kind, other, is_of, tmp_path):
    """A copied or pickled builder, used before or not, is for the same interpreter."""
    builder = cls(symlinks=True, python=kind(other.path))
    builder.ensure_directories(str(tmp_path / "first"))
    again = copied(builder)
    assert (type(again), vars(again)) == (cls, vars(builder))
    again.create(tmp_path / "env")
    assert is_of(other)


def test_the_attribute(other):
    """`builder.python` is what was given, and is looked at when an environment is created."""
    assert fastvenv.EnvBuilder(python=other.path).python is other.path
    assert fastvenv.EnvBuilder(python="nonsense").python == "nonsense"


def test_the_attribute_may_be_changed(other, is_of, tmp_path):
    """Like every other attribute, `python` can be set between two environments."""
    builder = fastvenv.EnvBuilder(symlinks=True, python=other.path)
    builder.create(tmp_path / "env")
    builder.python = None
    builder.create(tmp_path / "second")
    assert is_of(other)
    assert is_of(pythons.ask(pythons.RUNNING), tmp_path / "second", Path(sys._base_executable).parent)


@pytest.mark.parametrize(
    "attributes", [{}, {"python": "/nowhere"}, {"python": object()}], ids=["none", "path", "object"]
)
def test_a_builder_that_never_calls_super(attributes, is_of, tmp_path):
    """A subclass written for `venv` may have an attribute `python` of its own: it means nothing to fastvenv."""

    class Old(fastvenv.EnvBuilder):
        def __init__(self):
            self.system_site_packages = self.clear = self.upgrade = self.with_pip = False
            self.symlinks = True
            self.prompt = None
            vars(self).update(attributes)

    Old().create(tmp_path / "env")
    assert is_of(pythons.ask(pythons.RUNNING), home=Path(sys._base_executable).parent)
