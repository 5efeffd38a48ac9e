"""deactivate puts everything back: what was set, empty or unset before is so again, and nothing is left behind."""

import os
import venv

import pytest

from activation.shells import POSIX, every_shell, exported, install, run, state
from platforms import posix_only

pytestmark = posix_only("shells of POSIX source the scripts")


@pytest.mark.parametrize("prompt", ["<p> ", "", None], ids=["prompt", "empty-prompt", "no-prompt"])
@pytest.mark.parametrize("home", ["/nowhere", "", None], ids=["home", "empty-home", "no-home"])
@pytest.mark.parametrize("path", ["/usr/bin:/bin", "", None], ids=["path", "empty-path", "no-path"])
@every_shell()
def test_deactivate_restores_what_was_set_empty_or_unset(shell, path, home, prompt, tmp_path):
    """After deactivate the shell has the variables, functions and aliases of before: none more, none changed."""
    ended = run(
        shell,
        tmp_path,
        shell.set_prompt(prompt),
        shell.set("PYTHONHOME", home),
        shell.set("PATH", path),
        shell.snapshot("before"),
        shell.source(install(tmp_path / "env") / shell.script),
        exported("active"),
        "deactivate",
        shell.snapshot("after"),
    )
    assert (ended.status, ended.output) == (0, b"")
    active = ended.environment("active")[b"PATH"]
    assert active.split(b":")[0] == os.fsencode(tmp_path / "env/bin")
    assert not active.endswith(b":"), "an empty element of PATH is the current folder"
    assert state(tmp_path / "after") == state(tmp_path / "before")


@every_shell()
def test_odd_values_come_back_as_they_were(shell, tmp_path):
    """What PATH and PYTHONHOME hold is data as well, and comes back byte for byte."""
    odd = f"/usr/bin:/bin::/a b/$(touch pwned)/`touch pwned`/$HOME/*?!!\\\n\"'%~#:{tmp_path}:"
    ended = run(
        shell,
        tmp_path,
        exported("before"),
        shell.source(install(tmp_path / "env") / shell.script),
        exported("active"),
        "deactivate",
        exported("after"),
        env={"PATH": odd, "PYTHONHOME": odd},
    )
    assert (ended.status, ended.output) == (0, b"")
    before, active, after = map(ended.environment, ["before", "active", "after"])
    assert active[b"PATH"] == os.fsencode(f"{tmp_path}/env/bin:") + before[b"PATH"]
    assert (after[b"PATH"], after[b"PYTHONHOME"]) == (before[b"PATH"], os.fsencode(odd))
    assert not (tmp_path / "pwned").exists()


@every_shell()
def test_one_environment_takes_the_place_of_another(shell, tmp_path):
    """Activating B over A leaves nothing of A, and deactivate goes back to what was before A."""
    ended = run(
        shell,
        tmp_path,
        shell.set_prompt("<p> "),
        shell.set("PYTHONHOME", "/nowhere"),
        shell.snapshot("before"),
        shell.source(install(tmp_path / "b") / shell.script),
        shell.snapshot("only-b"),
        shell.source(install(tmp_path / "a") / shell.script),
        shell.source(tmp_path / "b/bin" / shell.script),
        shell.snapshot("b-over-a"),
        "deactivate",
        shell.snapshot("after"),
    )
    assert (ended.status, ended.output) == (0, b"")
    assert state(tmp_path / "b-over-a") == state(tmp_path / "only-b") != state(tmp_path / "before")
    assert state(tmp_path / "after") == state(tmp_path / "before")


@pytest.mark.parametrize("order", ["stdlib first", "stdlib last"])
@every_shell()
def test_environments_of_the_standard_library_mix_with_ours(shell, order, tmp_path):
    """An environment of `venv` can be activated over one of ours and the other way round, and deactivated."""
    venv.create(tmp_path / "theirs", symlinks=True)
    install(tmp_path / "ours")
    names = ["theirs", "ours"] if order == "stdlib first" else ["ours", "theirs"]
    ended = run(
        shell,
        tmp_path,
        shell.set_prompt("<p> "),
        exported("before"),
        *(shell.source(tmp_path / name / "bin" / shell.script) for name in names),
        exported("active"),
        "deactivate",
        exported("after"),
        shell.show_prompt("prompt"),
    )
    assert ended.status == 0
    before, active, after = map(ended.environment, ["before", "active", "after"])
    assert active[b"VIRTUAL_ENV"] == os.fsencode(tmp_path / names[-1])
    assert active[b"PATH"] == os.fsencode(tmp_path / names[-1] / "bin:") + before[b"PATH"]
    assert after[b"PATH"] == before[b"PATH"]
    assert b"VIRTUAL_ENV" not in after
    assert (tmp_path / "prompt").read_bytes() == b"<p> "


@every_shell()
def test_path_and_prompt_changed_meanwhile_go_back_to_what_was_saved(shell, tmp_path):
    """As in the standard library, deactivate knows what was there before, not what others did since."""
    ended = run(
        shell,
        tmp_path,
        shell.set_prompt("<p> "),
        shell.source(install(tmp_path / "env") / shell.script),
        shell.set("PATH", "/changed:/usr/bin:/bin"),
        shell.set_prompt("<changed> "),
        "deactivate",
        exported("after"),
        shell.show_prompt("prompt"),
    )
    assert (ended.status, ended.output) == (0, b"")
    assert ended.environment("after")[b"PATH"] == os.fsencode(os.environ["PATH"])
    assert (tmp_path / "prompt").read_bytes() == b"<p> "


@every_shell(*POSIX)
def test_the_prompt_stays_exported_or_not_as_it_was(shell, tmp_path):
    """PS1 reaches programs after activation and after deactivate only if it did so before."""
    script = shell.source(install(tmp_path / "env") / shell.script)
    private = run(shell, tmp_path, "PS1=x", script, exported("active"), "deactivate", exported("after"))
    assert b"PS1" not in private.environment("active").keys() | private.environment("after").keys()
    public = run(shell, tmp_path, "PS1=x; export PS1", script, exported("active"), "deactivate", exported("after"))
    assert (public.environment("active")[b"PS1"], public.environment("after")[b"PS1"]) == (b"(env) x", b"x")
