"""Libraries that LD_PRELOAD puts before libc see every call that matters to them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from platforms import linux_only

pytestmark = linux_only("fakeroot and fakechroot are loaded before the C library")

# Gives all that was made to another user, makes it again, and prints what is still the other user's.
CHOWN_AND_CLEAR = """
import importlib, os, sys

module, env, with_pip = importlib.import_module(sys.argv[1]), sys.argv[2], sys.argv[3] == "True"

def entries():
    return [env, *(os.path.join(folder, name) for folder, *names in os.walk(env) for name in sum(names, []))]

module.create(env, symlinks=True, with_pip=with_pip)
for path in entries():
    os.lchown(path, 33, 33)
module.create(env, symlinks=True, clear=True, with_pip=with_pip)
print(*(path for path in entries() if os.lstat(path).st_uid == 33))
"""


def run(tool: str, *command: object, **variables: str) -> str:
    """What a command prints under one of these tools."""
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not here")
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **variables}
    done = subprocess.run([tool, *map(str, command)], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("module", "with_pip"), [("venv", False), ("fastvenv", False), ("fastvenv", True)])
def test_fakeroot_forgets_the_owners_of_what_is_cleared(module, with_pip, tmp_path):
    """Files made by `clear` belong to the user, whatever fakeroot remembers of the inodes that were deleted."""
    out = run("fakeroot", "--", sys.executable, "-c", CHOWN_AND_CLEAR, module, tmp_path / "env", with_pip)
    assert out.split() == [str(tmp_path / "env")]


@pytest.mark.parametrize("module", ["venv", "fastvenv"])
def test_fakechroot_gets_an_environment_in_its_root(module, tmp_path):
    """An environment is made, made again and cleared below the root that fakechroot shows, and nowhere else."""
    env = Path("/fastvenv-test-env")
    create = f"import {module}; [{module}.create({str(env)!r}, symlinks=True, clear=clear) for clear in (0, 0, 1)]"
    real = os.pathsep.join(str(path) for path in Path("/").iterdir())
    chroot = shutil.which("chroot", path=os.defpath + ":/usr/sbin:/sbin")
    run("fakechroot", chroot, tmp_path, sys.executable, "-c", create, FAKECHROOT_EXCLUDE_PATH=real)
    made = tmp_path / env.name
    assert (made / "pyvenv.cfg").exists()
    assert list(made.rglob(".fastvenv-*")) == []
    assert not env.exists()
