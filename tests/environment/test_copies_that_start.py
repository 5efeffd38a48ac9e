"""A copy of the interpreter may not start where its original does: that is found out once for each interpreter."""

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest

import fastvenv
import seeding
from platforms import linux_only

pytestmark = linux_only("a copy finds its shared library there as nowhere else")

BASE = Path(sys._base_executable).resolve()
TEXT = "import sys, fastvenv; fastvenv.create(sys.argv[1], symlinks=len(sys.argv) > 2, with_pip=True)"


@pytest.fixture
def installation(tmp_path):
    """An installation of this Python that finds its library by its own place: libpython through `$ORIGIN`."""
    library = sysconfig.get_config_var("LDLIBRARY")
    folder = os.fsencode(sysconfig.get_config_var("LIBDIR") or "") + b"\0"
    program = BASE.read_bytes()
    relative = b"$ORIGIN/../lib"
    if not sysconfig.get_config_var("Py_ENABLE_SHARED") or folder not in program or len(relative) >= len(folder):
        pytest.skip("this Python has no path to its library that could be changed")
    python = tmp_path / "python" / "bin" / BASE.name
    python.parent.mkdir(parents=True)
    python.write_bytes(program.replace(folder, relative.ljust(len(folder), b"\0")))
    python.chmod(0o755)
    ours = tmp_path / "python" / "lib"
    ours.mkdir()
    stdlib = Path(os.__file__).parent
    (ours / stdlib.name).symlink_to(stdlib)
    for path in Path(sysconfig.get_config_var("LIBDIR")).glob(f"{library}*"):
        (ours / path.name).symlink_to(path)
    if subprocess.run([python, "-c", ""], check=False).returncode:
        pytest.skip("its path to its library can't be changed")
    copy = shutil.copy(python, tmp_path)
    if not subprocess.run([copy, "-I", "-S", "-c", ""], capture_output=True, check=False).returncode:
        pytest.skip("the system has a library of the same name, which a copy finds")
    return python


def make(python: Path, env: Path, *args: str, **environ: str) -> subprocess.CompletedProcess:
    """An environment by this interpreter: of copies, or of links if there are more arguments."""
    environ = {**os.environ, "PYTHONPATH": str(Path(fastvenv.__file__).parent.parent), **environ}
    command = [python, "-c", TEXT, env, *args]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def test_a_copy_that_does_not_find_its_library_is_an_error_as_in_venv(installation, cache, tmp_path):
    """With pip, the failure of the copy is that of ensurepip, every time; links work."""
    for env in (tmp_path / "first", tmp_path / "second"):
        done = make(installation, env)
        assert "CalledProcessError" in done.stderr
        assert "returned non-zero exit status 127" in done.stderr
        assert not list(env.glob("lib/*/site-packages/*"))
        # With the library named from outside the copy does start; that is not remembered for the next, without it.
        assert make(installation, env, LD_LIBRARY_PATH=str(installation.parents[1] / "lib")).returncode == 0
    done = make(installation, tmp_path / "links", "links")
    assert (done.returncode, done.stderr) == (0, "")
    assert subprocess.check_output([tmp_path / "links/bin/pip", "--version"])
    assert cache.is_dir()


@pytest.mark.slow
@pytest.mark.usefixtures("cache")
def test_a_base_is_asked_once(tmp_path):
    """The answer of the first copy serves all environments, those of other processes too, until the base changes."""
    asked = tmp_path / "asked"
    asked.touch()
    with seeding.base_that(tmp_path, asking=f"echo >> '{asked}'"):
        base = Path(sys._base_executable)
        # What has changed just now may change again unseen, and is not remembered in the cache.
        while time.time() - base.stat().st_ctime < 2.1:
            time.sleep(0.1)
        ours = f"import sys; sys._base_executable = {str(base)!r}; {TEXT}"
        environ = {**os.environ, "FASTVENV_LOG": "debug"}
        for number in range(3):
            done = subprocess.run(
                [sys.executable, "-c", ours, tmp_path / f"env{number}"],
                env=environ,
                capture_output=True,
                text=True,
                check=True,
            )
            assert "pip is installed natively" in done.stderr
        assert asked.read_text() == "\n"
        for number in range(2):
            fastvenv.create(tmp_path / f"own{number}", with_pip=True)
        assert asked.read_text() == "\n"
        os.utime(base, (1, 1))
        fastvenv.create(tmp_path / "changed", with_pip=True)
        assert asked.read_text() == "\n\n"


@pytest.mark.usefixtures("cache")
def test_without_a_cache_a_process_asks_once(tmp_path, monkeypatch):
    """The answer serves all environments of the process."""
    (tmp_path / "occupied").mkdir()
    (tmp_path / "occupied" / "thesis").touch()
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(tmp_path / "occupied"))
    asked = tmp_path / "asked"
    asked.touch()
    with seeding.base_that(tmp_path, asking=f"echo >> '{asked}'"):
        for number in range(2):
            fastvenv.create(tmp_path / f"env{number}", with_pip=True)
    assert asked.read_text() == "\n"


def test_links_to_the_running_interpreter_need_no_question(tmp_path):
    """An ordinary environment with pip starts no process, but for the one that compiles what is not in the cache."""
    strace = shutil.which("strace")
    if not strace or subprocess.run([strace, "-o", os.devnull, "true"], check=False).returncode:
        pytest.skip("strace is not here, or may not trace")
    trace = tmp_path / "trace"
    seeding.create(tmp_path / "filling")
    environ = {**os.environ, "PYTHONPATH": str(Path(fastvenv.__file__).parent.parent)}
    command = [strace, "-f", "-e", "trace=execve", "-o", trace, sys.executable, "-c", TEXT, tmp_path / "env", "links"]
    subprocess.run(command, env=environ, check=True)
    assert trace.read_text().count("execve(") == 1
