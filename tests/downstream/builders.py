"""Builders as other projects have them, each after the way in which a public one uses `venv`; none of it is theirs.

    python builders.py NAME ENV_DIR

makes an environment with one of them and prints what it has seen. This knows nothing of fastvenv.
"""

import json
import os
import subprocess
import sys
import types
import venv
from collections.abc import Callable


class Extended(venv.EnvBuilder):
    """After the documentation's ExtendedEnvBuilder: own keywords, and a program run in the new environment."""

    def __init__(self, *args, **kwargs):
        self.program = kwargs.pop("program", None)
        self.progress = kwargs.pop("progress", None)
        super().__init__(*args, **kwargs)

    def post_setup(self, context):
        """Run the program as an activated shell would, and hand on its lines."""
        os.environ["VIRTUAL_ENV"] = context.env_dir
        with subprocess.Popen(
            [context.env_exe, "-c", self.program], stdout=subprocess.PIPE, text=True, cwd=context.bin_path
        ) as child:
            for line in child.stdout:
                self.progress(line.strip(), context.env_name)


class OwnOrder(venv.EnvBuilder):
    """After mlem: calls the stages itself, `_setup_pip` among them, and keeps the context for later."""

    context = None

    def create(self, env_dir):
        """Make an environment, with the stages in an order of its own."""
        self.context = context = self.ensure_directories(os.path.abspath(env_dir))
        wanted, self.system_site_packages = self.system_site_packages, False
        self.create_configuration(context)
        self.setup_python(context)
        if self.with_pip:
            self._setup_pip(context)
        self.setup_scripts(context)
        if wanted:
            self.system_site_packages = True
            self.create_configuration(context)
        self.post_setup(context)


class WithoutSuper(venv.EnvBuilder):
    """After dephell_venvs: sets what it knew of and never calls `super().__init__`; chooses the interpreter."""

    def __init__(self, python):
        self.system_site_packages = self.clear = self.upgrade = False
        self.symlinks = self.with_pip = True
        self.prompt = None
        self.upgrade_deps = False
        # The standard library insists on attributes as they came, in 3.11 and 3.13; fastvenv doesn't.
        self.orig_prompt = None
        self.scm_ignore_files = frozenset()
        self.python = python

    def ensure_directories(self, env_dir):
        """The context for another interpreter than the running one."""
        context = super().ensure_directories(env_dir)
        context.executable = self.python
        context.python_dir, context.python_exe = os.path.split(self.python)
        context.env_exe = os.path.join(context.bin_path, context.python_exe)
        context.env_exec_cmd = context.env_exe
        return context


class SwappedExecutable(venv.EnvBuilder):
    """After FAIR-CLI: puts another executable into the context between two stages."""

    def __init__(self, executable, **kwargs):
        super().__init__(**kwargs)
        self.executable = executable

    def setup_python(self, context):
        """Set up another interpreter."""
        context.executable = self.executable
        super().setup_python(context)


class Nested(venv.EnvBuilder):
    """After QEMU's mkvenv: sees the parent's packages by a .pth file, and knows what site says in post_setup."""

    def __init__(self, seen, **kwargs):
        self.seen = seen
        self.wanted = kwargs.get("system_site_packages", False)
        super().__init__(**kwargs)

    def ensure_directories(self, env_dir):
        """Keep the context."""
        self.context = super().ensure_directories(env_dir)
        return self.context

    def post_setup(self, context):
        """Write the parent's folders down while site packages are still off."""
        with open(context.cfg_path) as file:
            config = [line.strip() for line in file if line.startswith("include-system")]
        self.seen += [self.system_site_packages, self.wanted, *config]
        packages = os.path.join(context.env_dir, "lib", os.path.basename(os.path.dirname(os.__file__)), "site-packages")
        os.makedirs(packages, exist_ok=True)
        with open(os.path.join(packages, "nested.pth"), "w") as file:
            file.write(f"{os.path.dirname(os.__file__)}\n")


class OwnVariables(venv.EnvBuilder):
    """After venvr: scripts of its own, with placeholders of its own beside the known ones."""

    def setup_scripts(self, context):
        """Install a folder of scripts instead of the usual ones."""
        scripts = os.path.join(context.env_dir, "templates", "common")
        os.makedirs(scripts)
        with open(os.path.join(scripts, "enter.sh"), "w") as file:
            file.write("cd __VENV_DIR__\n# __VENV_NAME__ @OWNER@ __VENV_BIN_NAME__\n")
        self.install_scripts(context, os.path.dirname(scripts))

    def replace_variables(self, text, context):
        """Fill in one more."""
        return super().replace_variables(text, context).replace("@OWNER@", "somebody")


class Embeddable(venv.EnvBuilder):
    """After EmbeddableEnvBuilder: a partial context of its own, and its own way to run the new interpreter."""

    def __init__(self, calls):
        super().__init__(with_pip=True)
        self.calls = calls

    def create(self, env_dir):
        """No stages but pip's, on a context that has only what is needed for it."""
        os.makedirs(env_dir)
        context = types.SimpleNamespace(env_dir=env_dir, env_exe=sys.executable, env_exec_cmd=sys.executable)
        self._setup_pip(context)

    def _call_new_python(self, context, *py_args, **kwargs):
        with open(os.path.join(context.env_dir, "called"), "w") as file:
            file.write(" ".join(py_args))
        self.calls.append([os.path.basename(context.env_dir), list(py_args), sorted(kwargs)])


def extended(env: str) -> object:
    """A program's lines, as they came."""
    lines: list[tuple[str, str]] = []
    program = "import os, sys; print(sys.prefix != sys.base_prefix); print(os.environ['VIRTUAL_ENV'] == sys.prefix)"
    Extended(
        program=program, progress=lambda *seen: lines.append(seen), symlinks=True, with_pip=True, prompt="it's"
    ).create(env)
    return lines


def own_order(env: str) -> object:
    """What the builder kept."""
    builder = OwnOrder(symlinks=True, with_pip=True, system_site_packages=True)
    builder.create(env)
    return [builder.context.env_name, builder.system_site_packages]


def without_super(env: str) -> object:
    """The attributes afterwards."""
    builder = WithoutSuper(sys._base_executable)
    builder.create(env)
    return sorted(vars(builder))


def swapped(env: str) -> object:
    """An environment whose interpreter is a link to this one."""
    other = os.path.realpath(sys.executable)
    SwappedExecutable(other, symlinks=True).create(env)
    return os.path.realpath(os.path.join(env, "bin", "python")) == other


def nested(env: str) -> object:
    """What post_setup saw."""
    seen: list[object] = []
    builder = Nested(seen, symlinks=True, system_site_packages=True)
    builder.create(env)
    return [seen, builder.context.bin_name]


def own_variables(env: str) -> object:
    """The text of the script."""
    OwnVariables(symlinks=True).create(env)
    with open(os.path.join(env, "bin", "enter.sh")) as file:
        return file.read()


def embeddable(env: str) -> object:
    """The calls of the new interpreter."""
    calls: list[object] = []
    Embeddable(calls).create(env)
    return calls


MAKERS: dict[str, Callable[[str], object]] = {
    maker.__name__: maker for maker in (extended, own_order, without_super, swapped, nested, own_variables, embeddable)
}

if __name__ == "__main__":
    _, name, env_dir = sys.argv
    print(json.dumps(MAKERS[name](env_dir)))
