"""A shell that inherited an active environment, but not its deactivate, really leaves it."""

import os
import shutil

import pytest

from activation.shells import POSIX, SHELLS, every_shell, exported, install, needs, run
from platforms import posix_only

pytestmark = posix_only("shells of POSIX source the scripts")


def inherited(env_dir, *path, **more):
    """The variables that an active environment leaves to programs, with these elements in PATH."""
    names = {"VIRTUAL_ENV": str(env_dir), "VIRTUAL_ENV_PROMPT": os.path.basename(env_dir)}
    return names | {"PATH": ":".join(map(str, path))} | more


def activate_and_leave(shell, tmp_path, env, *before):
    """Activate the environment "b" in a shell that has these variables, and deactivate it again."""
    source = shell.source(install(tmp_path / "b") / shell.script)
    ended = run(shell, tmp_path, *before, source, exported("active"), "deactivate", exported("after"), env=env)
    assert (ended.status, ended.output) == (0, b"")
    active, after = map(ended.environment, ["active", "after"])
    assert active[b"VIRTUAL_ENV"] == os.fsencode(tmp_path / "b")
    assert not after.keys() & {b"VIRTUAL_ENV", b"VIRTUAL_ENV_PROMPT"}
    assert not [name for name in after if b"_OLD_" in name or b"_VENV_" in name]
    return active[b"PATH"].decode(), after[b"PATH"].decode()


@pytest.mark.parametrize("name", ["a", "b", "it's $HOME! [x]*? é", "b/nested"])
@every_shell()
def test_an_inherited_environment_is_left(shell, name, tmp_path):
    """Its scripts go from PATH, wherever and however often they are there; what is only similar stays."""
    env_dir = tmp_path / name
    gone = f"{env_dir}/bin"
    kept = ["/usr/local/bin", f"{gone}/x", f"/x{gone}", f"{gone}x", str(env_dir), "/usr/bin", "/bin"]
    path = [gone, gone, kept[0], gone, *kept[1:], gone]
    active, after = activate_and_leave(shell, tmp_path, inherited(env_dir, *path))
    assert after.split(":") == kept
    assert active.split(":") == [f"{tmp_path}/b/bin", *kept]


@every_shell()
def test_empty_elements_of_an_inherited_path_stay(shell, tmp_path):
    """The current directory, as which shells read an empty element, is neither added to PATH nor removed."""
    gone = f"{tmp_path}/a/bin"
    for path in [[gone, "", "/usr/bin", "/bin"], ["/usr/bin", gone, "/bin", ""], ["", gone, "", "/usr/bin"]]:
        after = activate_and_leave(shell, tmp_path, inherited(tmp_path / "a", *path))[1]
        expected = ":".join(element for element in path if element != gone)
        assert after in {expected, ":".join(element or "." for element in expected.split(":"))}


@every_shell()
def test_a_path_of_nothing_else_is_unset_again(shell, tmp_path):
    """An environment alone in PATH was activated where PATH was unset or empty."""
    shell = type(shell)((shutil.which(shell.argv[0]), *shell.argv[1:]))
    script = shell.source(install(tmp_path / "b") / shell.script)
    lines = [script, exported("active"), "deactivate", exported("after")]
    ended = run(shell, tmp_path, *lines, env=inherited(tmp_path / "a", f"{tmp_path}/a/bin"))
    assert (ended.status, ended.output) == (0, b"")
    assert ended.environment("active")[b"PATH"] == os.fsencode(tmp_path / "b/bin")
    assert f"{tmp_path}/a/bin" not in ended.environment("after").get(b"PATH", b"").decode().split(":")


@every_shell()
def test_what_another_shell_saved_does_not_count(shell, tmp_path):
    """fish exports what it saved: a PATH of before, to which this shell may have added since."""
    gone = f"{tmp_path}/a/bin"
    saved = {"_OLD_VIRTUAL_PATH": "/saved:/usr/bin:/bin", "_OLD_VIRTUAL_PID": "1", "_OLD_VIRTUAL_NO_PATH": "/a"}
    env = inherited(tmp_path / "a", "/added", gone, "/usr/bin", "/bin", **saved)
    assert activate_and_leave(shell, tmp_path, env)[1] == "/added:/usr/bin:/bin"


@pytest.mark.parametrize("parent", [pytest.param(SHELLS[name], id=f"in {name}", marks=needs(name)) for name in SHELLS])
@every_shell()
def test_a_shell_in_an_active_shell_leaves_its_environment(shell, parent, tmp_path):
    """Activated anew in a shell that another one started, an environment leaves nothing behind, however deep."""
    lines = [shell.source(tmp_path / "a/bin" / shell.script), "deactivate", exported("after")]
    (tmp_path / "child").write_text("\n".join(lines) + "\n")
    script = install(tmp_path / "a") / parent.script
    ended = run(
        parent, tmp_path, parent.set("PYTHONHOME", None), parent.source(script), f"{' '.join(shell.argv)} child"
    )
    assert (ended.status, ended.output) == (0, b"")
    assert ended.environment("after")[b"PATH"] == os.fsencode(os.environ["PATH"])
    assert not [name for name in ended.environment("after") if b"VIRTUAL" in name]


@every_shell(*POSIX)
def test_an_inherited_prompt_loses_the_name(shell, tmp_path):
    """An exported PS1 shows one environment at a time, and none in the end."""
    source = shell.source(install(tmp_path / "b") / shell.script)
    lines = ["PS1='(a) <p> '", source, shell.show_prompt("active"), "deactivate", shell.show_prompt("after")]
    ended = run(shell, tmp_path, *lines, env=inherited(tmp_path / "a", f"{tmp_path}/a/bin", "/usr/bin", "/bin"))
    assert (ended.status, ended.output) == (0, b"")
    assert (tmp_path / "active").read_bytes() == b"(b) <p> "
    assert (tmp_path / "after").read_bytes() == b"<p> "
