"""Stored facts count only if they are whole and nobody else can have written them. Storing them is never an error."""

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

import faults
from circumstances import mounted
from fastvenv import _core
from native_command.running import two
from parity.trees import snapshot

NOBODY = 65534


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
