"""The checks of fastvenv, one session each; CI reads its list from here.

`nox` runs what a change needs before it is pushed, `nox -s parity-3.13` one session of it. Arguments after
`--` go to the tool: `nox -s tests -- -k prompt`.
"""

import os
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "venv"  # virtualenv's environments import a module of theirs at start-up
nox.options.error_on_missing_interpreters = False  # also in CI: nobody has every interpreter in one place
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "typing", "rust", "tests", "parity"]

PYPROJECT = nox.project.load_toml("pyproject.toml")
DIST = Path("dist")
RELEASE = Path("release")

# pyenv keeps its interpreters behind shims that fail for each version that isn't switched on.
PYENV = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *map(str, PYENV.glob("versions/*/bin"))])


def install(session: nox.Session, *groups: str) -> None:
    """Install the wheel that `build` left, and what these groups of pyproject.toml name."""
    session.install(*nox.project.dependency_groups(PYPROJECT, *groups))
    session.install("--force-reinstall", "--no-deps", *map(str, DIST.glob("*.whl")))


@nox.session
def build(session: nox.Session) -> None:
    """Build the one wheel that serves every interpreter; where cargo is missing, dist/ is taken as it is."""
    if not shutil.which("cargo"):
        session.warn("cargo is not here: testing the wheel that stands in dist/")
        return
    session.install(*PYPROJECT["build-system"]["requires"])
    shutil.rmtree(DIST, ignore_errors=True)
    session.run("maturin", "build", "--release", "--locked", "--out", str(DIST), *session.posargs)


@nox.session(requires=["build"])
def tests(session: nox.Session) -> None:
    """Run the project's own tests on the running interpreter."""
    install(session, "test")
    session.run("pytest", "--ignore=tests/parity", *session.posargs)


@nox.session(python=nox.project.python_versions(PYPROJECT), requires=["build"])
def parity(session: nox.Session) -> None:
    """Compare with the interpreter's own venv: CPython's test suite for it, then tree against tree."""
    install(session, "test")
    session.run("python", "tests/parity/stdlib_suite.py")
    # In CI, where nobody waits, all other tests run on every version too.
    session.run("pytest", *([] if os.environ.get("CI") else ["tests/parity"]), *session.posargs)


@nox.session(python=False)
def rust(session: nox.Session) -> None:
    """Test and lint the core alone, then lint it with its Python border."""
    session.run("cargo", "fmt", "--check", external=True)
    for features in ([], ["--features=python"]):
        session.run("cargo", "clippy", "--all-targets", *features, "--", "-D", "warnings", external=True)
    session.run("cargo", "test", *session.posargs, external=True)


@nox.session
def lint(session: nox.Session) -> None:
    """Lint and check the format of all Python, the shell scripts of CI, and the workflows."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("shellcheck", ".ci/run", ".ci/debian-testing")
    workflows = map(str, sorted(Path(".github/workflows").glob("*.yml")))
    session.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
    session.run("zizmor", "--offline", "--quiet", ".github")


@nox.session(requires=["build"])
def typing(session: nox.Session) -> None:
    """Check the package as mypy and pyright users see it, and that the stub tells the truth."""
    install(session, "typing")
    session.run("mypy")
    session.run("stubtest", "fastvenv")
    session.run("pyright", "--verifytypes", "fastvenv", "--ignoreexternal")
    session.run("pyright")


@nox.session(requires=["build"])
def downstream(session: nox.Session) -> None:
    """Run other projects, and their own tests, with fastvenv in the place of `venv`; docs/replacing.md says which."""
    try:
        install(session, "downstream")
    except nox.command.CommandFailed:
        if os.environ.get("CI"):
            raise
        session.skip("the projects can't be installed: is the package index in reach?")
    session.run("pytest", "tests/downstream", *session.posargs)


@nox.session
def dist(session: nox.Session) -> None:
    """Rehearse a release: sdist, a wheel from it, their contents, and an installation of the sdist."""
    if not shutil.which("cargo"):
        session.skip("cargo is not here")
    session.install(*nox.project.dependency_groups(PYPROJECT, "dist"), *PYPROJECT["build-system"]["requires"])
    shutil.rmtree(RELEASE, ignore_errors=True)
    # The crates that we need are compiled once. Ours isn't taken from there: files from an sdist always look old.
    target = {"CARGO_TARGET_DIR": str(Path("target/dist").absolute())}
    session.run("cargo", "clean", "--quiet", "--release", "--package", "fastvenv", env=target, external=True)
    session.run("maturin", "build", "--release", "--locked", "--sdist", "--out", str(RELEASE), env=target)
    session.run("twine", "check", "--strict", *map(str, RELEASE.iterdir()))
    session.run("python", ".ci/check_dist.py", str(RELEASE))
    # As a user without a wheel would, in an environment that has nothing yet.
    fresh = Path(session.create_tmp()) / "fresh"
    python = str(fresh / ("Scripts" if os.name == "nt" else "bin") / "python")
    session.run("python", "-m", "venv", "--clear", str(fresh), silent=True)
    session.run(
        python, "-m", "pip", "install", "--quiet", *map(str, RELEASE.glob("*.tar.gz")), env=target, external=True
    )
    session.run(python, ".ci/smoke.py", external=True)


@nox.session(requires=["build"])
def bench(session: nox.Session) -> None:
    """Measure against the standard library, and with pip against virtualenv and uv, each in one run."""
    install(session, "bench")
    session.run("python", "benches/bench_create.py", *session.posargs)
    session.run("python", "benches/bench_seed.py")
    session.run("python", "benches/bench_build.py")
