"""No value that others may have chosen becomes a line of pyvenv.cfg, or a key, for any reader of it."""

import os
import shutil
import site
import subprocess
import sys
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastvenv
from platforms import linux_only

pytestmark = linux_only("other systems allow other names")

KEYS = ["home", "include-system-site-packages", "version", "executable", "command"]

# All that some reader may take for the end of a line, and what keys are made of.
PIECES = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029", "\x1a", "\ufeff"]
WORDS = [
    "home",
    "include-system-site-packages",
    "true",
    " = ",
    "=",
    "#",
    "/evil",
    "'",
    '"',
    "\\",
    "\\n",
    " ",
    "\t",
    "é",
    "\udcff",
]
ODD_TEXT = st.lists(
    st.one_of(st.sampled_from([*PIECES, *WORDS]), st.text(st.characters(exclude_characters="\0"), max_size=3)),
    max_size=12,
).map("".join)


def encodable(text):
    """Whether the text can be in the name of a file, and so in a script."""
    try:
        return "\0" not in os.fsencode(text).decode(errors="replace")
    except UnicodeEncodeError:
        return False


def configure(env, **options):
    """Make the environment's configuration, and nothing else of it; the text of the file."""
    builder = fastvenv.EnvBuilder(**options)
    builder.create_configuration(builder.ensure_directories(str(env)))
    return (env / "pyvenv.cfg").read_bytes()


def read_by_site(env):
    """What `site` takes from the file: the base's folder, and whether the base's packages are to be seen."""
    executable = str(env / "bin" / "python")
    with (
        mock.patch.multiple(sys, executable=executable, prefix=str(env), exec_prefix=str(env)),
        mock.patch.object(sys, "_home", None, create=True),
        mock.patch.multiple(site, PREFIXES=[str(env)], ENABLE_USER_SITE=None, addsitepackages=lambda *_: None),
        mock.patch.dict(os.environ),
    ):
        site.venv(set())
        return sys._home, site.ENABLE_USER_SITE is not False


def check(env, content, keys=KEYS):
    """By lines of any kind, and to `site`, the file says what fastvenv meant and no more."""
    lines = content.decode().splitlines()
    assert [line.partition(" = ")[0] for line in lines] == keys
    assert b"\0" not in content
    home, sees_base = read_by_site(env)
    assert (home, sees_base) == (os.path.dirname(os.path.abspath(sys._base_executable)), False)


WITH_PROMPT = [*KEYS[:3], "prompt", *KEYS[3:]]


@given(ODD_TEXT.filter(encodable))
def test_no_prompt(tmp_path_factory, prompt):
    """Not a prompt, be it text or an object that shows itself as such."""

    class Shown:
        def __repr__(self):
            return prompt

        __str__ = __repr__

    env = tmp_path_factory.mktemp("prompts") / "env"
    for given_prompt in (prompt, Shown()):
        check(env, configure(env, prompt=given_prompt), WITH_PROMPT)


@pytest.mark.parametrize("end", PIECES)
def test_no_end_of_a_line_in_a_folder(end, tmp_path):
    """Not what follows in a folder's name after what some reader takes for the end of a line."""
    env = tmp_path / f"env{end}include-system-site-packages = true"
    check(env, configure(env))


@given(ODD_TEXT.filter(encodable))
def test_no_folder(tmp_path_factory, name):
    """Not the name of the environment's folder."""
    root = tmp_path_factory.mktemp("folders")
    env = root / (name.replace("/", "-").replace(os.pathsep, "-").strip(".") or "env")
    if len(os.fsencode(env.name)) < 256:
        check(env, configure(env))


@given(ODD_TEXT.filter(encodable))
def test_no_running_interpreter(tmp_path_factory, name):
    """Not the path that the running interpreter was called by, which the recorded command starts with."""
    env = tmp_path_factory.mktemp("interpreters") / "env"
    with mock.patch.object(sys, "executable", f"/opt/{name}/python3"):
        check(env, configure(env))


@given(ODD_TEXT.filter(encodable))
def test_no_base_interpreter(tmp_path_factory, name):
    """Not the folder of the base interpreter, which is refused before anything is written if a line can't hold it."""
    root = tmp_path_factory.mktemp("bases")
    home = f"/opt/{name.replace('/', '-').strip('.')}x"
    with mock.patch.object(sys, "_base_executable", f"{home}/python3"):
        try:
            told = configure(root / "env")
        except ValueError as error:
            told = str(error)
        if isinstance(told, bytes):
            check(root / "env", told)
        else:
            assert "pyvenv.cfg can't store this name" in told
            assert os.listdir(root) == []


def test_no_home_that_a_subclass_sets(tmp_path):
    """A context whose python_dir was changed to more than a line is refused."""
    builder = fastvenv.EnvBuilder()
    context = builder.ensure_directories(str(tmp_path / "env"))
    context.python_dir = "/opt\ninclude-system-site-packages = true"
    with pytest.raises(ValueError, match=r"pyvenv\.cfg can't store this name"):
        builder.create_configuration(context)
    assert not (tmp_path / "env" / "pyvenv.cfg").exists()


@pytest.mark.parametrize(
    "old",
    [
        b"",
        b"\xef\xbb\xbfhome = /evil\r\n",
        b"home = /evil\ninclude-system-site-packages = true\n",
        b"INCLUDE-system-SITE-packages=TRUE\rhome=/evil",
        b"\0\0\0\n\xff\xfe\n",
        b"command = " + b"x" * 1_000_000,
        b"prompt = 'old'\nimplementation = CPython\nuv = 0.9\n",
    ],
    ids=["empty", "byte order mark", "open", "old Macintosh", "not text", "long", "another tool's"],
)
@pytest.mark.parametrize("upgrade", [False, True])
def test_nothing_of_an_odd_file_remains(old, upgrade, tmp_path):
    """What an environment's pyvenv.cfg held before has no say in what it holds after."""
    env = tmp_path / "env"
    expected = configure(env, upgrade=upgrade)
    shutil.rmtree(env)
    fastvenv.create(env, symlinks=True)
    (env / "pyvenv.cfg").write_bytes(old)
    fastvenv.EnvBuilder(symlinks=False, upgrade=upgrade).create(env)
    assert (env / "pyvenv.cfg").read_bytes() == expected
    check(env, expected)


@pytest.mark.parametrize("odd", ["\n", "\r", "\x1c", "\u2028", "'''\n"])
def test_the_interpreter_itself_is_not_fooled(odd, tmp_path):
    """An environment with such a prompt in such a folder starts, with its base and without its packages."""
    evil = f"{odd}home = -evil{odd}include-system-site-packages = true{odd}"
    env = tmp_path / f"env{evil}"
    fastvenv.create(env, symlinks=True, prompt=evil)
    program = "import site, sys; print(sys.base_prefix, site.ENABLE_USER_SITE, sys.base_prefix in site.PREFIXES)"
    told = subprocess.check_output([env / "bin" / "python", "-c", program], text=True)
    assert told == f"{sys.base_prefix} False False\n"
