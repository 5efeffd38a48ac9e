"""Virtual environments, as the standard library's ``venv`` makes them, in a fraction of the time.

``import fastvenv as venv`` changes nothing but the time: the names, their behaviour and what lands on disk are those
of ``venv`` in Python 3.14, on every CPython from 3.10 on.

    import fastvenv as venv

    venv.create(".venv", symlinks=True, with_pip=True)
"""

import os
import sys

from fastvenv import _core

__all__ = ["EnvBuilder", "create", "main"]

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

    # The stages are those of the base class. They are named here too, so that `vars(EnvBuilder)`, `help()` and
    # `mock.patch.object` find them where the stdlib has them.
    create = _core.EnvBuilder.create
    clear_directory = _core.EnvBuilder.clear_directory
    _venv_path = _core.EnvBuilder._venv_path
    _same_path = _core.EnvBuilder.__dict__["_same_path"]
    ensure_directories = _core.EnvBuilder.ensure_directories
    create_configuration = _core.EnvBuilder.create_configuration
    symlink_or_copy = _core.EnvBuilder.symlink_or_copy
    create_git_ignore_file = _core.EnvBuilder.create_git_ignore_file
    setup_python = _core.EnvBuilder.setup_python
    _call_new_python = _core.EnvBuilder._call_new_python
    _setup_pip = _core.EnvBuilder._setup_pip
    setup_scripts = _core.EnvBuilder.setup_scripts
    post_setup = _core.EnvBuilder.post_setup
    replace_variables = _core.EnvBuilder.replace_variables
    install_scripts = _core.EnvBuilder.install_scripts
    upgrade_dependencies = _core.EnvBuilder.upgrade_dependencies


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
