"""A name is data: whatever it says, drawing it in a prompt runs nothing and expands nothing."""

import os
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shells import SHELLS, install, needs
from terminal import Terminal

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
    """An interactive shell, its options before and after activation, and what it is known to draw otherwise."""

    argv: tuple[str, ...]
    before: str = ":"
    after: str = ":"
    drawn: dict[str, str] = field(default_factory=dict)

    @property
    def language(self):
        """How to say things in this shell."""
        return SHELLS[self.argv[0]]


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
    "fish": Setting(("fish", "--no-config", "--private", "-i", "-C", f"function fish_prompt; echo -n '{MARK}'; end")),
    "tcsh": Setting(("tcsh", "-i")),
}


def home_in(folder):
    """Make a home folder with no settings but the prompt of tcsh, which no variable can set."""
    home = folder / "home"
    home.mkdir()
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
            prompt = terminal.run(":")
            expected = name.translate(str.maketrans(setting.drawn))
            assert f"({expected}) {MARK}" in prompt
        terminal.run("deactivate")
        assert "(" not in terminal.run(":")
    assert not (home / "pwned").exists()


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
            assert f"({name.translate(str.maketrans(setting.drawn))}) {MARK}" in terminal.run(":")
