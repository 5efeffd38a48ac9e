"""Any name that the file system takes is a name for an environment, and any path that leads there will do."""

import errno
import os
import shutil
import subprocess
import sys
import threading
import unicodedata
import venv
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import fastvenv
import faults
import seeding
from parity.trees import ACTIVATION_SCRIPTS
from platforms import linux_only

pytestmark = linux_only("other systems allow other names and lengths")

LINKS = {"symlinks": True}


def tree(env):
    """What stands there, but for what fastvenv has of its own: the scripts, and pyvenv.cfg's last lines on 3.10."""
    found = faults.snapshot(env)
    differing = ACTIVATION_SCRIPTS | ({"pyvenv.cfg"} if sys.version_info < (3, 11) else set())
    for name, (mode, _) in found.items():
        if os.path.basename(name) in differing:
            found[name] = (mode, "differs")
    return found


def outcome(create, env):
    """What a creation leaves, or the class and errno of what it raises."""
    try:
        create(env, **LINKS)
    except (OSError, ValueError) as error:
        return type(error), getattr(error, "errno", None)
    return tree(env)


def both(sandbox, env):
    """The outcomes of the standard library and of fastvenv, each in a new sandbox."""
    outcomes = []
    for create in (venv.create, fastvenv.create):
        shutil.rmtree(sandbox, ignore_errors=True)
        sandbox.mkdir()
        outcomes.append(outcome(create, env))
    return outcomes


def names():
    """Names of files: bytes of any kind but the two that no name has."""
    byte_strings = st.binary(min_size=1, max_size=60).map(
        lambda raw: os.fsdecode(raw.replace(b"\0", b"0").replace(b"/", b"-"))
    )
    texts = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=60)
    return st.one_of(byte_strings, texts).filter(lambda name: name not in (".", ".."))


@pytest.mark.slow
@given(names())
@example("'; touch x; '")
@example("a\nb = c")
@example(" ")
@example("-rf")
@example("%d$HOME`id`!!")
def test_any_name(tmp_path_factory, name):
    """A folder of any name holds the environment that the standard library would make, where that can make one."""
    root = tmp_path_factory.mktemp("names")
    theirs, ours = both(root / "sandbox", root / "sandbox" / name)
    if os.pathsep in name:
        assert ours == (ValueError, None)
        return
    assert isinstance(ours, dict), ours
    assert b"VIRTUAL_ENV" in (root / "sandbox" / name / "bin/activate").read_bytes()
    if isinstance(theirs, dict):
        if not name.isprintable():
            # The recorded command is escaped then; and of what is no UTF-8, 3.10 makes no scripts.
            theirs |= {file: entry for file, entry in ours.items() if os.path.basename(file) in ACTIVATION_SCRIPTS}
            del theirs["pyvenv.cfg"], ours["pyvenv.cfg"]
        assert ours == theirs


@pytest.mark.parametrize("name", ["\ud800", "a\udc7fb"])
def test_text_that_is_no_file_name(name, tmp_path):
    """Surrogates that stand for no byte are refused, and nothing is left."""
    with pytest.raises(UnicodeEncodeError):
        fastvenv.create(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path",
    ["", ".", "./", "new", "new/", "new//", "new/.", "./new", "x/../new", "..", "new ", " new", "new. ", "~", "a/b/c"],
)
def test_every_spelling_of_a_path(path, tmp_path, monkeypatch):
    """A path means what it means to the standard library, whatever it ends in or leads through."""
    results = []
    for create in (venv.create, fastvenv.create):
        shutil.rmtree(tmp_path / "root", ignore_errors=True)
        (tmp_path / "root/here").mkdir(parents=True)
        monkeypatch.chdir(tmp_path / "root/here")
        create(path, **LINKS)
        results.append(tree(tmp_path / "root"))
    assert results[0] == results[1]
    assert any(name.endswith("pyvenv.cfg") for name in results[1])


def test_composed_and_decomposed_are_two_names(tmp_path):
    """Names that look the same and differ in bytes are two environments, each of which knows its own name."""
    for form in ("NFC", "NFD"):
        fastvenv.create(tmp_path / unicodedata.normalize(form, "café"), **LINKS)
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("this file system takes both for one name")
    for env in tmp_path.iterdir():
        script = 'set -eu; . "$1/bin/activate"; printf %s "$VIRTUAL_ENV"'
        assert subprocess.check_output(["sh", "-c", script, "sh", env]) == os.fsencode(env)


def test_the_longest_name(tmp_path):
    """A name of 255 bytes will do; one of 256 is ENAMETOOLONG, and nothing is left."""
    fastvenv.create(tmp_path / ("n" * 255), **LINKS)
    with pytest.raises(OSError, match="too long") as caught:
        fastvenv.create(tmp_path / ("n" * 256), **LINKS)
    assert (caught.value.errno, caught.value.filename) == (errno.ENAMETOOLONG, str(tmp_path / ("n" * 256)))
    assert len(list(tmp_path.iterdir())) == 1


def path_of_length(root, length):
    """A path of that many bytes below `root`, its parents not made."""
    path = str(root)
    while len(path) < length - 256:
        path += "/" + "d" * 200
    return Path(path + "/" + "e" * (length - len(path) - 1))


def test_the_longest_path(tmp_path):
    """Up to the length at which the standard library fails, an environment is made; from there on, ENAMETOOLONG."""
    lengths = [*range(4096 - 45, 4096, 1 if faults.ROUNDS > 12 else 4), 4095, 4096, 4200]
    seen = set()
    for length in lengths:
        theirs, ours = both(tmp_path / "sandbox", path_of_length(tmp_path / "sandbox", length))
        if isinstance(theirs, dict):
            assert ours == theirs, length
        else:
            assert ours == theirs == (OSError, errno.ENAMETOOLONG), length
        seen.add(type(ours))
    assert seen == {dict, tuple}


@pytest.mark.parametrize("length", [110, 128, 300, 2000])
def test_pip_in_a_long_path(length, tmp_path):
    """pip's scripts run wherever the environment stands, longer than a first line may be or not."""
    env = path_of_length(tmp_path, max(length, len(str(tmp_path)) + 10))
    seeding.create_natively(env)
    assert b"pip " in subprocess.check_output([env / "bin/pip", "--version"])


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [b"caf\xe9", b"\xff \xfe", b"tab\tnew\nline", b'it\'s "$(x)" `y` \\ %z!', "é 🐍".encode()]
)
def test_pip_in_any_path(name, tmp_path):
    """pip's scripts run, list and check in a folder of any name, and activation finds them."""
    env = os.fsencode(tmp_path) + b"/" + name
    seeding.create_natively(Path(os.fsdecode(env)))
    assert b"pip " in subprocess.check_output([env + b"/bin/pip", "--disable-pip-version-check", "list"])
    script = 'set -eu; . "$1/bin/activate"; command -v pip; pip --version >&2; printf %s "$VIRTUAL_ENV"'
    assert subprocess.check_output(["sh", "-c", script, "sh", env]) == env + b"/bin/pip\n" + env


@pytest.mark.parametrize("name", [b"caf\xe9", "é".encode(), b"plain"])
def test_the_command_line_in_a_plain_locale(name, tmp_path):
    """Where file names are ASCII to Python, names beyond that work all the same."""
    environ = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    env = os.fsencode(tmp_path) + b"/" + name
    subprocess.run([sys.executable, "-m", "fastvenv", "--without-pip", env], check=True, env=environ)
    script = '. "$1/bin/activate"; printf %s "$VIRTUAL_ENV"'
    assert subprocess.check_output(["sh", "-c", script, "sh", env]) == env
    assert subprocess.check_output([env + b"/bin/python", "-c", "print('runs')"]) == b"runs\n"
    program = """
import os, sys, fastvenv
try: fastvenv.create(sys.argv[1] + "/pyvenv.cfg/env")
except OSError as error: os.write(1, os.fsencode(error.filename))
"""
    told = subprocess.check_output([sys.executable, "-c", program, env], env=environ)
    assert told == env + b"/pyvenv.cfg/env"


@pytest.mark.slow
@pytest.mark.parametrize("with_pip", [False, True])
def test_another_thread_changes_the_folder(with_pip, tmp_path, monkeypatch):
    """A relative path is made absolute once: all of an environment lands in one place, which it names as its own."""
    monkeypatch.setenv("FASTVENV_CACHE_DIR", "cache")
    monkeypatch.setenv("FASTVENV_LINK_MODE", "hardlink")
    places = [tmp_path / "one", tmp_path / "two"]
    for place in places:
        place.mkdir()
    monkeypatch.chdir(places[0])
    done = threading.Event()

    def wander():
        while not done.is_set():
            for place in places:
                os.chdir(place)

    thread = threading.Thread(target=wander)
    thread.start()
    try:
        for number in range(faults.ROUNDS if with_pip else 10 * faults.ROUNDS):
            fastvenv.create(f"env{number}", with_pip=with_pip, **LINKS)
    finally:
        done.set()
        thread.join()
    names = set(os.listdir(tmp_path))
    assert names == {"one", "two"}
    envs = [env for place in places for env in place.iterdir() if env.name != "cache"]
    assert len(envs) == number + 1
    whole = len(faults.snapshot(envs[0]))
    for env in envs:
        assert len(faults.snapshot(env)) == whole
        assert f" {env}\n" in (env / "pyvenv.cfg").read_text()
        assert str(env) in (env / "bin/activate").read_text()
        if with_pip:
            seeding.check_whole(env)
