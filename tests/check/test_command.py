"""`python -m fastvenv.check`: its exit status, and what it prints."""

import json
import shutil
import sys
from pathlib import Path

import pytest

import fastvenv
from fastvenv import check


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


def test_an_interpreter_is_no_environment() -> None:
    """The base interpreter's own directory, and one that doesn't exist, are refused by exceptions."""
    with pytest.raises(ValueError, match="an installed Python"):
        check.check(sys.base_prefix)
    with pytest.raises(FileNotFoundError):
        check.check("/nonexistent")


def test_wrong_usage_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    """Without an environment the command prints its usage."""
    with pytest.raises(SystemExit) as ended:
        check.main([])
    assert ended.value.code == 2
    assert "usage: python -m fastvenv.check" in capsys.readouterr().err


def test_json_has_the_same_findings(env: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For each environment: its name, and what the function returns."""
    (env / "pyvenv.cfg").write_text("")
    assert check.main(["--json", str(env), "/nonexistent"]) == 2
    broken, absent = json.loads(capsys.readouterr().out)
    assert broken["environment"] == str(env)
    (found,) = check.check(env)
    assert broken["findings"] == [{**found._asdict(), "path": str(env / "pyvenv.cfg")}]
    assert "No such file" in absent["error"]
