"""pyvenv.cfg says what it says in the standard library, whatever the values."""

import os
import shlex
import subprocess
import sys

import pytest

import fastvenv
from platforms import linux_only, posix_only


def config(env):
    """The keys and values, read as every reader may: by lines of any kind."""
    text = (env / "pyvenv.cfg").read_bytes().decode()
    return [tuple(part.strip() for part in line.split("=", 1)) for line in text.splitlines()]


def test_the_prompt_reads_back_as_it_was_given(tmp_path):
    """The prompt is recorded as Python's repr, quotes and backslashes included."""
    for prompt in ["plain", "it's", "both \" and '", "back\\slash", "ünïcode 🐍", ""]:
        fastvenv.create(tmp_path / "env", symlinks=True, prompt=prompt)
        assert dict(config(tmp_path / "env"))["prompt"] == repr(prompt)


@posix_only("the command is split as a shell of POSIX does")
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"symlinks": True, "system_site_packages": True},
        {"upgrade": True, "scm_ignore_files": ["git"]},
        {"prompt": "a b"},
    ],
)
def test_the_recorded_command_is_one_that_the_interpreter_runs(tmp_path, options):
    """Running the recorded command makes an environment whose pyvenv.cfg is the same."""
    env = tmp_path / "env"
    fastvenv.create(env) if options.get("upgrade") else None
    builder = fastvenv.EnvBuilder(**options)
    builder.create(env)
    recorded = dict(config(env))
    subprocess.run(shlex.split(recorded["command"]), check=True, stdin=subprocess.DEVNULL)
    again = dict(config(env))
    if sys.version_info < (3, 11):
        recorded = {key: recorded[key] for key in again}
    assert again == recorded


@linux_only("names may have any bytes")
def test_an_environment_whose_name_is_not_utf_8_works(tmp_path):
    """A name that is no UTF-8 makes a working environment, recorded escaped."""
    env = os.fsencode(tmp_path) + b"/caf\xe9"
    fastvenv.create(os.fsdecode(env), symlinks=True)
    with open(env + b"/pyvenv.cfg", encoding="utf-8") as file:
        assert "caf\\xe9" in file.read()
    program = "import os, sys; sys.stdout.buffer.write(os.fsencode(sys.prefix))"
    assert subprocess.check_output([env + b"/bin/python", "-c", program]) == env
