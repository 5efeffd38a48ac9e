"""Each breakage is produced for real, and after the repair the environment is byte for byte as it was made."""

import os
import shutil
from pathlib import Path

import pytest

import fastvenv
import pythons
from fastvenv.check import Kind, Severity, check
from fastvenv.repair import repair
from platforms import posix_only
from repair.breaking import VERSION, check_running, copy, differences, install, rewrite, tree

pytestmark = posix_only("the breakages are of bin/ and lib/python3.x")

INFO = f"lib/python{VERSION}/site-packages"


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text in a file."""
    text = path.read_text()
    assert old in text
    rewrite(path, text.replace(old, new).encode())


def cut(path: Path, length: int) -> None:
    """Cut a file off."""
    rewrite(path, path.read_bytes()[:length])


def info_of_pip(env: Path) -> Path:
    """The directory of pip's metadata."""
    (found,) = (env / INFO).glob("pip-*.dist-info")
    return found


def relink(path: Path, target: object) -> None:
    """Let a link lead elsewhere."""
    path.unlink()
    path.symlink_to(target)


def loop(env: Path) -> None:
    """Two names lead to each other."""
    relink(env / "bin" / "python", "python3")
    relink(env / "bin" / "python3", "python")


def without_executables(env: Path) -> None:
    """No Python is left."""
    for path in (env / "bin").glob("python*"):
        path.unlink()


def config_of_the_first_line(env: Path) -> None:
    """Only the first line was written."""
    config = env / "pyvenv.cfg"
    rewrite(config, config.read_bytes().splitlines(keepends=True)[0])


def without_home(env: Path) -> None:
    """The first line is lost."""
    config = env / "pyvenv.cfg"
    rewrite(config, b"".join(config.read_bytes().splitlines(keepends=True)[1:]))


def interrupted(env: Path) -> None:
    """A repair was killed after it had set the old pip aside."""
    for number, path in enumerate([info_of_pip(env), env / INFO / "pip"]):
        path.rename(env / INFO / f".fastvenv-pip-aside{number}.dist-info-staged")


def executing(env: Path) -> None:
    """The script of a venv before CVE-2024-9287, with a prompt that runs."""
    edit(env / "pyvenv.cfg", 'prompt = "it\'s"', "prompt = '$(id)'")
    rewrite(env / "bin" / "activate", f'VIRTUAL_ENV="{env}"\nexport VIRTUAL_ENV\n'.encode())


BREAKAGES = {
    "the config is missing": lambda env: (env / "pyvenv.cfg").unlink(),
    "the config is empty": lambda env: cut(env / "pyvenv.cfg", 0),
    "the config has one line": config_of_the_first_line,
    "the config ends within a line": lambda env: cut(env / "pyvenv.cfg", 30),
    "the config has no home": without_home,
    "the config is binary": lambda env: (env / "pyvenv.cfg").write_bytes(b"\xff\0"),
    "an injected key": lambda env: edit(
        env / "pyvenv.cfg", "version =", "include-system-site-packages = true\nversion ="
    ),
    "a link dangles": lambda env: relink(env / "bin" / "python3", "/nowhere/python3"),
    "links loop": loop,
    "the Pythons are deleted": without_executables,
    "one Python is deleted": lambda env: (env / "bin" / "python").unlink(),
    "activate is deleted": lambda env: (env / "bin" / "activate").unlink(),
    "activate is empty": lambda env: cut(env / "bin" / "activate", 0),
    "activate.fish is cut off": lambda env: cut(env / "bin" / "activate.fish", 100),
    "a file of pip is deleted": lambda env: (env / INFO / "pip" / "_internal" / "main.py").unlink(),
    "a file of pip is edited": lambda env: edit(env / INFO / "pip" / "__init__.py", "__version__", "version"),
    "pip's package is deleted": lambda env: shutil.rmtree(env / INFO / "pip"),
    "pip's metadata is deleted": lambda env: shutil.rmtree(info_of_pip(env)),
    "pip's RECORD is deleted": lambda env: (info_of_pip(env) / "RECORD").unlink(),
    "pip's RECORD is cut off": lambda env: cut(info_of_pip(env) / "RECORD", 1000),
    "an interrupted repair of pip": interrupted,
    "two pips": lambda env: shutil.copytree(info_of_pip(env), env / INFO / "pip-1.0.dist-info"),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_after_the_repair_everything_is_as_it_was_made(breakage, made):
    """A broken environment is found broken, and repaired to what it was, to the byte."""
    BREAKAGES[breakage](made.env)
    assert [one for one in check(made.env) if one.severity is Severity.WRONG]
    report = repair(made.env)
    assert (report.wrong, report.left) == ([], [])
    assert list(differences(tree(made.env), made.tree)) == []
    check_running(made.env, pip="pip" in breakage)


def test_a_script_that_would_run_the_prompt(made):
    """All scripts treat the prompt as data afterwards."""
    executing(made.env)
    assert any(one.kind is Kind.SCRIPT_EXECUTES and one.severity is Severity.WRONG for one in check(made.env))
    assert repair(made.env).wrong == []
    text = (made.env / "bin" / "activate").read_text()
    assert "VIRTUAL_ENV_PROMPT='$(id)'" in text
    assert f'="{made.env}"' not in text


def moved(made, how, target):
    """Bring the environment to another place, and repair it there."""
    shutil.rmtree(target, ignore_errors=True)
    how(made.env, target)
    assert [one for one in check(target) if one.severity is Severity.WRONG]
    report = repair(target)
    assert (report.wrong, report.left) == ([], [])
    check_running(target)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["moved", "a b", "x" * 120])
@pytest.mark.parametrize(
    "how", [os.rename, lambda *paths: shutil.copytree(*paths, symlinks=True)], ids=["move", "copy"]
)
def test_an_environment_in_another_place(how, name, made, wheels):
    """It is as if it had been made there: even the console scripts, and their rows in RECORD."""
    target = made.env.with_name(name)
    moved(made, how, target)
    repaired = tree(target)
    shutil.rmtree(target)
    fastvenv.create(target, symlinks=True, with_pip=True, prompt="it's", python=made.base)
    install(target / "bin" / "python", wheels, "hello")
    assert list(differences(repaired, tree(target))) == []
    shutil.rmtree(target)


def rebased(made, old, new):
    """The tree as it was made, with one base's paths in the place of another's."""

    def replaced(entry):
        content = entry.content
        if isinstance(content, bytes):
            content = content.replace(os.fsencode(old.parent), os.fsencode(new.parent))
        elif content == str(old):
            content = str(new)
        return entry._replace(content=content)

    return {path: replaced(entry) for path, entry in made.tree.items()}


def test_the_base_is_replaced_by_another_patch(made, tmp_path):
    """The environment gets the new installation beside the lost one, and its version."""
    versions = tmp_path / "versions"
    old = pythons.twin(pythons.RUNNING, versions / "old")
    edit(made.env / "pyvenv.cfg", str(made.base.parent), str(old.parent))
    edit(made.env / "pyvenv.cfg", f"version = {VERSION}.", f"version = {VERSION}.9")
    relink(made.env / "bin" / made.base.name, old)
    new = pythons.twin(pythons.RUNNING, versions / "new")
    if new.name != f"python{VERSION}":
        (new.parent / f"python{VERSION}").symlink_to(new.name)
    shutil.rmtree(versions / "old")
    assert {Kind.HOME_MISSING, Kind.EXECUTABLE_DANGLING} <= {one.kind for one in check(made.env)}
    report = repair(made.env)
    assert (report.wrong, report.left) == ([], [])
    found = tree(made.env)
    home = (made.env / "pyvenv.cfg").read_text().splitlines()[0]
    assert home == f"home = {new.parent}"
    assert Path(os.readlink(made.env / "bin" / made.base.name)).samefile(new)
    unlike = {"pyvenv.cfg", f"bin/{made.base.name}"}
    assert set(differences(found, made.tree)) == unlike
    check_running(made.env)


def test_the_base_is_deleted_and_chosen_by_hand(made, tmp_path):
    """`python` names the base, by its path; nothing else of the environment changes."""
    base = pythons.twin(pythons.RUNNING, tmp_path / "chosen")
    edit(made.env / "pyvenv.cfg", str(made.base.parent), "/nowhere")
    relink(made.env / "bin" / made.base.name, "/nowhere/python")
    report = repair(made.env, python=base)
    assert (report.wrong, report.left) == ([], [])
    assert list(differences(tree(made.env), rebased(made, made.base, base))) == []


def test_copies_are_copied_again(made, tmp_path):
    """An environment of copies stays one; a copy that can't be executed is replaced."""
    env = tmp_path / "env"
    fastvenv.create(env, symlinks=False, python=made.base)
    pristine = copy(env, tmp_path / "pristine")
    (env / "bin" / "python").chmod(0o644)
    (env / "bin" / "python3").write_bytes(b"")
    report = repair(env)
    assert (report.wrong, report.left) == ([], [])
    assert list(differences(tree(env), tree(pristine))) == []


def test_packages_that_are_lost_are_named(made):
    """A deleted site-packages is created again, with pip; the report says that the rest is lost."""
    shutil.rmtree(made.env / INFO)
    report = repair(made.env)
    assert any("is lost" in line for line in report.done)
    assert report.wrong == []
    assert (made.env / INFO / "pip").is_dir()


def test_what_is_not_understood_stays_and_is_named(made):
    """A user's own files keep every byte, a broken one is named, and the status is that of a broken environment."""
    own = made.env / "bin" / "own"
    own.write_text(f"#!{made.env.with_name('gone')}/bin/python -E\nprint()\n")
    own.chmod(0o755)
    wrapper = made.env / "bin" / "python"
    relink(wrapper, "x")
    wrapper.unlink()
    wrapper.write_text('#!/bin/sh\nexec "$(dirname "$0")/python3" "$@"\n')
    wrapper.chmod(0o755)
    before = tree(made.env)
    report = repair(made.env)
    assert list(differences(tree(made.env), before)) == []
    assert report.done == []
    assert any("bin/own' starts with a line that is not understood" in line for line in report.left)
    assert report.wrong


@pytest.mark.parametrize("link", ["bin", "lib", f"lib/python{VERSION}", INFO])
def test_nothing_is_written_through_a_link(link, made, tmp_path):
    """A link in the place of a directory is named, and its target keeps every byte."""
    target = tmp_path / "elsewhere"
    (made.env / link).rename(target)
    (made.env / link).symlink_to(target)
    cut(made.env / "bin" / "activate", 10)
    before = tree(target), tree(made.env)
    report = repair(made.env)
    assert (tree(target), tree(made.env)) == before
    assert any("is a link" in line for line in report.left)
    assert report.wrong


def test_a_link_in_the_place_of_a_file_is_replaced(made, tmp_path):
    """The file that a link leads to keeps every byte."""
    outside = tmp_path / "outside"
    outside.write_text("precious")
    for name in ["pyvenv.cfg", "bin/activate"]:
        relink(made.env / name, outside)
    assert repair(made.env).wrong == []
    assert outside.read_text() == "precious"
    check_running(made.env, pip=False)
