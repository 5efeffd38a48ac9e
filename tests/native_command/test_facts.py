"""What an interpreter said is stored in the cache, and used only while all that it depends on looks the same."""

import os
import shutil
import subprocess

import pytest

import pythons
import seeding
from native_command.installations import SHIMS
from native_command.running import exchange, two
from parity.trees import snapshot

# Copies of installations must be two seconds old before facts about them are stored.
pytestmark = pytest.mark.slow


def test_the_second_process_asks_nothing(runner, stored):
    """The environment is the same, whether the interpreter was asked or not."""
    before = snapshot(runner.env)
    assert runner.asked("--python", stored) == []
    assert snapshot(runner.env) == before
    assert runner.version() == two()[0].full


@pytest.mark.parametrize(
    "args", [["--without-pip"], pytest.param([], marks=pytest.mark.slow)], ids=["bare", "with-pip"]
)
def test_no_process_is_started(args, runner, tmp_path):
    """With facts and an image in the cache, the command starts no process and does all itself."""
    if not shutil.which("strace") or subprocess.run(["strace", "-qq", "-o", tmp_path / "true", "true"]).returncode:
        pytest.skip("there is no strace, or it may not trace")
    for name in "ab":
        trace = ["strace", "-f", "-o", tmp_path / "calls", "-e", "trace=execve,fork,vfork,clone,clone3"]
        command = [*trace, *runner.command, *args, "--python", os.path.realpath(pythons.RUNNING), tmp_path / name]
        subprocess.run(command, env=runner.environ, check=True, capture_output=True)
    calls = (tmp_path / "calls").read_text().splitlines()
    started = [line for line in calls if "(" in line and "CLONE_THREAD" not in line]
    assert ["execve" in line for line in started] == [True], started
    if not args:
        seeding.check_whole(tmp_path / "b")


def touch(path):
    """Another time."""
    os.utime(path, ns=(1, 1))


def append(path):
    """A longer file, with the time that it had."""
    before = path.stat()
    with path.open("ab") as file:
        file.write(b"\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def rewrite(path):
    """The same content and time in another file."""
    shutil.copy2(path, path.with_name("new"))
    path.with_name("new").replace(path)


def relink(path):
    """A link to the same file, which has another name now."""
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")


@pytest.mark.parametrize("change", [touch, append, rewrite, relink])
@pytest.mark.parametrize("pattern", ["bin/{name}", "lib/{library}/os.py", "lib/{library}/{variables}.py"])
def test_a_change_of_any_file_is_noticed(pattern, change, runner, installation):
    """The executable, the standard library, the build variables: in time, size or place."""
    path, python, _ = installation
    assert runner.asked("--python", path) == [str(path)]
    assert runner.asked("--python", path) == []
    variables = python.run("import sysconfig; print(sysconfig._get_sysconfigdata_name())").strip()
    change(path.parents[1] / pattern.format(name=path.name, library=python.library, variables=variables))
    assert runner.asked("--python", path) == [str(path)]


def test_an_exchanged_interpreter_is_noticed(runner, installation):
    """Another version in the same file, with the old size and time, is what the environment is for."""
    path, first, second = installation
    runner.asked("--python", path)
    assert runner.version() == first.full
    exchange(path, second)
    runner.asked("--python", path)
    assert runner.version() == second.full


def test_a_shared_library_counts(runner, settled):
    """An interpreter in a shared library is asked again if another library may be found first."""
    if settled.shared is None:
        pytest.skip("no other Python here has a shared library")
    path, directory = settled.shared_twin, settled.directory / "libraries"
    environ = {"LD_LIBRARY_PATH": str(directory)}
    assert runner.asked("--python", path, **environ) == [str(path)]
    assert runner.asked("--python", path, **environ) == []
    [facts] = runner.facts()
    assert b"/libpython" in facts.read_bytes()
    (directory / "new").touch()
    assert runner.asked("--python", path, **environ) == [str(path)]
    assert runner.asked("--python", path, LD_LIBRARY_PATH="libraries") == [str(path)]
    assert len(runner.facts()) == 1, "a relative path means another directory the next time"


def test_variables_of_the_dynamic_linker_count(runner, stored):
    """With another LD_LIBRARY_PATH another library may be loaded: the interpreter is asked; both answers are kept."""
    assert runner.asked("--python", stored, LD_LIBRARY_PATH="/nowhere") == [str(stored)]
    assert runner.asked("--python", stored, LD_LIBRARY_PATH="/nowhere") == []
    assert runner.asked("--python", stored) == []


def test_an_unusual_locale_is_asked(runner, stored):
    """Which names a file can have depends on the locales that are installed, unless the locale is UTF-8."""
    assert runner.asked("--python", stored, LC_ALL="de_DE.ISO-8859-1") == [str(stored)]
    assert runner.asked("--python", stored, LC_ALL="de_DE.ISO-8859-1") == [str(stored)]
    assert runner.asked("--python", stored, LC_ALL="C.UTF-8") == []


def test_the_configuration_of_an_environment_counts(runner, settled):
    """An environment as `--python` is asked again if its `pyvenv.cfg` changes, and if another one appears."""
    env = settled.environments["configured"]
    path, config = env / "bin/python", env / "pyvenv.cfg"
    assert runner.asked("--python", path) == [str(path)]
    assert runner.asked("--python", path) == []
    (env / "bin/pyvenv.cfg").write_text(config.read_text())
    assert runner.asked("--python", path) == [str(path)]
    (env / "bin/pyvenv.cfg").unlink()
    assert runner.asked("--python", path) == []
    append(config)
    assert runner.asked("--python", path) == [str(path)]


def test_files_that_changed_just_now_are_not_trusted(runner, tmp_path):
    """While another change might not show in the times of the files, nothing is stored."""
    path = pythons.twin(two()[0].path, tmp_path / "twin")
    for _ in range(2):
        assert runner.asked("--python", path) == [str(path)]
        assert runner.facts() == []


@pytest.mark.parametrize("name", SHIMS)
def test_a_shim_is_asked_each_time(name, runner, settled):
    """A script may start another interpreter the next time, even under the script's own name."""
    if not shutil.which("bash"):
        pytest.skip("there is no bash, which can start a program under another name")
    shim = settled.directory / f"shim-{name}"
    for python in [*two(), two()[0]]:
        (settled.directory / "choice").write_text(str(python.path))
        assert runner.asked("--python", shim) == [str(shim)]
        assert runner.facts() == []
        assert runner.version() == python.full


def test_a_python_that_fails_leaves_nothing(runner, tmp_path):
    """Only a whole answer is stored."""
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    assert "exit status: 3" in runner.refused("--python", broken)
    assert runner.facts() == []
