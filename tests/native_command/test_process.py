"""The native command as a process: signals, streams, and its own file."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import pythons
from native_command.both import Both
from platforms import posix_only

pytestmark = posix_only("signals and shells are those of POSIX")


@pytest.mark.slow
@pytest.mark.parametrize("signal_sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt(signal_sent: signal.Signals, both: Both) -> None:
    """Ctrl-C ends both in the middle of their work, as the signal does, and a second run completes the environment."""
    both.environ |= {"FASTVENV_SEED": "ensurepip", "FASTVENV_LOG": "debug"}
    both.sandbox.mkdir()
    command = [*both.programs["native"], "env"]
    process = subprocess.Popen(command, cwd=both.sandbox, env=both.environ, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    for line in process.stderr:
        if "setup_python took" in line:
            break
    process.send_signal(signal_sent)
    rest = process.communicate(timeout=60)[1]
    assert process.returncode == -signal_sent
    if signal_sent == signal.SIGINT:
        assert rest.splitlines()[-2:] == [
            "Error: interrupted",
            f"'{both.sandbox}/env' is incomplete. Fix the cause, then create it again to complete it.",
        ]
    assert not list(both.sandbox.glob("env/lib/python*/site-packages/pip-*.dist-info"))
    del both.environ["FASTVENV_SEED"], both.environ["FASTVENV_LOG"]
    assert both.run("native", "env").returncode == 0
    assert subprocess.run([both.sandbox / "env/bin/pip", "--version"], check=False, capture_output=True).returncode == 0


def test_an_interrupt_between_environments(both: Both) -> None:
    """Without pip, nothing takes long. The directory at hand is completed, and no other one is begun."""
    both.sandbox.mkdir()
    names = [f"env{number}" for number in range(5000)]
    # The installation has not just changed, so it is asked once.
    command = [*both.programs["native"], "--without-pip", "--python", os.path.realpath(pythons.RUNNING), *names]
    environ = {**both.environ, "FASTVENV_LOG": "debug"}
    process = subprocess.Popen(command, cwd=both.sandbox, env=environ, stderr=subprocess.PIPE)
    assert process.stderr is not None
    assert any(b"/env1'" in line for line in process.stderr)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[1].endswith(b"\nError: interrupted\n")
    assert process.returncode == -signal.SIGINT
    made = [path for path in both.sandbox.glob("env*") if (path / "bin/activate").exists()]
    assert 0 < len(made) < len(names)


def test_an_ignored_interrupt(both: Both) -> None:
    """What runs in the background of a shell script ignores interrupts, and so does the command."""
    both.sandbox.mkdir()
    text = 'trap "" INT; "$0" --without-pip env & kill -INT $!; wait $!'
    done = subprocess.run(
        ["sh", "-c", text, both.programs["native"][0]], cwd=both.sandbox, env=both.environ, check=False
    )
    assert done.returncode == 0
    assert (both.sandbox / "env/pyvenv.cfg").exists()


def test_nobody_listens(both: Both) -> None:
    """Closed streams change nothing."""
    both.sandbox.mkdir()
    for redirected in ["2>&-", ">&- 2>&- <&-"]:
        text = f'"$0" --without-pip --prompt "" env {redirected}; exec "$0" env:b {redirected}'
        done = subprocess.run(
            ["sh", "-c", text, both.programs["native"][0]], cwd=both.sandbox, env=both.environ, check=False
        )
        assert done.returncode == 1
        assert (both.sandbox / "env/pyvenv.cfg").exists()


def test_it_does_not_delete_itself(both: Both, inside: Path) -> None:
    """--clear refuses a directory with the running program in it."""
    both.sandbox.mkdir()
    (both.sandbox / "env/bin").mkdir(parents=True)
    own = both.sandbox / "env/bin/fastvenv"
    shutil.copy2(inside / "fastvenv", own)
    command = [own, "--clear", "--without-pip", "--python", sys.executable, "env"]
    done = subprocess.run(command, cwd=both.sandbox, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "fastvenv itself" in done.stderr
    assert own.exists()
