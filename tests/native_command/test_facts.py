"""What an interpreter said is stored in the cache, and used only while all that it depends on looks the same."""

import os
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import faults
import pythons
import seeding
from circumstances import mounted
from fastvenv import _core
from native_command.running import Runner, exchange, exchangeable, two
from parity.trees import snapshot

NOBODY = 65534


SHIMS = {"plain": 'exec "$(cat "{}")" "$@"', "under-its-name": 'exec -a "$0" "$(cat "{}")" "$@"'}


@pytest.fixture(scope="module")
def settled(command, tmp_path_factory):
    """Everything of which facts are to be stored: nothing is stored of files that have just changed."""
    assert command
    settled = Settled(tmp_path_factory.mktemp("settled"))
    time.sleep(2.1)
    return settled


class Settled:
    """Installations, environments and scripts."""

    def __init__(self, directory):
        self.exchanged = path, *both = exchangeable(directory / "base")
        copies = [directory / str(number) for number in range(15)]
        for copy in copies:
            shutil.copytree(directory / "base", copy, symlinks=True)
        self.installations = iter([(copy / "bin" / path.name, *both) for copy in copies])
        python = two()[0]
        self.environments = {
            name: create(python.path, directory / name, *options.split())
            for name, options in {
                "configured": "--symlinks",
                "with-option": "--system-site-packages",
                "of-links": "--symlinks",
                "of-copies": "--copies",
            }.items()
        }
        self.environments["of-exchanged"] = create(self.exchanged[0], directory / "of-exchanged")
        for name, line in SHIMS.items():
            shim = directory / f"shim-{name}"
            shim.write_text(f"#!/usr/bin/env bash\n{line.format(directory / 'choice')}\n")
            shim.chmod(0o755)
        self.directory = directory
        self.shared = next(filter(has_shared_library, pythons.others()), None)
        if self.shared:
            self.shared_twin = pythons.twin(self.shared.path, directory / "shared")
            root = Path(self.shared.run("import sys; print(sys.base_prefix)").strip())
            (directory / "libraries").mkdir()
            for library in root.glob("lib/libpython3.*.so.1.0"):
                shutil.copy2(library, directory / "libraries")


def create(python, env, *options):
    """An environment without pip, made by this Python's own venv."""
    subprocess.run([python, "-m", "venv", "--without-pip", *options, env], check=True)
    return env


def has_shared_library(python):
    """Whether it runs in `libpython3.so`."""
    return "/libpython" in python.run("print(open('/proc/self/maps').read())")


@pytest.fixture
def installation(settled):
    """The path of an interpreter that only this test uses, that Python, and another one that may take its place."""
    return next(settled.installations)


@pytest.fixture
def runner(command, tmp_path):
    """Runs the command with an empty cache."""
    return Runner(command, tmp_path)


@pytest.fixture
def stored(runner):
    """Asks another Python, and stores what it said: its path."""
    path = two()[0].path
    assert runner.asked("--python", path) == [str(path)]
    assert len(runner.facts()) == 1
    return path


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
@pytest.mark.parametrize("pattern", ["bin/{name}", "lib/{library}/os.py", "lib/{library}/_sysconfigdata*.py"])
def test_a_change_of_any_file_is_noticed(pattern, change, runner, installation):
    """The executable, the standard library, the build variables: in time, size or place."""
    path, python, _ = installation
    assert runner.asked("--python", path) == [str(path)]
    assert runner.asked("--python", path) == []
    [changed] = path.parents[1].glob(pattern.format(name=path.name, library=python.library))
    change(changed)
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


def edit(facts):
    """Another version in the answer."""
    content = facts.read_bytes()
    assert content.count(b'"version": [3, ') == 1
    facts.write_bytes(content.replace(b'"version": [3, ', b'"version": [9, '))


def cut(facts):
    """Half of it."""
    facts.write_bytes(facts.read_bytes()[:-100])


def empty(facts):
    """Nothing."""
    facts.write_bytes(b"")


def open_to_others(facts):
    """Others may have written it."""
    facts.chmod(0o666)


def give_away(facts):
    """Another user's."""
    faults.need_root()
    os.chown(facts, NOBODY, NOBODY)


def put_elsewhere(facts):
    """A link to the file."""
    facts.rename(facts.parents[2] / "elsewhere")
    facts.symlink_to(facts.parents[2] / "elsewhere")


@pytest.mark.parametrize("damage", [edit, cut, empty, open_to_others, give_away, put_elsewhere])
def test_damaged_facts_are_ignored_and_replaced(damage, runner, stored):
    """Facts that were edited or damaged, or that others could have written, are not used; the interpreter is asked."""
    [facts] = runner.facts()
    intact = facts.read_bytes()
    damage(facts)
    assert runner.asked("--python", stored) == [str(stored)]
    assert runner.version() == two()[0].full
    assert not facts.is_symlink()
    assert facts.read_bytes() == intact
    assert (facts.stat().st_uid, facts.stat().st_mode & 0o022) == (os.geteuid(), 0)
    assert runner.asked("--python", stored) == []


def make_foreign(cache):
    """Without our tag, somebody else has made it."""
    (cache / "CACHEDIR.TAG").unlink()


def open_cache(cache):
    """Others may write in it."""
    cache.chmod(0o777)


def open_facts(cache):
    """Others may write facts."""
    (cache / "facts").chmod(0o777)


def give_cache_away(cache):
    """Another user's."""
    faults.need_root()
    os.chown(cache, NOBODY, NOBODY)


def link_facts(cache):
    """A link in the place of the directory."""
    (cache / "facts").rename(cache.parent / "elsewhere")
    (cache / "facts").symlink_to(cache.parent / "elsewhere")


@pytest.mark.parametrize("change", [make_foreign, open_cache, open_facts, give_cache_away, link_facts])
def test_a_cache_that_is_not_ours_has_no_facts(change, runner, stored):
    """Nothing is read from it and nothing is written to it."""
    change(runner.cache)
    before = snapshot(runner.cache)
    for _ in range(2):
        assert runner.asked("--python", stored) == [str(stored)]
    assert snapshot(runner.cache) == before


def test_no_cache_means_no_facts(runner, stored):
    """FASTVENV_NO_CACHE=1: nothing is read, nothing is written, not even a directory."""
    assert runner.asked("--python", stored, FASTVENV_NO_CACHE="1") == [str(stored)]
    shutil.rmtree(runner.cache)
    assert runner.asked("--python", stored, FASTVENV_NO_CACHE="1") == [str(stored)]
    assert not runner.cache.exists()


def test_an_open_umask_opens_no_facts(runner):
    """Only their owner may write facts, whatever the umask is, so that they are trusted the next time."""
    path = two()[0].path
    runner.command = ["sh", "-c", 'umask 0 && exec "$0" "$@"', *runner.command]
    assert runner.asked("--python", path) == [str(path)]
    assert runner.asked("--python", path) == []


def test_a_full_disk_or_a_file_in_the_way_is_no_error(runner):
    """Where nothing can be stored, the interpreter is asked each time."""
    path = two()[0].path
    runner.cache.write_text("in the way")
    for _ in range(2):
        assert runner.asked("--python", path) == [str(path)]
    runner.cache.unlink()
    runner.cache.mkdir()
    with mounted(runner.cache, "nr_inodes=4"):  # room for the tag and the directory
        for _ in range(2):
            assert runner.asked("--python", path) == [str(path)]
        assert runner.facts() == []


def test_many_processes_at_once(runner, tmp_path):
    """Each gets its environment, and the facts are whole."""
    path = two()[0].path

    def create(number):
        command = [*runner.command, "--without-pip", "--python", path, tmp_path / f"env{number}"]
        return subprocess.run(command, env=runner.environ, capture_output=True, check=True)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(create, range(8)))
    assert len(runner.facts()) == 1
    assert runner.asked("--python", path) == []


def test_root_s_facts_are_read_by_others(runner, stored, tmp_path):
    """A cache that root has filled and opened for all to read serves them too; they write nothing."""
    faults.need_root()
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    as_nobody += ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    if not shutil.which("setpriv") or subprocess.run([*as_nobody, "true"], capture_output=True).returncode:
        pytest.skip("another user can't be given the right to read everything")
    subprocess.run(["chmod", "-R", "go-w,a+rX", runner.cache], check=True)
    before = snapshot(runner.cache)
    runner.env = tmp_path / "theirs" / "env"
    runner.env.parent.mkdir()
    os.chown(runner.env.parent, NOBODY, NOBODY)
    runner.command = [*as_nobody, *runner.command]
    assert runner.asked("--python", stored) == []
    other = two()[1].path
    for _ in range(2):
        assert runner.asked("--python", other) == [str(other)]
    assert snapshot(runner.cache) == before


def test_facts_of_what_is_gone_are_removed(runner, installation, stored):
    """When facts are added, those about executables that are gone are removed, and those that a killed writer left."""
    path = installation[0]
    runner.asked("--python", path)
    [gone] = set(runner.facts()) - {facts for facts in runner.facts() if str(stored).encode() in facts.read_bytes()}
    path.rename(path.with_name("elsewhere"))
    half = gone.with_name("name.1")
    half.write_text("half")
    os.utime(half, (1, 1))
    runner.asked("--python", stored, LD_LIBRARY_PATH="/nowhere")
    assert gone not in runner.facts()
    assert half not in runner.facts()
    assert len(runner.facts()) == 2
    assert runner.asked("--python", stored) == []


@pytest.mark.usefixtures("stored")
def test_the_cache_s_command_counts_and_removes_facts(runner):
    """`python -m fastvenv.cache` knows them."""
    before = _core.cache_usage(runner.cache)
    assert _core.clean_cache(runner.cache) == before
    assert before[1] == 1
    assert runner.facts() == []


# What went wrong in uv, which stores such answers too.


def test_an_upgrade_of_the_system(runner, stored):
    """https://github.com/astral-sh/uv/issues/11857: the system was upgraded; nothing of it is in the facts."""
    upgraded = ["setarch", os.uname().machine, "--uname-2.6"]
    if not shutil.which("setarch") or subprocess.run([*upgraded, "true"], capture_output=True).returncode:
        pytest.skip("there is no setarch, which can tell another version of the system")
    own = list(runner.command)
    runner.command = [*upgraded, *own]
    trees = []
    for environ in [{}, {"FASTVENV_NO_CACHE": "1"}]:
        runner.asked("--python", stored, **environ)
        trees.append(snapshot(runner.env))
    assert trees[0] == trees[1]
    [facts] = runner.facts()
    assert os.uname().release.encode() not in facts.read_bytes()


def test_an_environment_created_anew_with_another_option(runner, settled):
    """https://github.com/astral-sh/uv/issues/13444: an environment was deleted, and created with other options."""
    env = settled.environments["with-option"]
    path = env / "bin/python"
    assert runner.asked("--python", path) == [str(path)]
    assert runner.asked("--python", path) == []
    shutil.rmtree(env)
    create(two()[0].path, env)
    assert runner.asked("--python", path) == [str(path)]


@pytest.mark.parametrize("option", ["--symlinks", "--copies"])
def test_an_environment_created_anew_for_another_python(option, runner, settled):
    """https://github.com/astral-sh/uv/issues/16165: the path is the same, but the environment is of another Python."""
    env = settled.environments[option.replace("--symlinks", "of-links").replace("--copies", "of-copies")]
    first, second = two()
    runner.asked("--python", env)
    assert runner.version() == first.full
    assert runner.asked("--python", env) == []
    shutil.rmtree(env)
    create(second.path, env, option)
    assert str(env / "bin/python3") in runner.asked("--python", env)
    assert runner.version() == second.full


def test_an_environment_of_an_exchanged_base(runner, settled):
    """https://github.com/astral-sh/uv/pull/21073: the base of an environment was replaced in place."""
    path, first, second = settled.exchanged
    env = settled.environments["of-exchanged"]
    runner.asked("--python", env)
    assert runner.version() == first.full
    assert runner.asked("--python", env) == []
    exchange(path, second)
    runner.asked("--python", env)
    assert runner.version() == second.full


def test_variables_of_launchers(runner, stored):
    """https://github.com/astral-sh/uv/pull/21075: the interpreter never sees variables that launchers set."""
    trees = [snapshot(runner.env)]
    for environ in [{}, {"FASTVENV_NO_CACHE": "1"}]:
        launched = {"__PYVENV_LAUNCHER__": "/other/bin/python", "PYTHONEXECUTABLE": "/another/bin/python"}
        asked = runner.asked("--python", stored, **launched, **environ)
        assert bool(asked) == bool(environ)
        trees.append(snapshot(runner.env))
    assert trees[0] == trees[1] == trees[2]
