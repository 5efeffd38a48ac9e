"""Creates the same virtual environments as the standard library's ``venv``, in a fraction of the time.

``import fastvenv as venv`` changes only the speed. The names, their behaviour and the files are those of ``venv`` in
Python 3.14, on every CPython from 3.10 on.

    import fastvenv as venv

    venv.create(".venv", symlinks=True, with_pip=True)
"""

import os
import sys

try:
    from fastvenv import _core
except ImportError as error:
    # This is in CPython's message, from 3.12 on. pyo3 doesn't support interpreters with their own GIL yet.
    if "subinterpreters" not in str(error):
        raise
    raise ImportError(
        "fastvenv can't be imported in a subinterpreter with its own GIL. Use the standard library's venv there: "
        "it creates the same environments.",
        name=error.name,
        path=error.path,
    ) from error

# `from venv import *` gives all public globals of 3.14's module, including the modules that it imports.
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

# The packages that `upgrade_deps` upgrades, which are those that this interpreter's ensurepip installs.
CORE_VENV_DEPS: tuple[str, ...] = ("pip",) if sys.version_info >= (3, 12) else ("pip", "setuptools")

# Modules among the globals of `venv`, which patches and subclasses reach through it. Importing them takes longer than
# creating an environment, so they are imported on first use.
_LAZY_MODULES = frozenset({"logging", "shlex", "shutil", "subprocess", "sysconfig", "types"})


class EnvBuilder(_core.EnvBuilder):
    """Creates virtual environments. Subclass it to customize them.

    Every stage of :meth:`create` is a method that a subclass may override.

    :param system_site_packages: Give environments access to the base interpreter's site-packages.
    :param clear: Delete the contents of the environment's directory first.
    :param symlinks: Link to the base interpreter instead of copying it, where possible.
    :param upgrade: Keep an existing environment and update its interpreter.
    :param with_pip: Install pip.
    :param prompt: The prompt for activated shells; "." is the current directory's name. Default: the environment's.
    :param upgrade_deps: Bring pip up to date from the package index.
    :param scm_ignore_files: Version control systems that get an ignore file: "git", or any for which a subclass
                             has a method ``create_<name>_ignore_file``.
    :param python: fastvenv's own: the interpreter that environments are for. The path of an executable, of an
                   installation or of an environment, a name on PATH, or a version such as "3.12". Default: the
                   running interpreter. See docs/interpreters.md.
    """

    # The attribute counts only if it was given to `__init__`: a subclass written for `venv` may have an attribute of
    # this name that means something else.
    python = None
    _chooses_python = False

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
        python=None,
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
        if python is not None:
            self.python, self._chooses_python = python, True

    def __reduce_ex__(self, protocol):
        # Protocols 0 and 1 can't create instances of a native class. Protocol 2 works in their place.
        return super().__reduce_ex__(max(protocol, 2))

    # The base class does the work. The methods are repeated here so that `vars(EnvBuilder)`, `help()` and
    # `mock.patch.object` find them, as in the standard library's class.

    def create(self, env_dir):
        """Create a virtual environment in a directory.

        :param env_dir: The environment's directory, str or path-like. It is created if it is missing.
        :raises ValueError: if an environment can't be created there.
        :raises OSError: if a system call fails; `filename` is the path.
        """
        return super().create(env_dir)

    def clear_directory(self, path):
        """Delete a directory's contents, but not the directory. Links are deleted, not followed.

        :param path: The directory.
        """
        return super().clear_directory(os.fsdecode(path))

    def _venv_path(self, env_dir, name):
        """The path of one of the environment's directories, from the interpreter's installation scheme.

        :param env_dir: The environment's directory.
        :param name: A path name of `sysconfig`: 'scripts', 'include', 'purelib', 'platlib'.
        """
        return super()._venv_path(env_dir, name)

    @classmethod
    def _same_path(cls, path1, path2):
        """Tells whether two paths look the same to a reader, even if they are not the same file (gh-90329).

        :param path1: One path.
        :param path2: The other.
        """
        return super()._same_path(path1, path2)

    def ensure_directories(self, env_dir):
        """Create the environment's directories.

        :param env_dir: The environment's directory, an absolute path.
        :returns: The context for the other stages, a `types.SimpleNamespace` with all paths.
        :raises ValueError: if an environment can't be created there.
        """
        return super().ensure_directories(env_dir)

    def create_configuration(self, context):
        """Write `pyvenv.cfg`, which makes the directory an environment (PEP 405).

        :param context: The environment's context.
        """
        return super().create_configuration(context)

    def symlink_or_copy(self, src, dst, relative_symlinks_ok=False):
        """Link a file, or copy it if links are not wanted or fail. Not for Windows, which uses launchers.

        :param src: The file.
        :param dst: Where the link or copy goes.
        :param relative_symlinks_ok: Make the link relative; both files must be in the same directory.
        """
        return super().symlink_or_copy(os.fsdecode(src), os.fsdecode(dst), bool(relative_symlinks_ok))

    def create_git_ignore_file(self, context):
        """Write a `.gitignore` that keeps the whole environment out of git.

        :param context: The environment's context.
        """
        return super().create_git_ignore_file(context)

    def setup_python(self, context):
        """Set up the environment's Python executables.

        :param context: The environment's context.
        """
        return super().setup_python(context)

    def _call_new_python(self, context, *py_args, **kwargs):
        """Run the environment's Python.

        :param context: The environment's context.
        :param py_args: The command line after the interpreter.
        :param kwargs: Passed to `subprocess.check_output`.
        :raises subprocess.CalledProcessError: if it fails, with its output.
        """
        return super()._call_new_python(context, *py_args, **kwargs)

    def _setup_pip(self, context):
        """Install pip, or upgrade it to the version that comes with the interpreter.

        :param context: The environment's context.
        """
        return super()._setup_pip(context)

    def setup_scripts(self, context):
        """Install the activation scripts. Override this to skip them or to use others.

        :param context: The environment's context.
        """
        return super().setup_scripts(context)

    def post_setup(self, context):
        """Do nothing. Subclasses can override this; it is called when everything else is done.

        :param context: The environment's context.
        """
        return super().post_setup(context)

    def replace_variables(self, text, context):
        """Replace a script's placeholders with the environment's values, quoted for its shell.

        :param text: The script's text.
        :param context: The environment's context; the suffix of its `script_path` selects the shell.
        :returns: The text with the values.
        """
        return super().replace_variables(text, context)

    def install_scripts(self, context, path):
        """Install the scripts of a directory into the environment.

        :param context: The environment's context.
        :param path: A directory whose subdirectories 'common' and `os.name` contain scripts. Their placeholders are
                     replaced; scripts that are not UTF-8 are skipped with a warning.
        """
        return super().install_scripts(context, path)

    def upgrade_dependencies(self, context):
        """Upgrade the core packages (`CORE_VENV_DEPS`) from the package index.

        :param context: The environment's context.
        """
        return super().upgrade_dependencies(context)


# The core compares methods with these functions to detect overrides.
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
    python=None,
):
    """Create a virtual environment in a directory.

    :param env_dir: The directory, str or path-like.

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
        python=python,
    )
    builder.create(env_dir)


def main(args=None):
    """Run the command line.

    :param args: The arguments after the program's name. Default: those of this process.
    :raises SystemExit: with status 2, after a message on stderr, if the arguments are wrong.
    """
    from fastvenv import _cli

    _cli.main(args)


def replace_stdlib():
    """Put fastvenv in place of the standard library's ``venv``, in this process.

    From now on, ``import venv`` gives fastvenv. Modules that have already imported ``venv``, or names from it, get
    fastvenv's too. Classes that are derived from fastvenv's keep that base. Other processes are not affected. See
    docs/replacing.md.

    :returns: A context manager. Its exit, or its method ``undo()``, ends the replacement. When the last replacement
              ends, in any order, ``venv`` is restored. Without either, fastvenv stays in place.
    :raises RuntimeError: if a class already derives from the standard library's ``EnvBuilder``.
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
