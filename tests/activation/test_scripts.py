"""What the activation scripts do to a shell, in every shell that is here."""

import os
import re
import subprocess

import pytest

from activation.shells import POSIX, SHELLS, Fish, every_shell, exported, install, needs, run
from platforms import linux_only, posix_only

pytestmark = posix_only("shells of POSIX source the scripts")


@every_shell()
def test_an_active_environment_is_seen_by_programs(shell, tmp_path):
    """VIRTUAL_ENV and the bare prompt are exported, the scripts come first in PATH, PYTHONHOME is gone."""
    env_dir = tmp_path / "my env"
    script = install(env_dir, prompt="my prompt") / shell.script
    ended = run(shell, tmp_path, shell.set("PYTHONHOME", "/nowhere"), shell.source(script), exported("active"))
    assert (ended.status, ended.output) == (0, b"")
    active = ended.environment("active")
    assert active[b"VIRTUAL_ENV"] == os.fsencode(env_dir)
    assert active[b"VIRTUAL_ENV_PROMPT"] == b"my prompt"
    assert active[b"PATH"] == os.fsencode(f"{env_dir}/bin:{os.environ['PATH']}")
    assert b"PYTHONHOME" not in active


@every_shell()
def test_a_child_shell_can_activate_another_environment(shell, tmp_path):
    """A shell that inherits an active environment, and not its deactivate, takes another one all the same."""
    install(tmp_path / "b")
    lines = [shell.source(tmp_path / "b/bin" / shell.script), exported("active"), "deactivate", exported("after")]
    (tmp_path / "child").write_text("\n".join(lines) + "\n")
    ended = run(shell, tmp_path, shell.source(install(tmp_path / "a") / shell.script), " ".join([*shell.argv, "child"]))
    assert (ended.status, ended.output) == (0, b"")
    assert ended.environment("active")[b"PATH"].startswith(os.fsencode(tmp_path / "b/bin:"))
    assert ended.environment("active")[b"VIRTUAL_ENV"] == os.fsencode(tmp_path / "b")
    assert b"VIRTUAL_ENV" not in ended.environment("after")


@every_shell()
def test_the_prompt_is_left_alone_where_that_is_wished(shell, tmp_path):
    """With VIRTUAL_ENV_DISABLE_PROMPT neither activating nor deactivating touches the prompt."""
    ended = run(
        shell,
        tmp_path,
        shell.set_prompt("<p> "),
        shell.source(install(tmp_path / "env", prompt="name") / shell.script),
        shell.show_prompt("prompt"),
        exported("active"),
        shell.set_prompt("<changed> "),
        "deactivate",
        shell.show_prompt("after"),
        env={"VIRTUAL_ENV_DISABLE_PROMPT": "1"},
    )
    assert (ended.status, ended.output) == (0, b"")
    assert (tmp_path / "prompt").read_bytes() == b"<p> "
    assert (tmp_path / "after").read_bytes() == b"<changed> "
    assert ended.environment("active")[b"VIRTUAL_ENV_PROMPT"] == b"name"


ORDINARY = ["name", ".venv", "my-env_3.13", "with spaces", "ünïcode", "(nested)", "a+b=c,d@e:f", "-e", "0", "x y)(", ""]


@pytest.mark.parametrize("prompt", ORDINARY)
@every_shell()
def test_an_ordinary_name_stands_before_the_prompt_as_it_is(shell, prompt, tmp_path):
    """The prompt is "(<name>) " and what it was before; so too if the variable that forbids it is empty."""
    ended = run(
        shell,
        tmp_path,
        shell.set_prompt("<p> "),
        shell.source(install(tmp_path / "env", prompt=prompt) / shell.script),
        shell.show_prompt("prompt"),
        env={"VIRTUAL_ENV_DISABLE_PROMPT": ""},
    )
    assert (ended.status, ended.output) == (0, b"")
    assert (tmp_path / "prompt").read_text(encoding="utf-8") == f"({prompt}) <p> "


STRICT = {
    "bash": [
        "set -eu -o pipefail",
        "set -eu +h",
        "set -euCf -o posix; IFS=/:",
        "set -eua",
        "shopt -s failglob; set -eu",
        "shopt -s nocasematch extglob nullglob dotglob; set -eukf; IFS=abcdefghijklmnopqrstuvwxyz_/0",
    ],
    "zsh": [
        "setopt err_exit no_unset pipe_fail",
        "setopt err_exit err_return no_unset warn_create_global ksh_arrays",
        "setopt ksh_arrays sh_word_split prompt_bang glob_subst no_equals ignore_braces no_unset; IFS=/a_",
        "emulate sh; setopt err_exit no_unset glob_assign",
        "emulate ksh; setopt err_exit no_unset",
        "setopt err_exit no_unset rc_quotes magic_equal_subst extended_glob null_glob",
    ],
    "ksh": ["set -eu -o pipefail", "set -euCf; IFS=/:"],
    "dash": ["set -eu", "set -euCf; IFS=/:", "set -eua; IFS=abcdefghijklmnopqrstuvwxyz_/0"],
    "mksh": ["set -eu -o pipefail", "set -euCf -o posix -o sh; IFS=/:"],
    "busybox": ["set -eu -o pipefail", "set -euCf; IFS=/:"],
}


@pytest.mark.parametrize(
    ("name", "options"),
    [pytest.param(name, options, marks=needs(name)) for name, rows in STRICT.items() for options in rows],
)
def test_strict_shells_see_no_error_and_no_output(name, options, tmp_path):
    """Under errexit, nounset, pipefail, without hashing and with odd options all ends well, and silently."""
    shell = SHELLS[name]
    script = shell.source(install(tmp_path / "env", prompt="~ it's $HOME!") / shell.script)
    lines = ["unset PS1 PYTHONHOME", options, script, script, f"{exported('active')}", "deactivate", script]
    ended = run(shell, tmp_path, *lines, 'test "$?" = 0; deactivate; test "$?" = 0; echo done')
    assert (ended.status, ended.output) == (0, b"done\n")
    assert ended.environment("active")[b"VIRTUAL_ENV_PROMPT"] == b"~ it's $HOME!"


@linux_only("names may have any bytes")
@every_shell()
def test_paths_that_are_not_utf_8_survive(shell, tmp_path):
    """The bytes of a path reach VIRTUAL_ENV and PATH as they are, in a UTF-8 locale and in none."""
    path = os.fsencode(tmp_path) + b"/\xff\xfe caf\xe9 \x80"
    folder = install(os.fsdecode(path), folder=tmp_path / "scripts")
    for locale in ["C.UTF-8", "C"]:
        ended = run(shell, tmp_path, shell.source(folder / shell.script), exported("active"), env={"LC_ALL": locale})
        assert (ended.status, ended.output) == (0, b"")
        active = ended.environment("active")
        assert active[b"VIRTUAL_ENV"] == path
        assert active[b"PATH"].startswith(path + b"/bin:")


@every_shell(*POSIX)
def test_a_path_of_windows_goes_through_cygpath(shell, tmp_path):
    """In the POSIX shells of Windows the environment's path is translated, and a colon in it doesn't split PATH."""
    cygpath = tmp_path / "cygpath"
    cygpath.write_text('#!/bin/sh\n[ "$1" = "C:\\\\my env" ] && echo "/c/my env"\n')
    cygpath.chmod(0o755)
    script = install("C:\\my env", folder=tmp_path) / shell.script
    ended = run(shell, tmp_path, shell.source(script), exported("active"), env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert (ended.status, ended.output) == (0, b"")
    assert ended.environment("active")[b"VIRTUAL_ENV"] == b"/c/my env"
    assert ended.environment("active")[b"PATH"].startswith(b"/c/my env/bin:")


@needs("fish")
def test_the_prompt_of_fish_still_knows_how_the_last_command_ended(tmp_path):
    """The prompt of before finds the user's $status and $pipestatus, as if nothing had been printed."""
    shell = Fish()
    ended = run(
        shell,
        tmp_path,
        "function fish_prompt; echo $status $pipestatus; end",
        shell.source(install(tmp_path / "env") / shell.script),
        "begin; false; end; fish_prompt",
        "sh -c 'exit 7'; fish_prompt",
    )
    assert ended.output == b"(env) 1 1\n(env) 7 7\n"


@needs("fish")
def test_functions_of_the_user_do_not_get_in_the_way_in_fish(tmp_path):
    """The script calls what fish itself offers, also where the user has functions of these names."""
    shell = Fish()
    ended = run(
        shell,
        tmp_path,
        "for name in functions printf set_color; function $name; builtin echo shadowed; end; end",
        "function fish_prompt; builtin echo before; end",
        shell.source(install(tmp_path / "env") / shell.script),
        "fish_prompt",
        "deactivate",
        "fish_prompt",
    )
    assert ended.output == b"(env) before\nbefore\n"


@needs("strace")
@every_shell()
def test_sourcing_starts_no_process(shell, tmp_path):
    """Activating and deactivating costs no fork, which is what the time of a shell script goes to."""
    count = ["strace", "-f", "-qq", "-e", "trace=clone,clone3,fork,vfork,execve", "-o", str(tmp_path / "trace")]
    if subprocess.run([*count, "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("strace may not trace here")
    script = install(tmp_path / "env", prompt="it's $HOME!") / shell.script
    traced = type(shell)((*count, *shell.argv))
    calls = []
    for lines in [[":"], [shell.source(script), "deactivate"]]:
        assert run(traced, tmp_path, *lines).status == 0
        calls.append(re.findall(r"(?:clone3?|v?fork|execve)\(", (tmp_path / "trace").read_text()))
    assert calls[0] == calls[1]
