"""pyvenv.cfg says what it says in the standard library, and no value can add to it."""

import os
import shlex
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastvenv

KEYS = ["home", "include-system-site-packages", "version", "executable", "command"]


def config(env):
    """The keys and values, read as every reader may: by lines of any kind."""
    text = (env / "pyvenv.cfg").read_bytes().decode()
    return [tuple(part.strip() for part in line.split("=", 1)) for line in text.splitlines()]


def create(env, **options):
    """Make the environment's configuration, and nothing else of it."""
    builder = fastvenv.EnvBuilder(**options)
    builder.create_configuration(builder.ensure_directories(str(env)))
    return config(env)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40))
def test_no_prompt_adds_a_key(tmp_path_factory, prompt):
    """Whatever the prompt (a NUL is refused), the file has its six lines and site packages stay off."""
    lines = create(tmp_path_factory.mktemp("env"), prompt=prompt)
    assert [key for key, _ in lines] == [*KEYS[:3], "prompt", *KEYS[3:]]
    assert dict(lines)["include-system-site-packages"] == "false"


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_no_folder_name_adds_a_key(tmp_path, end):
    """A folder's name with what some reader takes for the end of a line adds no line."""
    env = tmp_path / f"env{end}include-system-site-packages = true"
    assert [key for key, _ in create(env)] == KEYS


def test_the_prompt_reads_back_as_it_was_given(tmp_path):
    """The prompt is recorded as Python's repr, quotes and backslashes included."""
    for prompt in ["plain", "it's", "both \" and '", "back\\slash", "ünïcode 🐍", ""]:
        assert dict(create(tmp_path / "env", prompt=prompt))["prompt"] == repr(prompt)


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


def test_an_environment_whose_name_is_not_utf_8_works(tmp_path):
    """A name that is no UTF-8 makes a working environment, recorded escaped."""
    env = os.fsencode(tmp_path) + b"/caf\xe9"
    fastvenv.create(os.fsdecode(env), symlinks=True)
    with open(env + b"/pyvenv.cfg", encoding="utf-8") as file:
        assert "caf\\xe9" in file.read()
    program = "import os, sys; sys.stdout.buffer.write(os.fsencode(sys.prefix))"
    assert subprocess.check_output([env + b"/bin/python", "-c", program]) == env
