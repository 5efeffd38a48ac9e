"""`python -m fastvenv.check`: its exit status, and what it prints."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import fastvenv
from fastvenv import check
from platforms import linux_only, posix_only


@pytest.fixture
def env(tmp_path: Path) -> Path:
    """An environment without pip."""
    fastvenv.create(tmp_path / "env", symlinks=True)
    return tmp_path / "env"


def test_the_status_is_the_highest_of_all(env: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 for an intact environment, 1 for a broken one, 2 for none; the rest is reported all the same."""
    broken = env.with_name("broken")
    shutil.copytree(env, broken, symlinks=True)
    (broken / "pyvenv.cfg").unlink()
    assert check.main([str(env)]) == 0
    assert check.main([str(broken), str(env)]) == 1
    assert check.main([str(env.parent), str(broken)]) == 2
    printed = capsys.readouterr()
    assert "[config-missing]" in printed.out
    assert "no environment" in printed.err


def test_an_interpreter_is_no_environment(tmp_path: Path) -> None:
    """The base interpreter's own directory, and one that doesn't exist, are refused by exceptions."""
    with pytest.raises(ValueError, match="an installed Python"):
        check.check(sys.base_prefix)
    with pytest.raises(FileNotFoundError):
        check.check(tmp_path / "nonexistent")


@pytest.mark.parametrize("args", [[], ["--run"], ["--jsom", "."], ["-x"]])
def test_wrong_usage_is_status_2(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Without an environment, or with an unknown option, the command prints its usage."""
    assert check.main(args) == 2
    assert capsys.readouterr().err.startswith("usage: python -m fastvenv.check")
    assert check.main(["--help"]) == 0


@linux_only("names may have any bytes")
def test_a_name_may_have_any_bytes(tmp_path: Path) -> None:
    """A name that the output's encoding can't represent, or that begins like an option, ends in no traceback."""
    env = tmp_path / "-caf\udce9 \u202e"
    fastvenv.create(env, symlinks=True)
    (env / "pyvenv.cfg").unlink()
    command = [sys.executable, "-m", "fastvenv.check", "--", env.name]
    environ = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "config-missing" in done.stdout


@posix_only("the system has another error for it")
def test_json_has_the_same_findings(env: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For each environment: its name, and what the function returns."""
    (env / "pyvenv.cfg").write_text("")
    assert check.main(["--json", str(env), "/nonexistent"]) == 2
    broken, absent = json.loads(capsys.readouterr().out)
    assert broken["environment"] == str(env)
    (found,) = check.check(env)
    plain = {"kind": "config-truncated", "severity": "wrong", "path": str(env / "pyvenv.cfg")}
    assert broken["findings"] == [{**found._asdict(), **plain}]
    assert "No such file" in absent["error"]


def test_an_intact_environment_takes_few_imports(env: Path) -> None:
    """The command loads no slow module: with 200 packages it takes less time than three starts of Python."""
    program = (
        "import sys; before = set(sys.modules); from fastvenv import check; check.main(sys.argv[1:]); "
        "print({'argparse', 'json', 'pathlib', 'subprocess', 'typing'} & (set(sys.modules) - before) or 'none')"
    )
    done = subprocess.run([sys.executable, "-c", program, env], capture_output=True, text=True, check=True)
    assert done.stdout == f"{env}: intact\nnone\n"


@posix_only("a closed pipe is another error there")
def test_a_reader_that_has_ended(env: Path) -> None:
    """If nobody reads the output, the status is still right, and there is no traceback."""
    (env / "pyvenv.cfg").unlink()
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "fastvenv.check", env]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (1, b"")
