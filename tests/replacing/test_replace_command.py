"""`python -m fastvenv.replace`: it writes one file, says so, removes it again, and refuses what it must not do."""

import os
from pathlib import Path

import pytest

from circumstances import mounted, remount
from fastvenv.replace import LINE
from faults import need_root, snapshot
from platforms import posix_only
from replacing import pythons

pytestmark = posix_only("the installations are made of links")


@pytest.fixture
def python(tmp_path: Path) -> pythons.Python:
    """An environment without the line."""
    return pythons.environment(tmp_path / "env")


@pytest.fixture
def base(tmp_path: Path) -> pythons.Python:
    """An installation without the line."""
    return pythons.installation(tmp_path / "python")


@pytest.mark.parametrize("kind", ["python", "base"])
def test_install_and_uninstall_leave_nothing(request: pytest.FixtureRequest, kind: str) -> None:
    """It is served between the two, and afterwards site-packages is as before, byte for byte."""
    python = request.getfixturevalue(kind)
    before = snapshot(python.packages)
    assert python.replace("install").returncode == 0
    assert snapshot(python.packages).keys() - before.keys() == {python.file.name}
    assert python.served_by("-m", "venv", "--help") == str(python.file)
    done = python.replace("uninstall")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"Removed: {python.file}\n", "")
    assert snapshot(python.packages) == before
    assert python.served_by("-m", "venv", "--help") is None


def test_install_says_what_it_did(python: pythons.Python) -> None:
    """It prints the file, its line, and how to undo it; that command works."""
    done = python.replace("install")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        f"Written: {python.file}",
        f"Its line: {LINE.rstrip()}",
        f"From now on, `{python.executable} -m venv` runs fastvenv.",
        f"To undo this: {python.executable} -m fastvenv.replace uninstall",
    ]
    assert python.file.read_text() == LINE
    assert LINE.count("\n") == 1
    undo = done.stdout.splitlines()[-1].split()[4:]
    assert python.run(*undo).returncode == 0
    assert not python.file.exists()


def test_a_second_install_changes_nothing(python: pythons.Python) -> None:
    """The file is not even written again."""
    python.replace("install")
    before = python.file.stat()
    done = python.replace("install")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, f"It was there before: {python.file}")
    after = python.file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_second_uninstall_is_harmless(python: pythons.Python) -> None:
    """If there is nothing to remove, it says so, with status 0."""
    done = python.replace("uninstall")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"Nothing to remove: there is no {python.file}\n", "")


def test_the_file_can_be_read_by_whoever_may_read_the_others(python: pythons.Python) -> None:
    """Its mode follows the umask."""
    before = os.umask(0o022)
    try:
        python.replace("install")
    finally:
        os.umask(before)
    assert python.file.stat().st_mode & 0o777 == 0o644


def test_many_installs_at_once(python: pythons.Python) -> None:
    """All succeed, one file is there, and no process ever reads half of it."""
    before = snapshot(python.packages)
    started = [python.start("-m", "fastvenv.replace", "install") for _ in range(6)]
    started += [python.start("-m", "venv", "--help") for _ in range(6)]
    for process in started:
        _, stderr = process.communicate()
        assert (process.returncode, stderr) == (0, "")
    assert snapshot(python.packages).keys() - before.keys() == {python.file.name}
    assert python.file.read_text() == LINE
    for process in [python.start("-m", "fastvenv.replace", "uninstall") for _ in range(4)]:
        _, stderr = process.communicate()
        assert (process.returncode, stderr) == (0, "")
    assert snapshot(python.packages) == before


def test_status(python: pythons.Python) -> None:
    """It says which file serves the command, with status 0, or why none does, with status 1."""
    served = f"{python.executable} -m venv runs fastvenv, by {python.file}\n"
    not_served = f"{python.executable} -m venv runs the standard library's venv: "
    python.replace("install")
    done = python.replace("status")
    assert (done.returncode, done.stdout, done.stderr) == (0, served, "")
    done = python.replace("status", FASTVENV_REPLACE="0")
    assert (done.returncode, done.stdout) == (1, f"{not_served}FASTVENV_REPLACE is 0\n")
    python.replace("uninstall")
    done = python.replace("status")
    assert (done.returncode, done.stdout, done.stderr) == (1, f"{not_served}there is no {python.file}\n", "")


def test_status_is_what_really_happens(python: pythons.Python) -> None:
    """If fastvenv is incomplete, the command isn't served, although the file is there."""
    package = pythons.copy_of_fastvenv(python)
    python.replace("install")
    (package / "scripts" / "common" / "activate").unlink()
    done = python.replace("status")
    assert (done.returncode, done.stderr) == (1, "")
    assert "finds no complete fastvenv" in done.stdout


def test_status_names_the_file_of_the_base_interpreter(base: pythons.Python, tmp_path: Path) -> None:
    """In an environment that reads the base interpreter's site-packages, that file may serve it."""
    base.replace("install")
    env = tmp_path / "env"
    assert base.run("-m", "venv", "--without-pip", "--system-site-packages", env).returncode == 0
    done = pythons.Python(env / "bin" / "python").replace("status")
    assert (done.returncode, done.stdout) == (0, f"{env}/bin/python -m venv runs fastvenv, by {base.file}\n")


@pytest.mark.parametrize("args", [[], ["nonsense"], ["install", "--force"], ["status", "x"], ["install", "install"]])
def test_usage_errors_have_status_2(python: pythons.Python, args: list[str]) -> None:
    """A command line that makes no sense gets the usage on stderr, and nothing is written."""
    before = snapshot(python.packages)
    done = python.replace(*args)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: python -m fastvenv.replace install")
    assert snapshot(python.packages) == before


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help(python: pythons.Python, flag: str) -> None:
    """Help goes to stdout, with status 0."""
    done = python.replace(flag)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--break-system-packages" in done.stdout


@pytest.mark.parametrize("text", ["", LINE.rstrip(), LINE + "import os\n", "import site\n"], ids=len)
@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_another_file_of_this_name_stays(python: pythons.Python, command: str, text: str) -> None:
    """A file that isn't exactly ours is neither overwritten nor removed."""
    python.file.write_text(text)
    done = python.replace(command)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: {python.file} is not the file that this fastvenv writes")
    assert python.file.read_text() == text


def test_an_externally_managed_interpreter_is_left_alone(base: pythons.Python) -> None:
    """PEP 668: it is refused with what can be done, and nothing is written; the option allows it, as in pip."""
    marker = Path(base.run("-c", "import sysconfig; print(sysconfig.get_path('stdlib'))").stdout.strip())
    marker /= "EXTERNALLY-MANAGED"
    marker.touch()
    before = snapshot(base.packages)
    done = base.replace("install")
    assert (done.returncode, done.stdout) == (1, "")
    assert str(marker) in done.stderr
    assert "--break-system-packages" in done.stderr
    assert "virtual environment" in done.stderr
    assert snapshot(base.packages) == before
    assert base.replace("status").returncode == 1
    assert base.replace("install", "--break-system-packages").returncode == 0
    assert base.replace("status").returncode == 0
    assert base.replace("uninstall").returncode == 0
    assert snapshot(base.packages) == before


def test_an_environment_is_never_externally_managed(base: pythons.Python, tmp_path: Path) -> None:
    """Nor is one of an interpreter that is."""
    stdlib = base.run("-c", "import sysconfig; print(sysconfig.get_path('stdlib'))").stdout.strip()
    Path(stdlib, "EXTERNALLY-MANAGED").touch()
    assert base.run("-m", "venv", "--without-pip", tmp_path / "env").returncode == 0
    env = pythons.Python(tmp_path / "env" / "bin" / "python")
    (env.packages / "a.pth").write_text(f"{pythons.PACKAGE.parent}\n")
    assert env.replace("install").returncode == 0
    assert env.replace("status").returncode == 0


def test_a_read_only_site_packages(python: pythons.Python) -> None:
    """It is refused with the path and what can be done, and nothing is left."""
    need_root()
    before = snapshot(python.packages)
    with mounted(python.packages, "bind", python.packages):
        remount(python.packages, "bind,ro")
        done = python.replace("install")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"Error: [Errno 30] Read-only file system: '{python.file}'\n"
        "Nothing was written. Run this as a user who may write there, or in a virtual environment.\n"
        "For one command there is also `python -m fastvenv.run`.\n"
    )
    assert snapshot(python.packages) == before
