"""pypa/build: its own tests of isolated environments and of the command, from its sdist, with fastvenv in place."""

import importlib.metadata
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("build", reason="build is not installed: nox -s downstream")
for name in ("xdist", "pytest_mock", "pytest_rerunfailures", "virtualenv", "uv", "flit_core"):
    pytest.importorskip(name, reason=f"{name} is not installed: nox -s downstream")

# The others never make an environment in their own process, or take projects from elsewhere (test_integration).
FILES = ["tests/test_env.py", "tests/test_main.py"]

# Tests that fail with fastvenv and pass without, each with the reason. Such a test must fail, so that this table can't
# outlive its reasons. What fails with the standard library too is no business of ours, and needn't be here.
EXCLUDED: dict[str, str] = {
    "tests/test_env.py::test_isolated_env_log[False]": (
        "compares all records at DEBUG, of every logger; those of the stages, which fastvenv logs, are among them"
    ),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist of the version that is installed, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    version = importlib.metadata.version("build")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary=build", f"build=={version}"]
    done = subprocess.run([*command, "--dest", folder], check=False)
    if done.returncode:
        assert "CI" not in os.environ
        pytest.skip(f"the sdist of build {version} can't be fetched")
    [archive] = folder.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def run(project: Path, tests: list[str], *options: str) -> dict[str, str]:
    """Run tests of the project; returns how each ended."""
    report = project / "report.xml"
    variables = {"PYTHONPATH": str(Path(__file__).parent), "PATH": f"{sys.prefix}/bin{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "pytest", "-q", "-n2", "-p", "no:cacheprovider", f"--junitxml={report}"]
    subprocess.run([*command, *options, *tests], check=False, cwd=project, env=os.environ | variables)
    outcomes = {}
    for case in ElementTree.parse(report).iter("testcase"):
        file = case.attrib["classname"].replace(".", "/")
        states = {child.tag for child in case} & {"failure", "error", "skipped"}
        outcomes[f"{file}.py::{case.attrib['name']}"] = min(states, default="passed")
    return outcomes


def test_its_own_tests_pass(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What passes with the standard library passes with fastvenv, but for the table."""
    with_ours = run(project, FILES, "-p", "replaced")
    failed = [name for name, outcome in with_ours.items() if outcome in {"failure", "error"}]
    with_theirs = run(project, failed) if failed else {}
    passed = list(with_ours.values()).count("passed")
    with capsys.disabled():
        print(f"\nof build's tests {passed} pass, {len(failed)} fail; these without fastvenv: {with_theirs}")
    assert passed
    assert {name for name in failed if with_theirs[name] == "passed"} == EXCLUDED.keys()
