"""The native command and `python -m fastvenv`: the same trees, output and status."""

import os
import re
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

import pythons
from native_command.both import Both
from parity import states
from platforms import posix_only

pytestmark = posix_only("the command is copied into the bin of an environment of links")


@pytest.mark.parametrize(
    "line",
    [
        "env",
        "env second third/inner",
        "--copies env",
        "--symlinks env",
        "--system-site-packages --prompt . env",
        "--prompt=-p env",
        "--prompt a\u00e9\u200b'\"b env",
        "--without-scm-ignore-files env/../other",
        "--without-p --sys -- env",
        "--clear --clear env",
    ],
)
def test_each_option(line: str, both: Both) -> None:
    """Each option means the same to both."""
    assert both.compare("--without-pip", *line.split()) == (0, b"", b"")


def test_odd_names(both: Both) -> None:
    """Paths and prompts are bytes."""
    assert both.compare("--without-pip", "--prompt=a\nb", "env/a\nb\t") == (0, b"", b"")
    prompt, env = os.fsdecode(b"--prompt=caf\xe9"), os.fsdecode(b"env-\xff")
    assert both.compare("--without-pip", prompt, env)[0] == 0


@pytest.mark.parametrize("options", [[], ["--system-site-packages"], ["--copies"]], ids=" ".join)
def test_with_pip(options: "list[str]", both: Both) -> None:
    """pip is placed natively by both, the same files and bytecode."""
    assert both.compare(*options, "env") == (0, b"", b"")


@pytest.mark.slow
def test_pip_by_ensurepip(both: Both) -> None:
    """Where the native path isn't open, the new environment's ensurepip installs pip."""
    both.environ |= {"FASTVENV_SEED": "ensurepip", "SOURCE_DATE_EPOCH": "1700000000"}
    assert both.compare("env") == (0, b"", b"")


@pytest.mark.parametrize("options", [[], ["--clear"], ["--upgrade"], ["--copies"]], ids=" ".join)
@pytest.mark.parametrize(
    "state", [states.empty, states.junk, states.linked, states.copied, states.stale], ids=lambda state: state.__name__
)
def test_what_is_there(options: "list[str]", state: Callable[[Path], object], both: Both) -> None:
    """Whatever is in the directory, both do the same with it, or refuse it in the same words."""
    both.compare("--without-pip", *options, "env", before=state)


@pytest.mark.parametrize(
    ("args", "state"),
    [
        (["env"], states.file_for_bin),
        (["env"], states.link_for_include),
        (["env:a"], states.absent),
        (["/proc/env"], states.absent),
        (["/dev/null/env"], states.absent),
        (["/"], states.absent),
        (["--clear", os.path.expanduser("~")], states.absent),
        (["--upgrade", "--clear", "env"], states.absent),
        (["--python", "", "env"], states.absent),
        (["--python", "/nowhere/python", "env"], states.absent),
        (["--python", "/etc/passwd", "env"], states.absent),
        (["--python", "/etc", "env"], states.absent),
    ],
)
def test_refusals(args: "list[str]", state: Callable[[Path], object], both: Both) -> None:
    """What one refuses, the other refuses in the same words, with status 1."""
    status, out, err = both.compare("--without-pip", *args, before=state)
    assert (status, out) == (1, b"")
    assert b"Error: " in err


@pytest.mark.parametrize(
    "variable",
    ["FASTVENV_LOG=loud", "FASTVENV_LINK_MODE=odd", "FASTVENV_SEED=odd", "FASTVENV_NO_CACHE=odd", "PYTHONOPTIMIZE=1"],
)
def test_variables(variable: str, both: Both) -> None:
    """Variables mean the same to both, and what they refuse is refused in the same words."""
    name, _, value = variable.partition("=")
    both.environ[name] = value
    options = ["--without-pip"] if name == "PYTHONOPTIMIZE" else []
    both.compare(*options, "env")


@pytest.mark.parametrize("options", [["--without-pip"], [], ["--system-site-packages"]], ids=" ".join)
def test_records(options: "list[str]", both: Both) -> None:
    """FASTVENV_LOG=debug shows the same records, but for the question that only one has to ask."""
    both.outcomes([*options, "env"])  # whoever comes first fills the cache
    both.environ["FASTVENV_LOG"] = "debug"
    status, _, err = both.compare(*options, "env")
    assert status == 0
    assert b"fastvenv: create took " in err


@pytest.mark.parametrize(
    "args", [["install"], ["~/env"], ["--clear", "env"], ["--clear", "--python", "~/python", "env"]], ids=" ".join
)
def test_mistakes(args: "list[str]", both: Both) -> None:
    """A beginner's mistake gets the same warning."""
    _, _, err = both.compare("--without-pip", *args, before=states.project)
    assert err


@pytest.mark.parametrize(
    "line",
    ["", "env --clear other", "--no-pip env", "--pip env", "--nonsense env", "--prompt", "--symlinks --copies env"],
)
def test_usage_errors(line: str, both: Both) -> None:
    """Arguments that make no sense have status 2, and the last line says what to type where that is clear."""
    module, native = both.outcomes(line.split())
    (status, _, theirs), (own_status, out, ours) = module["result"], native["result"]  # type: ignore[misc]
    assert (status, own_status, out) == (2, 2, b"")
    assert ours.startswith(b"error: ")
    if b"\nTo " in theirs or b"\npip " in theirs:
        hint = theirs.splitlines()[-1].replace(b"python3 -m fastvenv", b"fastvenv")
        assert ours.splitlines()[-1] == hint


def test_help(both: Both) -> None:
    """--help goes to stdout, with the same options and the same words about each."""
    both.sandbox.mkdir()
    texts = [both.run(which, "--help", check=True).stdout.decode() for which in both.programs]
    module, native = (" ".join(text.split()) for text in texts)
    assert set(re.findall(r"--[\w-]+", native)) == set(re.findall(r"--[\w-]+", module))
    for sentence in re.findall(r"[A-Z][^.]+ environment's? [^.]+\.", module):
        assert sentence in native


@pytest.mark.parametrize("minor", pythons.MINORS)
def test_other_pythons(minor: int, both: Both) -> None:
    """--python gives the same environment for every Python of this machine."""
    found = [python for python in pythons.named(f"python3.{minor}") if python.implementation == "cpython"]
    if not found:
        pytest.skip(f"there is no Python 3.{minor} here")
    assert both.compare("--without-pip", "--python", found[0].path, "env") == (0, b"", b"")


@pytest.mark.parametrize("name", ["python3.7", "python3.6", "pypy3"])
def test_pythons_whose_own_venv_works(name: str, both: Both) -> None:
    """Environments that only another Python's own venv can create are created by it."""
    if not (found := pythons.named(name)):
        pytest.skip(f"{name} is not here")
    assert both.compare("--without-pip", "--python", found[0].path, "env")[0] == 0


@pytest.mark.slow
def test_an_upgrade_that_fails(both: Both) -> None:
    """Where pip fails, its own words say why, and the environment stays."""
    both.environ |= {"PIP_REQUIRE_HASHES": "1", "PIP_NO_INPUT": "1"}
    status, _, err = both.compare("--upgrade-deps", "env")
    assert (status, b"pip" in err) == (1, True)


@pytest.mark.slow
def test_an_upgrade(both: Both) -> None:
    """--upgrade-deps runs pip in the environment, with settings that keep it inside."""
    both.environ |= {"PIP_NO_INDEX": "1", "PIP_TARGET": os.fspath(both.sandbox / "elsewhere"), "PIP_DRY_RUN": "1"}
    # A distribution may keep the wheels in a directory of its own.
    wheels = sysconfig.get_config_var("WHEEL_PKG_DIR") or Path(os.__file__).parent / "ensurepip/_bundled"
    both.environ["PIP_FIND_LINKS"] = os.fspath(wheels)
    assert both.compare("--upgrade-deps", "env")[0] == 0
    assert not (both.sandbox / "elsewhere").exists()
