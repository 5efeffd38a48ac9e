"""What users of fastvenv write; mypy and pyright accept it in their strict modes."""

import logging
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import fastvenv
import fastvenv as venv
from fastvenv import testing


def make(folder: Path) -> None:
    """The module's function, with every kind of path."""
    venv.create(folder)
    venv.create(str(folder), with_pip=True, prompt=".", scm_ignore_files={"git"})
    venv.create(folder, symlinks=True, clear=True, system_site_packages=True, upgrade_deps=False)
    venv.create(folder, python="3.12")
    venv.EnvBuilder(python=folder / "bin" / "python").create(folder)


def run(arguments: Sequence[str]) -> None:
    """The command line."""
    fastvenv.main(arguments)
    fastvenv.main()


class Extended(venv.EnvBuilder):
    """The documented pattern: own keywords, own stages."""

    def __init__(self, *, packages: Sequence[str] = (), prompt: str | None = None) -> None:
        self.packages = packages
        super().__init__(with_pip=True, prompt=prompt)

    def post_setup(self, context: SimpleNamespace) -> None:
        """Install what was asked for."""
        executable: str = context.env_exe
        fastvenv.logger.info("installing %s with %s", self.packages, executable)

    def replace_variables(self, text: str, context: SimpleNamespace) -> str:
        """Replace one more."""
        return super().replace_variables(text, context).replace("__MINE__", context.env_name)


def inspect(builder: Extended) -> tuple[bool, str | None, frozenset[str], logging.Logger]:
    """Attributes and what stages return."""
    context: SimpleNamespace = builder.ensure_directories("env")
    builder.install_scripts(context, "scripts")
    return builder.symlinks, builder.prompt, builder.scm_ignore_files, fastvenv.logger


def replace() -> None:
    """In place of the standard library's module, as a context manager and as a function."""
    with fastvenv.replace_stdlib() as replacement:
        venv.create("env")
    replacement.undo()
    fastvenv.replace_stdlib()


def test_with_fixtures(fresh_venv: testing.Environment, make_venv: testing.MakeVenv) -> None:
    """The fixtures for pytest."""
    listed: str = fresh_venv.run("-m", "pip", "list", check=False).stdout
    folder: Path = make_venv("env", builder=fastvenv.EnvBuilder, python="3.12").bin
    assert listed, folder
