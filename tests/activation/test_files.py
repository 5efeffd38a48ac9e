"""The activation scripts as files: what every shell and linter can say of them without running them."""

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

import fastvenv
from activation.shells import install, needs
from platforms import posix_only

SCRIPTS = Path(fastvenv.__file__).parent / "scripts"
NAMES = {
    "common": ["Activate.ps1", "activate", "activate.fish"],
    "nt": ["activate.bat", "deactivate.bat"],
    "posix": ["activate.csh"],
}
TEMPLATES = [SCRIPTS / folder / name for folder, names in NAMES.items() for name in names]
PARSERS = [
    *((shell, "-n", "activate") for shell in ["bash", "zsh", "ksh", "dash", "mksh"]),
    ("busybox", "sh", "-n", "activate"),
    ("fish", "--no-execute", "activate.fish"),
    ("tcsh", "-nf", "activate.csh"),
]

every_template = pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)


def test_one_set_of_scripts_serves_every_python():
    """The folders hold the names that `venv` installs, and nothing else."""
    assert {folder.name: sorted(os.listdir(folder)) for folder in SCRIPTS.iterdir()} == NAMES


@every_template
def test_a_script_is_text_with_the_line_ends_of_its_platform(template):
    """UTF-8 without a byte order mark; LF, but CRLF in batch files, which cmd.exe misreads otherwise."""
    content = template.read_bytes()
    lines = content.decode("utf-8").split("\n")
    assert lines.pop() == ""
    assert {line.endswith("\r") for line in lines} == {template.suffix == ".bat"}
    assert not content.startswith(b"\xef\xbb\xbf")


@posix_only("it has no modes")
@every_template
def test_a_script_is_sourced_and_not_run(template):
    """No script is executable, nor is it so once installed: running it would have no effect."""
    assert stat.S_IMODE(template.stat().st_mode) == 0o644


@every_template
def test_placeholders_stand_outside_quotes_where_the_language_has_literals(template):
    """A literal brings its own quotes; only batch, which has none, quotes around the placeholder."""
    for line in template.read_text(encoding="utf-8").splitlines():
        for start in [found.start() for found in re.finditer("__VENV_[A-Z_]+__", line)]:
            assert line.count('"', 0, start) % 2 == (template.suffix == ".bat")
            assert line.count("'", 0, start) % 2 == 0


def test_the_script_for_powershell_is_the_same_in_every_environment(tmp_path):
    """Activate.ps1 has no placeholders, so that it can be signed."""
    installed = (install(tmp_path / "it's", prompt="x") / "Activate.ps1").read_bytes()
    assert installed == (SCRIPTS / "common/Activate.ps1").read_bytes()


@needs("shellcheck")
@pytest.mark.parametrize("dialect", ["sh", "bash", "dash", "ksh"])
def test_shellcheck_has_no_remark(dialect):
    """The script for POSIX shells is sound in each of their dialects, whatever stands for the placeholders."""
    check = ["shellcheck", "--severity=style", f"--shell={dialect}", SCRIPTS / "common/activate"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


@posix_only("shells of POSIX read the scripts")
@pytest.mark.parametrize("parser", [pytest.param(parser, id=parser[0], marks=needs(parser[0])) for parser in PARSERS])
@pytest.mark.parametrize("prompt", ["env", "it's $HOME!\n\\"], ids=["plain", "odd"])
def test_an_installed_script_parses(parser, prompt, tmp_path):
    """Every shell that a script is for reads it to its end, also with odd values in it."""
    scripts = install(tmp_path / prompt, prompt=prompt, folder=tmp_path)
    done = subprocess.run(parser, cwd=scripts, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_what_activate_bat_keeps_deactivate_bat_takes_back():
    """Under names that no other script uses, since every program inherits them; and no line is echoed."""
    activate, deactivate = ((SCRIPTS / "nt" / name).read_text(encoding="utf-8") for name in NAMES["nt"])
    kept = set(re.findall(r'set "(_VENV_BAT_\w+)=[^"]', activate))
    cleared = set(re.findall(r'^@set "(\w+)="', activate.rpartition("PROMPT=(")[2] + deactivate, re.MULTILINE))
    assert {"_VENV_BAT_PATH", "_VENV_BAT_PROMPT", "_VENV_BAT_PYTHONHOME"} < kept
    assert kept - {"_VENV_BAT_CODEPAGE"} < cleared
    assert not any("_VENV_BAT" in path.read_text(encoding="utf-8") for path in TEMPLATES if path.suffix != ".bat")
    assert all(line.startswith("@") for line in (activate + deactivate).splitlines() if line)


def syntax_errors(node):
    """The places where a syntax tree says that the text is none of the language."""
    found = [node.start_point] if node.is_error or node.is_missing else []
    return found + [error for child in node.children for error in syntax_errors(child)]


@pytest.mark.parametrize("name", ["common/Activate.ps1", "nt/activate.bat", "nt/deactivate.bat"])
def test_scripts_that_cannot_run_here_are_at_least_well_formed(name):
    """A grammar of the language, not the language itself, accepts the scripts for PowerShell and cmd.exe."""
    template = SCRIPTS / name
    tree_sitter = pytest.importorskip("tree_sitter")
    grammar = pytest.importorskip({".ps1": "tree_sitter_powershell", ".bat": "tree_sitter_batch"}[template.suffix])
    parser = tree_sitter.Parser(tree_sitter.Language(grammar.language()))
    assert syntax_errors(parser.parse(template.read_bytes()).root_node) == []
