"""An interpreter is asked once in a process, and again when the files that its answer depends on have changed."""

import os
import shutil
import subprocess
import sys
import time

import pytest

import fastvenv
import pythons
import seeding
from platforms import posix_only

pytestmark = posix_only("shell scripts stand in for Pythons")


@pytest.fixture(scope="module")
def twins(other, tmp_path_factory):
    """Copies of another Python, one for each test, and a script that counts how often it starts another Python."""
    folder = tmp_path_factory.mktemp("twins")
    copies = [pythons.twin(other.path, folder / str(number)) for number in range(7)]
    counting = folder / "counting"
    counting.write_text(f'#!/usr/bin/env bash\necho started >> "{folder}/counter"\nexec -a "$0" "{other.path}" "$@"\n')
    counting.chmod(0o755)
    # Of files that changed in the last two seconds, fastvenv keeps nothing: another change might not show.
    time.sleep(2.1)
    return iter(copies), counting


@pytest.fixture
def twin(twins):
    """A copy of another Python, which no test has asked yet."""
    return next(twins[0])


@pytest.fixture
def counting(twins):
    """The script that counts."""
    if not shutil.which("bash"):
        pytest.skip("there is no bash, which can start a program under another name")
    return twins[1]


@pytest.fixture
def was_asked(tmp_path):
    """`was_asked(python)` creates an environment and says whether the interpreter was asked for it."""
    number = iter(range(100))

    def was_asked(python):
        with seeding.records() as seen:
            fastvenv.create(tmp_path / f"env{next(number)}", symlinks=True, python=python)
        return any("asking the interpreter" in line for line in seen)

    return was_asked


def test_the_second_environment_asks_nothing(twin, was_asked):
    """What an interpreter said is kept, also for a path given in another way and for another builder."""
    assert was_asked(twin)
    assert not was_asked(twin)
    assert not was_asked(str(twin))


def test_no_process_is_started_for_the_second_environment(counting, tmp_path):
    """Counted by the interpreter itself: a script that starts Python under the script's own name."""
    for name in "abc":
        fastvenv.create(tmp_path / name, symlinks=True, python=counting)
    assert counting.with_name("counter").read_text() == "started\n"


def test_files_that_changed_just_now_are_not_trusted(other, was_asked, tmp_path):
    """While a change might not show in the times of the files, each environment asks."""
    twin = pythons.twin(other.path, tmp_path / "twin")
    assert was_asked(twin)
    assert was_asked(twin)


def test_a_script_that_starts_a_python_is_asked_each_time(other, script, is_of, tmp_path):
    """What a shim will start next time isn't known: its answer is not kept."""
    choice = tmp_path / "choice"
    python = script(f'exec "$(cat "{choice}")" "$@"')
    for name, chosen in [("a", other), ("b", pythons.ask(pythons.RUNNING)), ("c", other)]:
        choice.write_text(str(chosen.path))
        fastvenv.create(tmp_path / name, symlinks=True, python=python)
        assert is_of(chosen, tmp_path / name)


def replace(path):
    """Another file of the same content in its place."""
    beside = path.with_name("new")
    shutil.copy2(path, beside)
    beside.replace(path)


def touch(path):
    """Another time."""
    os.utime(path, ns=(1, 1))


def append(path):
    """A longer file."""
    with path.open("a") as file:
        file.write("\n")


@pytest.mark.parametrize(
    ("pattern", "change"),
    [
        ("bin/python3.*", replace),
        ("bin/python3.*", touch),
        ("lib/python3.*/os.py", append),
        ("lib/python3.*/_sysconfigdata*.py", append),
    ],
    ids=["executable-replaced", "executable-touched", "os", "build-variables"],
)
def test_a_change_of_the_files_is_noticed(pattern, change, twin, was_asked):
    """After an update of the interpreter it is asked again."""
    assert was_asked(twin)
    assert not was_asked(twin)
    for path in twin.parents[1].glob(pattern):
        change(path)
    assert was_asked(twin)


def test_what_a_link_points_to_is_noticed(other, tmp_path):
    """A link that was turned to another interpreter means that one."""
    link = tmp_path / "bin" / "python"
    link.parent.mkdir()
    for name, chosen in [("a", other), ("b", pythons.ask(pythons.RUNNING)), ("c", other)]:
        link.unlink(missing_ok=True)
        link.symlink_to(chosen.path)
        fastvenv.create(tmp_path / name, symlinks=True, python=link)
        created = chosen._replace(path=tmp_path / name / "bin" / "python")
        assert created.run("import sys; print(sys.version)") == chosen.run("import sys; print(sys.version)")


def test_an_interpreter_that_was_uninstalled_is_noticed(twin, was_asked, refused):
    """What is kept of an interpreter doesn't outlive it."""
    assert was_asked(twin)
    twin.unlink()
    assert str(twin) in refused(twin)


def test_a_failure_is_not_kept(other, script, refused, is_of, tmp_path):
    """An interpreter that failed is asked again."""
    python = script("exit 1")
    refused(python)
    script(f'exec "{other.path}" "$@"')
    fastvenv.create(tmp_path / "env", symlinks=True, python=python)
    assert is_of(other)


def test_nothing_is_stored_on_disk(twin, tmp_path, monkeypatch):
    """The next process asks again, and this one leaves nothing in the cache, the home directory or beside Python."""
    for name in ("HOME", "XDG_CACHE_HOME", "FASTVENV_CACHE_DIR", "TMPDIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    program = "import fastvenv, sys; fastvenv.create(sys.argv[1], symlinks=True, python=sys.argv[2])"
    before = sorted(tmp_path.rglob("*"))
    environ = {**os.environ, "FASTVENV_LOG": "debug", "PYTHONDONTWRITEBYTECODE": "1"}
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", program, tmp_path / "env", twin],
            env=environ,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "asking the interpreter" in done.stderr
        shutil.rmtree(tmp_path / "env")
        assert sorted(tmp_path.rglob("*")) == before
