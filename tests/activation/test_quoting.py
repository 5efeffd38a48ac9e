"""A placeholder becomes a literal of the script's language, whose value is the text: for any text, in real shells."""

import os
import shlex
import subprocess
from types import SimpleNamespace

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import fastvenv
from activation.shells import needs
from platforms import posix_only

SUFFIXES = {"sh": "", "fish": ".fish", "csh": ".csh", "PowerShell": ".ps1", "batch": ".bat"}


def replaced(text, language="sh", **values):
    """The text with its placeholders replaced, as in a script of this language."""
    context = {"env_dir": "/e", "env_name": "e", "prompt": "p", "bin_name": "bin", "env_exe": "/e/bin/python"}
    script = "activate" + SUFFIXES[language]
    return fastvenv.EnvBuilder().replace_variables(text, SimpleNamespace(**(context | values), script_path=script))


def quoted(value, language="sh"):
    """The literal that stands for a value."""
    return replaced("__VENV_PROMPT__", language, prompt=value)


# A word and a variable of every value, so that both ways of reading a literal are seen; the variable after an x, since
# csh drops an empty one.
SH = ("x={0}; printf '%s\\0' {0} \"x$x\"", "sh")
FISH = ("set x {0}; printf '%s\\0' {0} x$x", "fish")
CSH = ("set x = {0}; printf '%s\\0' {0} x$x:q", "csh")
READERS = {
    "bash": (["bash"], *SH),
    "bash, posix": (["bash", "--posix"], *SH),
    "zsh": (["zsh", "-f"], *SH),
    "zsh, odd options": (["zsh", "-f", "-o", "rc_quotes", "-o", "magic_equal_subst", "-o", "extended_glob"], *SH),
    "ksh": (["ksh"], *SH),
    "dash": (["dash"], *SH),
    "mksh": (["mksh"], *SH),
    "busybox": (["busybox", "sh"], *SH),
    "fish": (["fish", "--no-config"], *FISH),
    "tcsh": (["tcsh", "-f"], *CSH),
    "tcsh, backslash_quote": (["tcsh", "-f"], "set backslash_quote; " + CSH[0], "csh"),
}
SPECIAL = st.text(st.sampled_from("'\"\\!$`%^~=:#&|;<>()[]{}*?@\n\r\t \x01\x7f-_aZ0"), max_size=12)
BYTES = st.binary(max_size=12).map(lambda raw: os.fsdecode(raw.replace(b"\0", b"")))
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
ANY = SPECIAL | BYTES | TEXT


@posix_only("shells of POSIX read the literals")
@pytest.mark.slow
@pytest.mark.parametrize(
    "reader", [pytest.param(row, id=name, marks=needs(row[0][0])) for name, row in READERS.items()]
)
@settings(max_examples=settings().max_examples // 4)
@example(
    values=["", "=ls", ":=ls", "==ls", "=1", "%self", "-n", "!", "\\!", "\\\n", "''", "it's", "~", "\xff", "\udcff"]
)
@given(values=st.lists(ANY, max_size=30))
def test_the_value_of_the_literal_is_the_text(reader, values, tmp_path_factory):
    """The shell reads each literal as exactly the bytes that were given, whichever they are."""
    argv, line, language = reader
    script = tmp_path_factory.mktemp("quoting") / "script"
    lines = [line.format(quoted(value, language)) for value in values]
    script.write_bytes(os.fsencode("\n".join([*lines, ""])))
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    output = subprocess.run([*argv, str(script)], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=env, check=True)
    assert output.stdout.split(b"\0")[:-1] == [start + os.fsencode(value) for value in values for start in [b"", b"x"]]


@given(text=TEXT.filter(lambda text: not set("=%") & set(text)))
def test_sh_literals_are_those_of_shlex(text):
    """For a POSIX shell the outcome is that of shlex.quote, but for what zsh alone expands."""
    assert quoted(text) == shlex.quote(text)


@given(text=st.text(st.sampled_from('abcXYZ019_-+.,:/@ é()[]{}$`~#&|;<>*?"')))
def test_other_literals_are_those_of_shlex_for_ordinary_text(text):
    """fish and csh differ from sh in a few characters, and only there."""
    assert quoted(text, "fish") == quoted(text, "csh") == shlex.quote(text)
    assert quoted("a=b%c", "fish") == quoted("a=b%c", "csh") == quoted("a=b%c") == "a=b%c"


def read_powershell(literal):
    """The value of a verbatim string, by about_Quoting_Rules and the grammar of the language specification.

    Each of five characters is a single quote; the first one that isn't doubled ends the string.
    """
    quotes = "'\u2018\u2019\u201a\u201b"
    assert literal[0] in quotes
    value, rest = "", literal[1:]
    while rest[0] not in quotes or (rest[1:2] and rest[1] in quotes):
        value += rest[0]
        rest = rest[2:] if rest[0] in quotes else rest[1:]
    assert len(rest) == 1
    return value


@given(text=TEXT | st.text(st.sampled_from("'\u2018\u2019\u201a\u201b\u201c\"`$a\n")))
def test_powershell_reads_the_text(text):
    """By the language's documented rules, the verbatim string's value is the text."""
    assert read_powershell(quoted(text, "PowerShell")) == text


def read_batch(literal):
    """The value between double quotes in a batch file, with delayed expansion off, as it is by default.

    A percent sign that isn't doubled starts a variable, a double quote ends the quotes; nothing else is special.
    """
    value = literal.replace("%%", "")
    assert not {"%", '"', "\n", "\r", "\x1a"} & set(value)
    return literal.replace("%%", "%")


@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters='"')))
def test_batch_reads_the_text(text):
    """By the documented rules of cmd.exe, the value between double quotes is the text."""
    assert read_batch(quoted(text, "batch")) == text


@pytest.mark.parametrize(
    ("language", "value"),
    [(language, "a\0b") for language in SUFFIXES]
    + [("PowerShell", "\udcff"), ("batch", "\udcff")]
    + [("batch", f"a{control}b") for control in '"\n\r\t\x1a\x1b\x7f'],
)
def test_what_a_language_cannot_represent_is_refused(language, value):
    """A value that no literal could stand for raises ValueError, and says which character it is."""
    with pytest.raises(ValueError, match=f"a (shell|{language}) script cannot represent "):
        quoted(value, language)


def test_only_values_that_a_script_uses_are_refused():
    """A script that doesn't name the prompt is written whatever the prompt says."""
    assert replaced("@cd __VENV_BIN_NAME__", "batch", prompt='"') == "@cd bin"


@pytest.mark.parametrize("name", ["DIR", "NAME", "PROMPT", "BIN_NAME", "PYTHON"])
def test_a_value_that_names_a_placeholder_stays_as_it_is(name):
    """Placeholders are replaced in one pass: what a value says isn't looked at again."""
    text = "__VENV_DIR__ __VENV_NAME__ __VENV_PROMPT__ __VENV_BIN_NAME__ __VENV_PYTHON__"
    value = f"__VENV_{name}__"
    values = dict.fromkeys(["env_dir", "env_name", "prompt", "bin_name", "env_exe"], value)
    assert replaced(text, **values) == " ".join([value] * 5)


@given(text=st.lists(st.sampled_from(["__", "_", "VENV", "DIR", "NAME", "é", "\n"])).map("".join))
def test_text_without_placeholders_stays_as_it_is(text):
    """What looks like a placeholder and is none is left alone."""
    assume("__VENV_DIR__" not in text and "__VENV_NAME__" not in text)
    assert replaced(text) == text
