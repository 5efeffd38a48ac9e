"""`python -m fastvenv.repair`: its exit status, what it prints, and what it leaves alone."""

import subprocess
import sys
from pathlib import Path

import pytest

import fastvenv
import pythons
from fastvenv import repair
from platforms import posix_only
from repair.breaking import VERSION, copy, differences, rewrite, said, states, tree

pytestmark = posix_only("the environments have bin/ and lib/python3.x")


@pytest.fixture(scope="module")
def other():
    """A Python of another minor version."""
    return pythons.another().path


def test_repairing_an_intact_environment_changes_nothing(made, capsys):
    """Not even a file's time changes, also if the environment has what only deserves a hint."""
    (made.env / "bin" / "activate.fish").unlink()
    before = states(made.env)
    assert repair.main([str(made.env)]) == 0
    assert states(made.env) == before
    assert capsys.readouterr().out == f"{made.env}: intact\n"


def test_a_dry_run_changes_nothing_and_says_what_would_be_done(made, capsys):
    """What is to do in a dry run is what is done afterwards; the environment is still broken until then."""
    (made.env / "pyvenv.cfg").unlink()
    (made.env / "bin" / "activate").unlink()
    before = states(made.env)
    assert repair.main(["--dry-run", str(made.env)]) == 1
    assert states(made.env) == before
    planned = capsys.readouterr().out
    assert planned.startswith(f"{made.env}: broken\n  to do: ")
    assert repair.main([str(made.env)]) == 0
    done = capsys.readouterr().out
    assert done == planned.replace(": broken", ": intact now").replace("to do:", "done:")


def test_the_status_is_1_while_something_is_wrong_and_2_without_an_environment(made, tmp_path, capsys):
    """What stays broken is named; where there is no environment nothing is written."""
    own = made.env / "bin" / "own"
    own.write_text(f"#!{tmp_path}/gone/bin/python -E\n")
    assert repair.main([str(made.env)]) == 1
    assert f"left: '{own}' starts with a line that is not understood." in capsys.readouterr().out
    assert repair.main([str(tmp_path)]) == 2
    assert "There is no environment in" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_wrong_usage_is_status_2(capsys):
    """Without an environment the command prints its usage."""
    with pytest.raises(SystemExit) as ended:
        repair.main([])
    assert ended.value.code == 2
    assert "usage: python -m fastvenv.repair" in capsys.readouterr().err


def test_a_python_of_another_minor_version_is_refused(made, other, capsys):
    """Nothing is written, and the error says which version the packages are for."""
    (made.env / "bin" / "python").unlink()
    before = states(made.env)
    assert repair.main(["--python", str(other), str(made.env)]) == 2
    assert f"its packages are for CPython {VERSION}" in capsys.readouterr().err
    assert states(made.env) == before


@pytest.fixture
def foreign(made, tmp_path):
    """The environment as one for a version of Python that isn't here."""
    env = copy(made.env, tmp_path / "my env")
    (env / "lib" / f"python{VERSION}").rename(env / "lib" / "python3.77")
    config = env / "pyvenv.cfg"
    rewrite(config, config.read_bytes().replace(f"version = {VERSION}".encode(), b"version = 3.77"))
    return env


def test_another_minor_version_is_not_repaired(foreign, capsys):
    """Everything stays as it is; what was installed, and how to install it again, is printed."""
    before = states(foreign)
    assert repair.main([str(foreign)]) == 1
    assert states(foreign) == before
    printed = capsys.readouterr().out
    assert "are for Python 3.77, and no such Python was found" in printed
    assert "  hello==2.0\n" in printed
    assert "  # leaf==1.0  (a dependency)\n" in printed


def test_the_commands_recreate_the_environment(foreign, wheels, monkeypatch, tmp_path):
    """A shell runs them as they are printed: the same packages run on another Python, with the same prompt."""
    config = foreign / "pyvenv.cfg"
    rewrite(config, config.read_bytes().replace(b'prompt = "it', b'prompt = "-it'))
    commands = repair.repair(foreign).commands
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("PYTHONPATH", str(Path(fastvenv.__file__).parents[1]))
    subprocess.run(["sh", "-ec", "\n".join(commands)], cwd=tmp_path, check=True, capture_output=True)
    monkeypatch.delenv("PYTHONPATH")
    assert said(foreign / "bin" / "hello") == str(foreign)
    assert 'prompt = "-it\'s"' in (foreign / "pyvenv.cfg").read_text()
    assert repair.requirements(foreign)[0] == "hello==2.0"


def test_pip_accepts_the_requirements(made, wheels, tmp_path):
    """Packages from a directory, from a wheel's path and from the index: pip finds nothing to change."""
    source = tmp_path / "a source"
    source.mkdir()
    (source / "pyproject.toml").write_text('[project]\nname = "local"\nversion = "1"\n')
    info = made.env / "lib" / f"python{VERSION}" / "site-packages" / "local-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: local\nVersion: 1\n")
    (info / "RECORD").write_text("")
    (info / "direct_url.json").write_text(f'{{"url": "{source.as_uri()}", "dir_info": {{"editable": true}}}}')
    wheel = made.env / "lib" / f"python{VERSION}" / "site-packages" / "leaf-1.0.dist-info" / "direct_url.json"
    wheel.write_text(f'{{"url": "{(wheels / "leaf-1.0-py3-none-any.whl").as_uri()}", "archive_info": {{}}}}')
    lines = repair.requirements(made.env)
    assert f"-e {source.as_uri()}" in lines
    file = tmp_path / "requirements.txt"
    file.write_text("\n".join(line for line in lines if not line.startswith("-e")))
    dry = ["install", "--no-index", "--find-links", wheels, "--dry-run", "-r", file]
    assert "Would install" not in said(made.env / "bin" / "pip", *dry)
    count = "print(sum(1 for _ in parse_requirements(sys.argv[1], PipSession())))"
    imports = "from pip._internal.network.session import PipSession; from pip._internal.req import parse_requirements"
    parse = f"import sys; {imports}; {count}"
    file.write_text("\n".join(lines))
    assert said(made.env / "bin" / "python", "-c", parse, file) == "3"


def test_the_command_runs(made):
    """`python -m fastvenv.repair` is a program; --requirements prints only lines for pip."""
    command = [sys.executable, "-m", "fastvenv.repair", "--requirements", made.env]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("hello==2.0\n# leaf==1.0  (a dependency)\n# pip==")
    assert list(differences(tree(made.env), made.tree)) == []
