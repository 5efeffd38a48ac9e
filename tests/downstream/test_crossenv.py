"""crossenv: its builder derives from `EnvBuilder`, overrides two stages and makes two environments more."""

import importlib
import pprint
import sys
import sysconfig
from pathlib import Path

import pytest

pytest.importorskip("crossenv", reason="crossenv is not installed: nox -s downstream")

# crossenv writes a number drawn at random into what it makes.
DRIVER = """\
import random, sys
random.seed(0)
from crossenv import main
main()
"""


@pytest.fixture
def host_python(tmp_path: Path) -> Path:
    """What crossenv reads of a Python for another machine: this one's build variables, with another architecture."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    variables = importlib.import_module(sysconfig._get_sysconfigdata_name()).build_time_vars
    machine = variables["HOST_GNU_TYPE"].partition("-")[0]
    foreign = {
        key: value.replace(machine, "riscv64") if isinstance(value, str) else value for key, value in variables.items()
    }
    library, python = tmp_path / "host" / "lib" / name, tmp_path / "host" / "bin" / name
    (library / "config").mkdir(parents=True)
    (library / "config" / "Makefile").write_text("MULTIARCH=riscv64-linux-gnu\n")
    (library / "_sysconfigdata_riscv64.py").write_text(f"build_time_vars = {pprint.pformat(foreign)}\n")
    python.parent.mkdir()
    python.touch()
    return python


@pytest.mark.parametrize("options", [["--without-pip"], ["--without-cross-pip", "--cross-prompt", "it's"]], ids=str)
def test_cross_environments(host_python, tmp_path, both, options):
    """Both environments and all that crossenv puts around them are the same, with and without pip."""
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER)
    both(driver, *options, host_python, "{env}")
