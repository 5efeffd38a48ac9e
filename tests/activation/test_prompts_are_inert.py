"""A name is data: whatever it says, drawing it in a prompt runs nothing and expands nothing."""

import os
import re
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activation.shells import POSIX, SHELLS, every_shell, install, needs, run
from activation.terminal import Terminal
from platforms import posix_only

pytestmark = [pytest.mark.slow, posix_only("shells of POSIX draw the prompt")]

MARK = "<END>"

NAMES = {
    "command": "$(touch pwned)",
    "backticks": "`touch pwned`",
    "command of fish": "(touch pwned)",
    "variables": "$HOME ${HOME} $PATH$",
    "arithmetic": "$((6*7)) $[6*7]",
    "history": "!! !1 !echo \\!!! wow!",
    "percent": "%n %~ %% %(?.yes.no) %$HOME %{ %B 100%",
    "escapes": "\\h \\w \\u@\\! \\$ \\\\h \\[ \\e \\044(touch pwned) \\D{%Y} \\",
    "escaped commands": "\\$(touch pwned) \\\\$(touch pwned) \\`touch pwned\\` \\\\`touch pwned\\\\`",
    "one quote": "it's",
    "other quote": 'say "',
    "quotes": "'; touch pwned; ' \"; touch pwned; \" '\"'\"'",
    "separators": "; touch pwned & | > x < y #",
    "caret": "^touch^pwned^ ^G ^[",
    "patterns": "* ? [a-z] {a,b} ~ ~root =ls",
    "braces": "} ${ {} %} \\D{`touch pwned`} %D{$(touch pwned)}",
    "letters": "ünïcödé 虚拟环境 🐍",
    "lines": "one\n$(touch pwned)\ntwo",
}

PIECES = [*"$`!%\\\"'(){}[]<>~#^&;|*?=:@/,.-+_ aAdDhnwe01é虚", "$(", "${", "\\$(", "%{", "%}", "\\D{", "%D{", "\\["]
ANY_NAME = st.lists(st.sampled_from(PIECES), min_size=1, max_size=20).map("".join)


@dataclass(frozen=True)
class Setting:
    """An interactive shell, its options before and after activation, and what it is known to draw otherwise.

    With `drawn` as None it is known to expand characters, but no more than that.
    """

    argv: tuple[str, ...]
    before: str = ":"
    after: str = ":"
    drawn: dict[str, str] | None = field(default_factory=dict)

    @property
    def language(self):
        """How to say things in this shell."""
        return SHELLS[self.argv[0]]

    def prompt_of(self, name):
        """The prompt that shows a name."""
        drawn = name.translate(str.maketrans(self.drawn or {}))
        if self.drawn is PLAIN:
            drawn = re.sub(r"(\\\\)(?=\\)", r"\1${_VENV_NOTHING-}", drawn)
        return MARK if self.drawn is None else f"({drawn}) {MARK}"


BASH = ("bash", "--norc", "--noprofile", "--noediting", "-i")
ZSH = ("zsh", "-i", *(word for option in ["rcs", "prompt_sp", "prompt_cr", "zle"] for word in ("-o", f"no_{option}")))
TICK = {"`": "\\`"}
PLAIN = {"$": "\\$", "\\": "\\\\", "`": "\\`", "!": "!!"}
SETTINGS = {
    "bash": Setting(BASH),
    "bash with readline": Setting(("bash", "--norc", "--noprofile", "-i")),
    "bash, no promptvars": Setting(BASH, before="shopt -u promptvars", drawn=TICK),
    "bash, no promptvars later": Setting(BASH, after="shopt -u promptvars", drawn=TICK),
    "bash, promptvars later": Setting(BASH, before="shopt -u promptvars", after="shopt -s promptvars"),
    "bash, posix": Setting(BASH, before="set -o posix"),
    "bash, posix later": Setting(BASH, after="set -o posix"),
    "zsh": Setting(ZSH, drawn=TICK),
    "zsh with its editor": Setting(ZSH[:-2], drawn=TICK),
    "zsh, subst": Setting(ZSH, before="setopt prompt_subst"),
    "zsh, subst later": Setting(ZSH, after="setopt prompt_subst"),
    "zsh, bang": Setting(ZSH, before="setopt prompt_bang", drawn=TICK),
    "zsh, bang and subst later": Setting(ZSH, after="setopt prompt_bang prompt_subst"),
    "zsh, no percent": Setting(ZSH, before="setopt no_prompt_percent", drawn=PLAIN),
    "zsh, no percent, bang, subst": Setting(ZSH, before="setopt no_prompt_percent prompt_bang prompt_subst"),
    "zsh as sh": Setting(("zsh", "--emulate", "sh", *ZSH[1:]), drawn={"!": "!!"}),
    "zsh as ksh": Setting(("zsh", "--emulate", "ksh", *ZSH[1:])),
    "ksh": Setting(("ksh", "-i")),
    "dash": Setting(("dash", "-i")),
    "mksh": Setting(("mksh", "-i")),
    "mksh, posix": Setting(("mksh", "-i", "-o", "posix")),
    "busybox": Setting(("busybox", "sh", "-i"), drawn=None),
    "bash from zsh": Setting(BASH, before="ZSH_VERSION=5.9"),
    "bash from ksh": Setting(BASH, before="KSH_VERSION=1"),
    "zsh from bash": Setting(ZSH, before="BASH_VERSION=5; setopt prompt_subst"),
    "ksh from bash and zsh": Setting(("ksh", "-i"), before="BASH_VERSION=5; ZSH_VERSION=5.9"),
    "fish": Setting(("fish", "--no-config", "--private", "-i", "-C", f"function fish_prompt; echo -n '{MARK}'; end")),
    "tcsh": Setting(("tcsh", "-i")),
}


def home_in(folder):
    """Make a home folder with no settings but the prompts of tcsh and mksh, which no variable can set."""
    home = folder / "home"
    home.mkdir()
    (home / ".mkshrc").write_text(f"PS1='{MARK}'\n")
    (home / ".tcshrc").write_text(f"set prompt = '{MARK}'\n")
    return home


def open_terminal(setting, home):
    """The shell, in the home folder, with the mark as its whole prompt."""
    path = os.environ["PATH"]
    env = {"PATH": path, "HOME": str(home), "TERM": "dumb", "LC_ALL": "C.UTF-8", "PS1": MARK}
    return Terminal(setting.argv, MARK, env, home)


@pytest.mark.parametrize(
    "setting", [pytest.param(setting, id=name, marks=needs(setting.argv[0])) for name, setting in SETTINGS.items()]
)
def test_a_name_is_drawn_as_it_is(setting, tmp_path):
    """In an interactive shell, every name above is shown letter for letter, and no command in it has run."""
    home = home_in(tmp_path)
    with open_terminal(setting, home) as terminal:
        terminal.run(setting.before)
        for number, name in enumerate(NAMES.values()):
            folder = tmp_path / str(number)
            env_dir = os.path.join(tmp_path, name.replace("/", "_"))
            script = install(env_dir, prompt=name, folder=folder) / setting.language.script
            terminal.run(setting.language.source(script))
            terminal.run(setting.after)
            assert setting.prompt_of(name) in terminal.run(":")
        terminal.run("deactivate")
        assert "(" not in terminal.run(":")
    assert not list(home.glob("pwned*"))


@pytest.mark.parametrize("shell", [pytest.param(name, marks=needs(name)) for name in SHELLS])
@settings(max_examples=settings().max_examples // 10)
@given(names=st.lists(ANY_NAME, min_size=1, max_size=10))
def test_any_name_is_drawn_as_it_is(shell, names, tmp_path_factory):
    """Whatever the characters that shells care about, and in any order, they are shown as they are."""
    setting = SETTINGS[shell]
    folder = tmp_path_factory.mktemp("names")
    with open_terminal(setting, home_in(folder)) as terminal:
        for number, name in enumerate(names):
            script = install(folder / "env", prompt=name, folder=folder / str(number)) / setting.language.script
            terminal.run(setting.language.source(script))
            assert setting.prompt_of(name) in terminal.run(":")


@pytest.mark.parametrize("heir", [pytest.param(SHELLS[name], id=f"to {name}", marks=needs(name)) for name in POSIX])
@every_shell(*POSIX)
def test_a_shell_that_inherits_the_prompt_runs_nothing_in_it(shell, heir, tmp_path):
    """An exported PS1 reaches shells of other kinds, which may draw it otherwise, but run no command in it."""
    ticked = ["\\" * count + "`touch pwned" + "\\" * count + "`" for count in range(1, 5)]
    dollar = ["\\" * count + "$(touch pwned)" for count in range(1, 5)]
    lines = ["PS1='<p> # '; export PS1"]  # mksh takes no other from others
    for number, name in enumerate([*NAMES.values(), *ticked, *dollar, *map("".join, zip(dollar, ticked, strict=True))]):
        script = install(tmp_path / "env", prompt=name, folder=tmp_path / str(number)) / shell.script
        lines += [shell.source(script), f"echo : | {' '.join(heir.argv)} -i"]
    ended = run(shell, tmp_path, *lines, env={"PS1": MARK})
    assert ended.output.count(b"<p> # ") >= len(NAMES)
    assert not list(tmp_path.glob("pwned*"))
