"""Every code block of the documentation does what it says, and every link leads somewhere."""

import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from platforms import posix_only

ROOT = Path(__file__).parents[2]
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / "tests" / "FAULTS.md"])
VARIABLE = re.compile(r'"(FASTVENV_[A-Z_]+|PYTHON[A-Z]+|ENSUREPIP_[A-Z]+|SOURCE_DATE_EPOCH|VSCMD_[A-Z_]+|VIRTUAL_ENV)"')
MARKDOWN = MarkdownIt("commonmark").enable("table")

# Blocks that are not run here, by file and first line, each with what holds it instead.
ELSEWHERE = {
    ("README.md", "python3 -m pip install . && python3 -m fastvenv .venv"): "set-up",
    ("CONTRIBUTING.md", "python3 -m pip install . && python3 -m fastvenv .venv"): "set-up",
    ("CONTRIBUTING.md", "src/"): "map",
    ("docs/seeding.md", "<cache>/"): "picture of the cache; tests/seed/test_cache.py looks into its folders",
    ("docs/testing.md", 'pytest_plugins = ["fastvenv.testing"]'): "tests/testing",
    ("docs/testing.md", "def test_the_package_installs(fresh_venv):"): "tests/testing",
    ("docs/interpreters.md", "python -m fastvenv --python 3.12 .venv"): "tests/interpreters, for the versions found",
    ("docs/replacing.md", "python -m fastvenv.replace install"): "tests/replacing, never on the running interpreter",
    ("docs/replacing.md", "RUN pip install fastvenv && python -m fastvenv.replace install"): "tests/replacing",
    ("docs/performance.md", "nox -s bench -- --write"): "session",
}


class Block(NamedTuple):
    """A fenced block, and the one that follows it if that shows its output."""

    file: str
    line: int
    language: str
    text: str
    output: str | None

    @property
    def held_by(self) -> str | None:
        """What holds it, if it isn't run here."""
        return ELSEWHERE.get((self.file, self.text.splitlines()[0].split("  #")[0].rstrip()))

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def blocks() -> list[Block]:
    """All blocks of all files; `text` after `python` or `sh` is what that prints."""
    found: list[Block] = []
    for path in DOCS:
        file = path.relative_to(ROOT).as_posix()
        tokens = [token for token in MARKDOWN.parse(path.read_text(encoding="utf-8")) if token.type != "inline"]
        before = None
        for token in tokens:
            if token.type in {"fence", "code_block"}:
                block = Block(file, token.map[0] + 1, token.info.strip(), token.content, None)
                if before is not None and block.language == "text" and before.language in {"python", "sh"}:
                    found[-1] = before._replace(output=block.text)
                else:
                    found.append(block)
                before = block
            else:
                before = None
    return found


BLOCKS = blocks()


def of(*languages: str) -> list[Block]:
    """The blocks in these languages that are run here."""
    return [block for block in BLOCKS if block.language in languages and not block.held_by]


@pytest.fixture
def folder(tmp_path: Path, filled: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with the running interpreter as `python`, and no environment active."""
    bin_dir = tmp_path / "bin"
    bin_dir.mkdir()
    for name in ("python", "python3"):
        (bin_dir / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        (bin_dir / name).chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(bin_dir), os.path.dirname(sys.executable), os.environ["PATH"]]))
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    shutil.copytree(filled, tmp_path / "cache")
    monkeypatch.setenv("FASTVENV_CACHE_DIR", str(tmp_path / "cache"))
    work = tmp_path / "project"
    work.mkdir()
    return work


def run(command: list[str], folder: Path) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_no_block_goes_unseen() -> None:
    """Each block is run here or listed above, and what is listed exists."""
    known = {"python", "sh", "console", "yaml", "dockerfile", "nu"}
    unseen = [str(block) for block in BLOCKS if block.language not in known and not block.held_by]
    assert unseen == []
    listed = {(block.file, block.text.splitlines()[0].split("  #")[0].rstrip()) for block in BLOCKS}
    assert set(ELSEWHERE) <= listed, set(ELSEWHERE) - listed


@posix_only("the commands are for a shell of POSIX")
@pytest.mark.slow
@pytest.mark.parametrize("block", of("python"), ids=str)
def test_python_runs(block: Block, folder: Path) -> None:
    """A program runs in a folder of its own, without a warning, and prints what the docs say."""
    printed = run([sys.executable, "-W", "error", "-c", block.text], folder)
    if block.output is not None:
        assert printed == block.output


@posix_only("the commands are for a shell of POSIX")
@pytest.mark.slow
@pytest.mark.parametrize("block", of("sh"), ids=str)
def test_shell_commands_run(block: Block, folder: Path) -> None:
    """Commands succeed in a folder of their own, and print what the docs say."""
    printed = run(["bash", "-euo", "pipefail", "-c", block.text], folder)
    if block.output is not None:
        assert printed == block.output


# What precedes a command in a job or a Dockerfile; a key of YAML looks different.
COMMAND = re.compile(r"^ *(?:RUN |- run: |- (?=[\w.]+ ))(.+)$", re.MULTILINE)


@posix_only("the commands are for a shell of POSIX")
@pytest.mark.parametrize("block", of("yaml", "dockerfile"), ids=str)
def test_jobs_and_images_run(block: Block, folder: Path) -> None:
    """Their commands succeed one after the other, where fastvenv is installed already."""
    commands = [command for command in COMMAND.findall(block.text) if not command.startswith("pip ")]
    assert any("python -m fastvenv" in command for command in commands)
    text = "\n".join(commands).replace("/tmp/env", str(folder / "env"))
    run(["bash", "-euo", "pipefail", "-c", text], folder)


@posix_only("the commands are for a shell of POSIX")
@pytest.mark.parametrize("block", of("nu"), ids=str)
def test_the_overlay_of_nushell(block: Block, folder: Path) -> None:
    """It activates and deactivates."""
    nu = shutil.which("nu")
    if not nu:
        pytest.skip("nushell is not here")
    (folder / "venv.nu").write_text(block.text)
    run([sys.executable, "-m", "fastvenv", "--without-pip", ".venv"], folder)
    program = "^python -c 'import sys; print(sys.prefix)'"
    text = f"overlay use venv.nu; {program}; overlay hide venv; print ($env.VIRTUAL_ENV? | default none)"
    assert run([nu, "-n", "-c", text], folder) == f"{folder}/.venv\nnone\n"


def alike(text: str) -> str:
    """The text with paths, figures and the link mode, which differ from machine to machine, left out."""
    for differing, stand_in in [(r"'[^']*/", "'…/"), (r"python[\d.]*'", "python'"), (r"files: \w+", "files: …")]:
        text = re.sub(differing, stand_in, text)
    return re.sub(r"\d+(\.\d+)*", "N", text)


@posix_only("the commands are for a shell of POSIX")
@pytest.mark.parametrize("block", of("console"), ids=str)
def test_a_session_goes_as_shown(block: Block, folder: Path) -> None:
    """Each command after `$` prints the lines below it, but for paths and figures."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        assert alike(run(["bash", "-euo", "pipefail", "-c", command], folder)) == alike(shown)


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md"])
def test_the_set_up_is_what_ci_runs(file: str) -> None:
    """.ci/run has the commands of the set-up, to the letter."""
    (block,) = [block for block in BLOCKS if block.file == file and block.held_by == "set-up"]
    commands = [line.split("  #")[0].rstrip() for line in block.text.splitlines()]
    assert commands == [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line in commands]


def test_sessions_exist() -> None:
    """Every `nox -s name` in the docs names a session of the noxfile."""
    noxfile = (ROOT / "noxfile.py").read_text()
    for path in DOCS:
        for name in re.findall(r"nox (?:-s|--session) (\w+)", path.read_text(encoding="utf-8")):
            assert f"\ndef {name}(" in noxfile, f"{path.name}: {name}"


def test_every_variable_is_documented() -> None:
    """Each environment variable that the sources read is in docs/environment.md, and fastvenv has no other there."""
    sources = [*ROOT.glob("src/**/*.rs"), *ROOT.glob("python/fastvenv/*.py")]
    named = {name for path in sources for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    named = {name for name in named if not name.startswith("FASTVENV_TEST_")}  # the core's tests read them
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "environment.md").read_text(encoding="utf-8")))
    assert {"FASTVENV_LOG", "SOURCE_DATE_EPOCH"} <= named
    assert named <= documented, named - documented
    assert {name for name in documented if name.startswith("FASTVENV_")} <= named


def test_the_map_of_the_house_is_true() -> None:
    """The map names every module of the core, of seed and of the border, what is in tests/, and nothing else."""
    (block,) = [block for block in BLOCKS if block.held_by == "map"]
    shown: set[str] = set()
    parents: list[tuple[int, str]] = []
    for line in block.text.splitlines():
        depth, name = len(line) - len(line.lstrip()), line.split()[0]
        while parents and parents[-1][0] >= depth:
            parents.pop()
        path = "".join(parent for _, parent in parents) + name
        parents.append((depth, name))
        assert (ROOT / path).exists(), path
        shown.add(path.rstrip("/"))
    rooms = [ROOT / "src", ROOT / "src" / "seed", ROOT / "src" / "python", ROOT / "tests"]
    unnamed = {"mod.rs", "__pycache__"}
    inside = [path for room in rooms for path in room.iterdir() if path.name not in unnamed]
    entries = {path.relative_to(ROOT).as_posix() for path in inside}
    assert entries <= shown, entries - shown


def test_the_chart_is_for_everybody() -> None:
    """The chart can be read aloud, in light and in dark."""
    path = ROOT / "docs" / "chart.svg"
    root = ElementTree.parse(path).getroot()
    told = {name: root.findtext(f"{{http://www.w3.org/2000/svg}}{name}") or "" for name in ("title", "desc")}
    assert root.get("role") == "img"
    assert "python -m venv" in told["title"]
    assert "fastvenv" in told["desc"]
    assert "prefers-color-scheme: dark" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", ["README.md", "docs/performance.md"])
def test_figures_name_their_command(file: str) -> None:
    """The figures stand where the bench writes them, and say by which command."""
    _, _, rest = (ROOT / file).read_text(encoding="utf-8").partition("<!-- figures -->\n")
    figures, mark, _ = rest.partition("<!-- /figures -->")
    assert mark
    assert "Made by `nox -s bench -- --write`" in figures


def anchors(path: Path) -> set[str]:
    """The names of a file's headings, as GitHub makes them."""
    tokens = MARKDOWN.parse(path.read_text(encoding="utf-8"))
    headings = [after.content for token, after in itertools.pairwise(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    """Files and headings that are linked to exist; other sites are reached by https."""
    inline = [child for token in MARKDOWN.parse(path.read_text(encoding="utf-8")) for child in token.children or ()]
    links = [token for token in inline if token.type in {"link_open", "image"}]
    for target in [str(link.attrGet("href") or link.attrGet("src")) for link in links]:
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        leads_to = (path.parent / file).resolve() if file else path
        assert leads_to.exists(), target
        assert not anchor or anchor in anchors(leads_to), target


def test_no_document_is_an_island() -> None:
    """Every document can be reached from the README by following links."""
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            targets = re.findall(r"\]\(([\w./-]+\.md)[#)]", path.read_text(encoding="utf-8"))
            waiting += [(path.parent / target).resolve() for target in targets]
    assert {*DOCS} <= reached, {*DOCS} - reached
