"""Virtual environments, as the standard library's ``venv`` makes them, in a fraction of the time.

``import fastvenv as venv`` changes nothing but the time: the names, their behaviour and what lands on disk are those
of ``venv`` in Python 3.14, on every CPython from 3.10 on.

    import fastvenv as venv

    venv.create(".venv", symlinks=True, with_pip=True)
"""

import os
import sys

try:
    from fastvenv import _core
except ImportError as error:
    # CPython's own words, from 3.12 on. pyo3 has no support for interpreters with a GIL of their own yet.
    if "subinterpreters" not in str(error):
        raise
    raise ImportError(
        "fastvenv can't be imported in a subinterpreter with its own GIL: use the standard library's venv there, "
        "which makes the same environments.",
        name=error.name,
        path=error.path,
    ) from error

# `from venv import *` gives all public globals of 3.14's module, those that it has imported included.
__all__ = [
    "CORE_VENV_DEPS",
    "EnvBuilder",
    "create",
    "logger",
    "logging",
    "main",
    "os",
    "shlex",
    "shutil",
    "subprocess",
    "sys",
    "sysconfig",
    "types",
]

# What `upgrade_deps` brings up to date: what the interpreter's own ensurepip installs.
CORE_VENV_DEPS: tuple[str, ...] = ("pip",) if sys.version_info >= (3, 12) else ("pip", "setuptools")

# Modules that `venv` has among its globals, and that patches and subclasses reach through it. Importing them takes
# longer than creating an environment, so they come when they are asked for.
_LAZY_MODULES = frozenset({"logging", "shlex", "shutil", "subprocess", "sysconfig", "types"})


class EnvBuilder(_core.EnvBuilder):
    """Creates virtual environments; subclass it to change how.

    Every stage of :meth:`create` is a method that a subclass may override.

    :param system_site_packages: Give environments access to the base interpreter's site-packages.
    :param clear: Delete what stands in the environment's folder first.
    :param symlinks: Link to the base interpreter rather than copy it, where that can be done.
    :param upgrade: Keep an existing environment and renew the interpreter in it.
    :param with_pip: Install pip.
    :param prompt: What activated shells show; "." is the name of the current folder. Default: the environment's name.
    :param upgrade_deps: Bring pip up to date from the package index.
    :param scm_ignore_files: Version control systems to write ignore files for: "git", or any for which a subclass
                             has a method ``create_<name>_ignore_file``.
    """

    def __init__(
        self,
        system_site_packages=False,
        clear=False,
        symlinks=False,
        upgrade=False,
        with_pip=False,
        prompt=None,
        upgrade_deps=False,
        *,
        scm_ignore_files=frozenset(),
    ):
        self.system_site_packages = system_site_packages
        self.clear = clear
        self.symlinks = symlinks
        self.upgrade = upgrade
        self.with_pip = with_pip
        self.orig_prompt = prompt
        self.prompt = os.path.basename(os.getcwd()) if prompt == "." else prompt
        self.upgrade_deps = upgrade_deps
        self.scm_ignore_files = frozenset(map(str.lower, scm_ignore_files))

    def __reduce_ex__(self, protocol):
        # Protocols 0 and 1 can't make an instance of a class that is written in C, and needn't: 2 serves them too.
        return super().__reduce_ex__(max(protocol, 2))

    # The stages are those of the base class. They are functions of this class too, so that `vars(EnvBuilder)`, `help()`
    # and `mock.patch.object` find what they find in the stdlib's.

    def create(self, env_dir):
        """Create a virtual environment in a directory.

        :param env_dir: The folder to make the environment in, str or path-like. It is made if it is missing.
        :raises ValueError: if an environment can't stand there.
        :raises OSError: if the system refuses; its `filename` tells where.
        """
        return super().create(env_dir)

    def clear_directory(self, path):
        """Delete what is in a folder, but not the folder. Links are deleted, not followed.

        :param path: The folder.
        """
        return super().clear_directory(os.fsdecode(path))

    def _venv_path(self, env_dir, name):
        """The path of one of the environment's folders by the interpreter's installation scheme.

        :param env_dir: The environment's folder.
        :param name: A path name of `sysconfig`: 'scripts', 'include', 'purelib', 'platlib'.
        """
        return super()._venv_path(env_dir, name)

    @classmethod
    def _same_path(cls, path1, path2):
        """Whether two paths look the same to a reader; whether they lead to one file doesn't matter (gh-90329).

        :param path1: One path.
        :param path2: The other.
        """
        return super()._same_path(path1, path2)

    def ensure_directories(self, env_dir):
        """Create the environment's folders and tell where everything will stand.

        :param env_dir: The environment's folder, an absolute path.
        :returns: The context that is handed to the other stages, a `types.SimpleNamespace`.
        :raises ValueError: if an environment can't stand there.
        """
        return super().ensure_directories(env_dir)

    def create_configuration(self, context):
        """Write `pyvenv.cfg`, which makes the folder an environment (PEP 405).

        :param context: The information for the environment that is being made.
        """
        return super().create_configuration(context)

    def symlink_or_copy(self, src, dst, relative_symlinks_ok=False):
        """Link a file, or copy it where links are not asked for or fail. Not for Windows, which uses launchers.

        :param src: The file.
        :param dst: Where the link or copy goes.
        :param relative_symlinks_ok: Whether the link may hold the bare file name; both must stand in one folder.
        """
        return super().symlink_or_copy(os.fsdecode(src), os.fsdecode(dst), bool(relative_symlinks_ok))

    def create_git_ignore_file(self, context):
        """Write a `.gitignore` that keeps the whole environment out of git.

        :param context: The information for the environment that is being made.
        """
        return super().create_git_ignore_file(context)

    def setup_python(self, context):
        """Set up the environment's Python executables.

        :param context: The information for the environment that is being made.
        """
        return super().setup_python(context)

    def _call_new_python(self, context, *py_args, **kwargs):
        """Run the environment's Python.

        :param context: The information for the environment that is being made.
        :param py_args: The command line after the interpreter.
        :param kwargs: Passed on to `subprocess.check_output`.
        :raises subprocess.CalledProcessError: if it fails, with its output.
        """
        return super()._call_new_python(context, *py_args, **kwargs)

    def _setup_pip(self, context):
        """Install pip, or bring it up to the version that comes with the interpreter.

        :param context: The information for the environment that is being made.
        """
        return super()._setup_pip(context)

    def setup_scripts(self, context):
        """Install the activation scripts. Override it to leave them out or to take them from elsewhere.

        :param context: The information for the environment that is being made.
        """
        return super().setup_scripts(context)

    def post_setup(self, context):
        """A hook for subclasses, called when everything else is in place. It does nothing by itself.

        :param context: The information for the environment that is being made.
        """
        return super().post_setup(context)

    def replace_variables(self, text, context):
        """Put the environment's values in place of a script's placeholders, quoted for the script's shell.

        :param text: The script's text.
        :param context: The information for the environment that is being made; the suffix of its `script_path`
                        tells the shell.
        :returns: The text with the values in it.
        """
        return super().replace_variables(text, context)

    def install_scripts(self, context, path):
        """Install the scripts of a folder into the environment.

        :param context: The information for the environment that is being made.
        :param path: A folder whose folders 'common' and `os.name` hold scripts. Placeholders in them are
                     replaced; scripts that are not UTF-8 are left out with a warning.
        """
        return super().install_scripts(context, path)

    def upgrade_dependencies(self, context):
        """Bring the core packages (`CORE_VENV_DEPS`) up to date from the package index.

        :param context: The information for the environment that is being made.
        """
        return super().upgrade_dependencies(context)


# By these functions the core tells whether a stage is overridden.
_core.own_stages(EnvBuilder)


def create(
    env_dir,
    system_site_packages=False,
    clear=False,
    symlinks=False,
    with_pip=False,
    prompt=None,
    upgrade_deps=False,
    *,
    scm_ignore_files=frozenset(),
):
    """Create a virtual environment in a folder.

    :param env_dir: The folder, str or path-like.

    The other parameters are those of :class:`EnvBuilder`.
    """
    builder = EnvBuilder(
        system_site_packages=system_site_packages,
        clear=clear,
        symlinks=symlinks,
        with_pip=with_pip,
        prompt=prompt,
        upgrade_deps=upgrade_deps,
        scm_ignore_files=scm_ignore_files,
    )
    builder.create(env_dir)


def main(args=None):
    """Run the command line.

    :param args: The arguments after the program's name; those of the process if it is None.
    :raises SystemExit: with status 2, after a message on stderr, if the arguments make no sense.
    """
    from fastvenv import _cli

    _cli.main(args)


def replace_stdlib():
    """Put fastvenv in the place of the standard library's ``venv``, in this process.

    From the call on, ``import venv`` is fastvenv. Modules that have imported ``venv`` before, or names from it, get
    fastvenv's too. Classes that derive from what they got keep their base for ever, and other processes aren't
    affected: see docs/replacing.md.

    :returns: A context manager. Its exit, or its method ``undo()``, puts everything back, in any order with others:
              the last one does it. Without either, fastvenv stays in place.
    :raises RuntimeError: if a class derives from the standard library's ``EnvBuilder`` already.
    """
    from fastvenv import _replace

    return _replace.Replacement()


def __getattr__(name):
    if name in _LAZY_MODULES:
        from importlib import import_module

        return import_module(name)
    if name == "logger":
        import logging

        return logging.getLogger(__name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
