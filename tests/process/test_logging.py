"""Records go to the logger `fastvenv`, and logging is loaded only when there is something to say."""

import logging
import os
import re
import subprocess
import sys
import unittest
from unittest import mock

import pytest

import fastvenv
from platforms import posix_only


@posix_only("symlink_or_copy doesn't work there")
def test_a_failed_link_is_a_warning_and_then_a_copy(tmp_path, caplog):
    """Where a link can't be made, the logger says so and a copy stands there."""
    source, destination = tmp_path / "source", tmp_path / "destination"
    source.write_text("new")
    destination.write_text("in the way of a link")
    fastvenv.EnvBuilder(symlinks=True).symlink_or_copy(source, destination)
    records = [(r.name, r.levelname, r.getMessage()) for r in caplog.records]
    assert records == [("fastvenv", "WARNING", f"Unable to symlink {str(source)!r} to {str(destination)!r}")]
    assert destination.read_text() == "new"


@posix_only("symlink_or_copy doesn't work there")
def test_a_relative_link_across_folders_is_a_copy_too(tmp_path, caplog):
    """relative_symlinks_ok for files in two folders ends in a copy and a warning."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "source").write_text("text")
    builder = fastvenv.EnvBuilder(symlinks=True)
    builder.symlink_or_copy(tmp_path / "source", tmp_path / "bin" / "x", relative_symlinks_ok=True)
    assert (tmp_path / "bin" / "x").read_text() == "text"
    assert "Unable to symlink" in caplog.text


def test_debug_records_are_seen_by_whoever_asks(tmp_path, caplog):
    """assertLogs at DEBUG sees the records of the core, also when the level changed after earlier records."""
    builder = fastvenv.EnvBuilder()
    context = builder.ensure_directories(str(tmp_path / "env"))
    builder._call_new_python = lambda *args, **kwargs: None
    case = unittest.TestCase()
    caplog.set_level(logging.ERROR, "fastvenv")
    builder.upgrade_dependencies(context)
    with case.assertLogs("fastvenv", logging.DEBUG) as caught:
        builder.upgrade_dependencies(context)
    assert [r.levelname for r in caught.records] == ["DEBUG"]
    assert str(fastvenv.CORE_VENV_DEPS) in caught.records[0].getMessage()


@pytest.mark.parametrize("name", ["common/binary", f"{os.name}/binary"])
def test_a_script_that_is_no_text_is_left_out_with_a_warning(tmp_path, caplog, name):
    """A template that isn't UTF-8 is not installed; the others are."""
    for path, content in [(name, b"\xff\xfe"), ("common/text", b"text")]:
        (tmp_path / "scripts" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "scripts" / path).write_bytes(content)
    builder = fastvenv.EnvBuilder()
    context = builder.ensure_directories(str(tmp_path / "env"))
    builder.install_scripts(context, str(tmp_path / "scripts"))
    assert os.listdir(context.bin_path) == ["text"]
    assert f"unable to copy script {str(tmp_path / 'scripts' / name)!r}, may be binary" in caplog.text


def run(program, *args):
    """The output of a program in a fresh interpreter."""
    command = [sys.executable, "-c", program, *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)


def test_logging_is_not_imported_for_an_ordinary_environment(tmp_path):
    """Creating an environment loads logging no more than importing the package does."""
    program = "import fastvenv, sys; fastvenv.create(sys.argv[1]); print('logging' in sys.modules)"
    assert run(program, tmp_path / "env").stdout == "False\n"


STAGES = ["ensure_directories", "create_git_ignore_file", "create_configuration", "setup_python", "_setup_pip"]
STAGES += ["setup_scripts", "post_setup", "create"]


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("command", ["-m fastvenv", "-c import\tfastvenv;fastvenv.main()"])
def test_what_is_done_is_shown_where_that_is_wished(command, tmp_path):
    """FASTVENV_LOG=debug shows the stages in their order and their milliseconds on stderr, for command and API."""
    environ = {**os.environ, "FASTVENV_LOG": "debug"}
    args = [sys.executable, *command.split(" "), *[tmp_path / name for name in "ab"]]
    done = subprocess.run(args, env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert re.findall(r"^fastvenv: (\w+) took \d+\.\d\d ms$", done.stderr, re.MULTILINE) == STAGES * 2
    assert f"fastvenv: creating an environment in {str(tmp_path / 'a')!r}\n" in done.stderr


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("value", [None, ""])
def test_nothing_is_shown_without_wish(value, tmp_path):
    """Unset or empty, FASTVENV_LOG shows nothing."""
    environ = {**os.environ, **({} if value is None else {"FASTVENV_LOG": value})}
    args = [sys.executable, "-m", "fastvenv", tmp_path / "env"]
    done = subprocess.run(args, env=environ, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


@posix_only("a shell closes it")
@pytest.mark.usefixtures("cache")
def test_nothing_is_shown_where_standard_error_is_closed(tmp_path):
    """Without a standard error the debug records go nowhere, least of all to standard output."""
    environ = {**os.environ, "FASTVENV_LOG": "debug"}
    command = ["sh", "-c", 'exec "$0" -m fastvenv "$1" 2>&-', sys.executable, tmp_path / "env"]
    assert subprocess.run(command, env=environ, stdout=subprocess.PIPE, check=True).stdout == b""
    assert (tmp_path / "env" / "pyvenv.cfg").exists()


def test_stages_are_timed_for_whoever_listens(tmp_path, caplog):
    """With logging at DEBUG, each stage's time is a record; one that fails says so."""

    class Broken(fastvenv.EnvBuilder):
        def setup_scripts(self, context):
            raise LookupError("mine")

    caplog.set_level(logging.DEBUG, "fastvenv")
    with pytest.raises(LookupError):
        Broken().create(tmp_path / "env")
    times = [re.sub(r"[\d.]+", "N", message) for message in caplog.messages]
    assert times[-3:] == ["setup_python took N ms", "setup_scripts failed after N ms", "create failed after N ms"]


def test_without_listeners_nothing_is_timed(tmp_path, caplog):
    """With logging loaded at its usual level, the stages leave no record."""
    caplog.set_level(logging.INFO, "fastvenv")
    fastvenv.create(tmp_path / "env", symlinks=True)
    assert caplog.messages == []


@posix_only("symlink_or_copy doesn't work there")
def test_a_warning_reaches_stderr_without_any_set_up(tmp_path):
    """With nothing configured, a warning is printed as logging's last resort prints it."""
    (tmp_path / "source").touch()
    (tmp_path / "destination").touch()
    program = (
        "import fastvenv, sys; fastvenv.EnvBuilder(symlinks=True).symlink_or_copy(*sys.argv[1:]);"
        "print('logging' in sys.modules)"
    )
    done = run(program, tmp_path / "source", tmp_path / "destination")
    assert done.stdout == "True\n"
    assert done.stderr.startswith("Unable to symlink")


FIRST_WARNING = """
import sys, threading
import fastvenv

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "logging":
            sys.meta_path.remove(self)
            meanwhile()

def warn(name):
    fastvenv.EnvBuilder(symlinks=True).symlink_or_copy(sys.argv[1], f"{sys.argv[2]}/{name}", True)

assert "logging" not in sys.modules
sys.meta_path.insert(0, Finder())
"""


@pytest.fixture
def apart(tmp_path):
    """A file and another folder, in which no link to it can be a bare name: to ask for one is to be warned."""
    (tmp_path / "source").touch()
    (tmp_path / "bin").mkdir()
    return tmp_path / "source", tmp_path / "bin"


@posix_only("symlink_or_copy doesn't work there")
def test_two_threads_may_warn_first_at_once(apart):
    """A thread that warns while another one's warning is importing logging holds nobody up."""
    program = (
        "about_to = threading.Event()\n"
        "def other():\n    about_to.set()\n    warn('other')\n"
        "thread = threading.Thread(target=other)\n"
        "def meanwhile():\n    thread.start()\n    about_to.wait()\n"
        "warn('one')\nthread.join()"
    )
    done = run(FIRST_WARNING + program, *apart)
    assert done.stderr.count("Unable to symlink") == 2


@posix_only("symlink_or_copy doesn't work there")
def test_an_interrupt_while_logging_is_imported_is_kept(apart):
    """Ctrl-C while the first warning imports logging is a KeyboardInterrupt, and later warnings are heard."""
    program = (
        "def meanwhile():\n    raise KeyboardInterrupt\n"
        # When Python next looks for interrupts depends on its version; in a loop each does.
        "try:\n    warn('one')\n    for _ in range(1000):\n        pass\n    print('nothing')\n"
        "except KeyboardInterrupt:\n    print('interrupted')\n"
        "warn('two')"
    )
    done = run(FIRST_WARNING + program, *apart)
    assert done.stdout == "interrupted\n"
    assert "Unable to symlink" in done.stderr


@posix_only("symlink_or_copy doesn't work there")
def test_a_logger_in_the_place_of_the_module_s_own_is_told(apart):
    """What is put in the place of `fastvenv.logger` gets the records, as with `venv.logger`."""
    source, folder = apart
    with mock.patch("fastvenv.logger") as logger:
        fastvenv.EnvBuilder(symlinks=True).symlink_or_copy(source, folder / "x", True)
    ((message,), _) = logger.warning.call_args
    assert message.startswith("Unable to symlink")


def test_the_variable_is_read_from_os_environ(tmp_path, monkeypatch):
    """FASTVENV_LOG is taken from os.environ, since reading the system's own would race with other threads."""
    monkeypatch.setattr(os, "environ", {**os.environ, "FASTVENV_LOG": "verbose"})
    with pytest.raises(ValueError, match="FASTVENV_LOG"):
        fastvenv.create(tmp_path / "env", symlinks=True)
