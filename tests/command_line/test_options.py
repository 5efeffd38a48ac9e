"""The command line: the options of 3.14, read plainly or by argparse, with one meaning."""

import os
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastvenv
from fastvenv import _cli
from platforms import posix_only, python_of

MODULE = [sys.executable, "-m", "fastvenv"]


def run(*args, **kwargs):
    """Run the command line as a process."""
    return subprocess.run([*MODULE, *map(str, args)], capture_output=True, text=True, check=False, **kwargs)


@pytest.fixture
def built(monkeypatch):
    """What main() asks for, without anything being made: the options of each builder and its folders."""
    asked = []

    class Asked(fastvenv.EnvBuilder):
        def create(self, env_dir):
            asked.append((vars(self), env_dir))

    monkeypatch.setattr(fastvenv, "EnvBuilder", Asked)
    return asked


DEFAULTS = vars(fastvenv.EnvBuilder(symlinks=os.name != "nt", with_pip=True, scm_ignore_files=frozenset({"git"})))


@pytest.mark.parametrize(
    ("args", "options"),
    [
        ([], {}),
        (["--system-site-packages"], {"system_site_packages": True}),
        (["--symlinks"], {"symlinks": True}),
        (["--copies"], {"symlinks": False}),
        (["--clear"], {"clear": True}),
        (["--upgrade"], {"upgrade": True}),
        (["--without-pip"], {"with_pip": False}),
        (["--upgrade-deps"], {"upgrade_deps": True}),
        (["--prompt", "p q"], {"prompt": "p q", "orig_prompt": "p q"}),
        (["--prompt=-p"], {"prompt": "-p", "orig_prompt": "-p"}),
        (["--prompt", "."], {"prompt": os.path.basename(os.getcwd()), "orig_prompt": "."}),
        (["--without-scm-ignore-files"], {"scm_ignore_files": frozenset()}),
        (
            ["--without-p", "--sys", "--prom=x"],
            {"with_pip": False, "system_site_packages": True, "prompt": "x", "orig_prompt": "x"},
        ),
    ],
)
def test_each_option_has_its_meaning(built, args, options):
    """Each option, abbreviated or not, becomes the builder's attribute; everything else has its default."""
    fastvenv.main([*args, "env"])
    ((attributes, env_dir),) = built
    assert (attributes, env_dir) == (DEFAULTS | options, "env")


@given(
    st.lists(
        st.one_of(
            st.sampled_from([*_cli.FLAGS, *_cli.VALUES, "--prompt=", "--python=p", "--", "--clea", "-x", "", "env"]),
            st.text(max_size=5),
        ),
        max_size=6,
    )
)
def test_reading_plainly_means_what_argparse_means(args):
    """Whatever the plain reader reads, argparse reads the same."""
    plain = _cli._read_plainly(args)
    if plain is not None:
        assert plain == _cli._read_by_argparse(args)


def test_several_folders_are_made_with_one_set_of_options(tmp_path):
    """Each ENV_DIR becomes an environment."""
    done = run("--without-pip", "--prompt=p", tmp_path / "a", tmp_path / "b")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    for name in "ab":
        assert "prompt = 'p'\n" in (tmp_path / name / "pyvenv.cfg").read_text()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "the following arguments are required: ENV_DIR"),
        (["--nonsense", "env"], "unrecognized arguments: --nonsense"),
        (["--symlinks", "--copies", "env"], "not allowed with argument"),
        (["--prompt"], "expected one argument"),
        (["env", "--clear", "other"], "unrecognized arguments: other"),
    ],
)
def test_usage_errors_have_status_2(tmp_path, args, message):
    """A command line that makes no sense is explained on stderr, with status 2, and nothing is made."""
    done = run(*args, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--upgrade", "--clear", "env"], "Error: you cannot supply --upgrade and --clear together.\n"),
        (
            [f"a{os.pathsep}b"],
            (
                "Error: Refusing to create a venv in {env} because it contains the PATH separator {separator}.\n"
                "No script could activate it. Choose another directory.\n"
            ),
        ),
    ],
)
def test_refusals_have_status_1(tmp_path, args, message):
    """What can't be served is said on stderr after `Error: `, with status 1 and no traceback."""
    done = run(*args, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        message.format(env=tmp_path / args[0], separator=os.pathsep),
    )


@posix_only("the system has another error for it")
def test_a_failure_says_what_was_being_done(tmp_path):
    """An error of the system has its path and the operation."""
    (tmp_path / "file").touch()
    done = run(tmp_path / "file" / "env")
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: [Errno 20] Not a directory: '{tmp_path}/file/env'\nfastvenv could not create the directory\n"
        "Part of the path is a file. Choose another path.\n"
    )


# Of `python -m venv` in 3.14.
OPTIONS = {
    "--help",
    "--system-site-packages",
    "--symlinks",
    "--copies",
    "--clear",
    "--upgrade",
    "--without-pip",
    "--prompt",
    "--upgrade-deps",
    "--without-scm-ignore-files",
}


def test_help_names_every_option():
    """--help goes to stdout with status 0 and has the options of 3.14, and --python, which is fastvenv's own."""
    done = run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert set(re.findall(r"--[\w-]+", done.stdout)) == {*OPTIONS, "--python"}
    assert "ENV_DIR" in done.stdout


def test_the_defaults_are_those_of_the_stdlib_command(tmp_path):
    """Without options: links where the platform has them, a .gitignore, no access to site packages."""
    done = run("--without-pip", tmp_path / "env")
    assert done.returncode == 0
    assert (tmp_path / "env" / ".gitignore").read_text().endswith("\n*\n")
    assert python_of(tmp_path / "env").is_symlink() == (os.name != "nt")
