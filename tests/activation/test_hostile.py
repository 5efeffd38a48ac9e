"""Activation in shells that have aliases, functions and readonly variables of their own."""

import os
import re

import pytest

from activation.shells import POSIX, SHELLS, every_shell, exported, install, needs, run, state
from activation.terminal import Terminal
from platforms import posix_only

pytestmark = posix_only("shells of POSIX source the scripts")

# bash expands aliases in a script only where this is set; at a terminal it always does.
ALIASES = 'if [ -n "${BASH_VERSION-}" ]; then shopt -s expand_aliases; fi'


def activate_and_leave(shell, tmp_path, *before, after=()):
    """Run the lines `before`, activate, deactivate, run the lines `after`, and return how the script ended."""
    return run(
        shell,
        tmp_path,
        shell.set_prompt("<p> "),
        exported("before"),
        *before,
        shell.source(install(tmp_path / "env", prompt="it's $HOME!") / shell.script),
        exported("active"),
        "deactivate",
        exported("after"),
        shell.show_prompt("prompt"),
        *after,
    )


def assert_activated_and_left(ended):
    """Nothing was printed, programs saw the environment, and afterwards what was there before."""
    assert (ended.status, ended.output) == (0, b"")
    before, active, after = map(ended.environment, ["before", "active", "after"])
    assert active[b"VIRTUAL_ENV"] == os.fsencode(ended.folder / "env")
    assert active[b"VIRTUAL_ENV_PROMPT"] == b"it's $HOME!"
    assert active[b"PATH"] == os.fsencode(ended.folder / "env/bin:") + before[b"PATH"]
    assert (after[b"PATH"], b"VIRTUAL_ENV" in after) == (before[b"PATH"], False)
    assert (ended.folder / "prompt").read_bytes() == b"<p> "


@pytest.mark.parametrize("options", [":", "set -eu"], ids=["lenient", "strict"])
@every_shell(*POSIX)
def test_an_alias_named_deactivate_gives_way_and_comes_back(shell, options, tmp_path):
    """An alias of another tool prevents neither command, and is there again afterwards, letter for letter."""
    define = "alias deactivate='echo \"it'\\''s\" $HOME \\'"
    before = [ALIASES, define, "alias > aliases", options]
    ended = activate_and_leave(shell, tmp_path, *before, after=["alias > restored"])
    assert_activated_and_left(ended)
    assert b"deactivate" in (tmp_path / "aliases").read_bytes()
    assert (tmp_path / "restored").read_bytes() == (tmp_path / "aliases").read_bytes()


@needs("zsh")
def test_a_global_alias_named_deactivate_gives_way_and_comes_back(tmp_path):
    """In zsh, an alias may be expanded anywhere in a command; it is again such an alias afterwards."""
    after = ["alias -g > restored"]
    ended = activate_and_leave(SHELLS["zsh"], tmp_path, "alias -g deactivate='echo nothing'", after=after)
    assert_activated_and_left(ended)
    assert (tmp_path / "restored").read_bytes() == b"deactivate='echo nothing'\n"


@every_shell(*POSIX)
def test_an_alias_gives_way_to_one_environment_after_another(shell, tmp_path):
    """The alias comes back when the last environment is left, not when the next one is activated."""
    second = shell.source(install(tmp_path / "b") / shell.script)
    before = [ALIASES, "alias deactivate='echo alias'", second, second]
    ended = activate_and_leave(shell, tmp_path, *before, after=["deactivate > alias"])
    assert_activated_and_left(ended)
    assert (tmp_path / "alias").read_bytes() == b"alias\n"


CALLED = ["export", "unset", "hash", "command", "builtin", "[", "test", "eval", "return", "unalias", "shopt", "setopt"]
CALLED += ["typeset", "echo", "cygpath", ":", "local", "set"]


@pytest.mark.parametrize("name", CALLED)
@every_shell(*POSIX)
def test_aliases_of_the_user_do_not_get_in_the_way(shell, name, tmp_path):
    """The script calls what the shell itself offers, also where an alias has its name."""
    define = f"alias '{name}'='echo alias; false'"
    ended = activate_and_leave(shell, tmp_path, ALIASES, f"{define} 2>/dev/null || \\:", after=["\\unalias -a"])
    assert_activated_and_left(ended)


@pytest.mark.parametrize("name", ["hash", "test", "export", "unset", "return", "alias", "unalias", "eval", "cygpath"])
@every_shell(*POSIX)
def test_functions_of_the_user_do_not_get_in_the_way(shell, name, tmp_path):
    """The script calls what the shell itself offers, also where a function has its name."""
    define = f"eval '{name} () {{ echo function; cat; false; }}' 2>/dev/null"
    prefix = "" if shell.argv[0] == "zsh" else "command "
    ended = activate_and_leave(shell, tmp_path, f"{prefix}{define} || command true")
    assert_activated_and_left(ended)


@pytest.mark.parametrize("prompt", ["PS1='<p> '", "unset PS1", "PS1="], ids=["set", "unset", "empty"])
@pytest.mark.parametrize("options", [":", "set -eu"], ids=["lenient", "strict"])
@every_shell(*POSIX)
def test_a_readonly_prompt_stays_and_everything_else_comes_and_goes(shell, options, prompt, tmp_path):
    """The prompt doesn't show the environment; neither command says anything about it or stops half-way."""
    if (shell.argv[0], prompt) == ("zsh", "unset PS1"):
        pytest.skip("zsh makes an empty PS1 of a readonly one that is unset")
    ended = run(
        shell,
        tmp_path,
        f"{prompt}; PYTHONHOME=/nowhere; export PYTHONHOME",
        "readonly PS1",
        options,
        shell.snapshot("before"),
        shell.source(install(tmp_path / "env") / shell.script),
        exported("active"),
        "deactivate",
        shell.snapshot("after"),
    )
    assert (ended.status, ended.output) == (0, b"")
    assert ended.environment("active")[b"VIRTUAL_ENV"] == os.fsencode(tmp_path / "env")
    assert state(tmp_path / "after") == state(tmp_path / "before")


@every_shell(*POSIX)
def test_a_prompt_made_readonly_meanwhile_stays_and_everything_else_is_restored(shell, tmp_path):
    """deactivate leaves the environment, with its name still before the prompt, and is gone itself."""
    script = shell.source(install(tmp_path / "env") / shell.script)
    lines = ["PYTHONHOME=/nowhere; export PYTHONHOME", script, "readonly PS1", "deactivate", exported("after")]
    ended = run(shell, tmp_path, *lines, "set > variables", "alias deactivate=:")
    assert (ended.status, ended.output) == (0, b"")
    after = ended.environment("after")
    assert (after[b"PATH"], after[b"PYTHONHOME"]) == (os.fsencode(os.environ["PATH"]), b"/nowhere")
    assert not re.findall(rb"^(?!_=).*_?(?:VIRTUAL|VENV)_.*", (tmp_path / "variables").read_bytes(), re.MULTILINE)


@pytest.mark.parametrize("name", ["PATH", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT", "PYTHONHOME"])
@every_shell(*POSIX)
def test_activation_fails_whole_where_a_variable_it_needs_is_readonly(shell, name, tmp_path):
    """The variable is named, the status is 1, and nothing has changed."""
    ended = run(
        shell,
        tmp_path,
        "VIRTUAL_ENV_PROMPT=other PYTHONHOME=/nowhere; export PYTHONHOME",
        f"readonly {name}",
        "echo start",  # for which ksh sets a variable of its own
        shell.snapshot("before"),
        f'{shell.source(install(tmp_path / "env") / shell.script)} || echo "status $?"',
        shell.snapshot("after"),
    )
    assert (ended.status, ended.output.decode()) == (0, f"start\n{name} is readonly in this shell\nstatus 1\n")
    assert state(tmp_path / "after") == state(tmp_path / "before")


@every_shell(*POSIX)
def test_a_variable_made_readonly_meanwhile_is_named_and_the_others_are_restored(shell, tmp_path):
    """deactivate says which variable stays as it is, and goes on."""
    script = shell.source(install(tmp_path / "env") / shell.script)
    ended = run(shell, tmp_path, "set -eu", script, "readonly VIRTUAL_ENV", "deactivate", exported("after"))
    assert (ended.status, ended.output) == (0, b"VIRTUAL_ENV is readonly in this shell\n")
    assert ended.environment("after")[b"PATH"] == os.fsencode(os.environ["PATH"])
    assert b"VIRTUAL_ENV_PROMPT" not in ended.environment("after")


@needs("tcsh")
def test_a_readonly_prompt_of_tcsh_stays_and_everything_else_comes_and_goes(tmp_path):
    """tcsh says that the prompt is readonly and ends the script there, where everything else is done."""
    shell = SHELLS["tcsh"]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TERM": "dumb", "PYTHONHOME": "/nowhere"}
    (tmp_path / ".tcshrc").write_text("set prompt = '<END>'\n")
    mark = "<END>"
    with Terminal(("tcsh", "-i"), mark, env, tmp_path) as terminal:
        terminal.run(f"set -r prompt = '{mark}'")
        terminal.run(shell.snapshot("before"))
        # By themselves on their line, since what follows there is not run.
        terminal.send(shell.source(install(tmp_path / "env") / shell.script))
        terminal.run(exported("active"))
        terminal.send("deactivate")
        terminal.run(shell.snapshot("after"))
    assert f"VIRTUAL_ENV={tmp_path}/env\0".encode() in (tmp_path / "active").read_bytes()
    assert state(tmp_path / "after") == state(tmp_path / "before")
