"""The checks of fastvenv, one session each; CI reads its list from here.

`nox` runs what a change needs before it is pushed, in minutes, `nox -s rust` one session of it. Arguments after `--` go
to the tool: `nox -s tests -- -k prompt`.
"""

import os
import shutil
import socket
import sys
import sysconfig
import zipfile
from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "venv"  # it is what the tests compare with
nox.options.error_on_missing_interpreters = False  # also in CI: nobody has every interpreter in one place
nox.options.reuse_venv = "yes"

PYPROJECT = nox.project.load_toml("pyproject.toml")
IN_CI = bool(os.environ.get("CI"))
DIST = Path("dist")
RELEASE = Path("release")

# pyenv keeps its interpreters behind shims that fail for each version that isn't switched on.
PYENV = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser()
os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], *map(str, PYENV.glob("versions/*/bin"))])

# CI runs all tests on the oldest interpreter. On the others it leaves out the slow ones, but for the comparison with
# their own `venv`. On GitHub, where each session has a machine of its own, the newest runs all too.
PYTHONS = nox.project.python_versions(PYPROJECT)
OLDEST, *_, NEWEST = PYTHONS
WITH_ALL_TESTS = {OLDEST, NEWEST} if os.environ.get("GITHUB_ACTIONS") else {OLDEST}
nox.options.sessions = ["lint", "typing", "rust", "parity" if IN_CI else "tests"]

# They create environments for every other interpreter, so CI runs them only on the oldest and the newest, which stand
# beside different ones.
OF_OTHERS = [
    "tests/interpreters",
    "tests/native_command",
    "tests/parity/test_foreign.py",
    "tests/parity/test_interpreters.py",
]

# Tests create and delete environments by the hundred. In memory that takes a fifth of the time. Whoever sets TMPDIR
# has them there.
MEMORY = Path("/dev/shm")
ENOUGH = (os.cpu_count() or 1) << 30  # 1 GB for each process; two have used 0.4 GB

# One process per core. Tests differ a hundredfold in length: a process that runs out of them takes some from another.
PYTEST = ["pytest", "--numprocesses=auto", "--dist=worksteal"]


def install(session: nox.Session, *groups: str) -> None:
    """Install the wheel that `build` left, and what these groups of pyproject.toml name."""
    session.install(*nox.project.dependency_groups(PYPROJECT, *groups))
    session.install("--force-reinstall", "--no-deps", *map(str, DIST.glob("*.whl")))


def run_tests(session: nox.Session, *args: str) -> None:
    """Run pytest with these arguments, in memory where there is enough of it and programs may run from there."""
    memory = os.statvfs(MEMORY) if MEMORY.is_dir() and "TMPDIR" not in os.environ else None
    if memory and not memory.f_flag & os.ST_NOEXEC and memory.f_bavail * memory.f_frsize >= ENOUGH:
        session.env["TMPDIR"] = str(MEMORY)
    session.run(*PYTEST, *args)


def install_from_crates_io(session: nox.Session, crate: str) -> None:
    """Put a tool of this name and version into PATH. It is compiled once, and kept in the user's cache folder."""
    root = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "fastvenv-ci" / "cargo"
    session.run("cargo", "install", "--quiet", "--locked", crate, "--root", str(root), external=True)
    session.env["PATH"] = os.pathsep.join([str(root / "bin"), os.environ["PATH"]])


@nox.session
def build(session: nox.Session) -> None:
    """Build the one wheel for every interpreter; without cargo, or with DIST_IS_BUILT, dist/ is taken as it is."""
    if not shutil.which("cargo") or os.environ.get("DIST_IS_BUILT"):
        session.warn("testing the wheel that stands in dist/")
        return
    session.install(*PYPROJECT["build-system"]["requires"])
    shutil.rmtree(DIST, ignore_errors=True)
    session.run("maturin", "build", "--release", "--locked", "--out", str(DIST))


@nox.session(requires=["build"])
def tests(session: nox.Session) -> None:
    """Run the tests on the running interpreter, but for the slow ones."""
    install(session, "test", "grammars")
    run_tests(session, *(session.posargs or ["-m", "not slow"]))


@nox.session(python=PYTHONS, requires=["build"])
def parity(session: nox.Session) -> None:
    """Compare with the interpreter's own venv: CPython's test suite for it, then all tests."""
    install(session, "test", "grammars")
    session.run("python", "tests/parity/stdlib_suite.py")
    if not IN_CI or session.python in WITH_ALL_TESTS:
        run_tests(session, *session.posargs)
        return
    ignored = [f"--ignore={tests}" for tests in OF_OTHERS if session.python != NEWEST]
    run_tests(session, *ignored, "-m", "not slow", *session.posargs)
    run_tests(session, *ignored, "-m", "slow", "tests/parity", *session.posargs)


@nox.session(python=False, requires=["build"])
def rust(session: nox.Session) -> None:
    """Test and lint the core alone, then its Python border."""
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"]:
        session.run("cargo", "fmt", "--check", "--manifest-path", manifest, external=True)
    # The core alone is checked by its tests too, so that locally one pass over all code is enough.
    for features in [[], ["--features=python"]] if IN_CI else [["--features=python"]]:
        session.run("cargo", "clippy", "--all-targets", *features, "--", "-D", "warnings", external=True)
    # Environments that the core creates alone are compared with those of the wheel.
    unpacked = Path(session.create_tmp()).absolute()
    zipfile.ZipFile(next(DIST.glob("*.whl"))).extractall(unpacked)
    session.env["FASTVENV_TEST_PACKAGE"] = str(unpacked / "fastvenv")
    linked = variables_to_link_python()
    if linked and not IN_CI:  # one build for all tests
        session.run("cargo", "test", "--features=python", *session.posargs, env=linked, external=True)
        return
    session.run("cargo", "test", *session.posargs, *(["--", "--include-ignored"] if IN_CI else []), external=True)
    if linked:
        session.run("cargo", "test", "--lib", "--features=python", "python::", env=linked, external=True)
    else:
        session.warn(f"skipped: the tests of the Python border, for {sys.executable} has no shared library")


def variables_to_link_python() -> dict[str, str]:
    """What cargo needs to build and run programs that this Python is linked to; nothing if it can't be linked."""
    if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
        return {}
    directory, name = sysconfig.get_config_vars("LIBDIR", "LDLIBRARY")
    return {"PYO3_PYTHON": sys.executable, "LD_LIBRARY_PATH": directory} if Path(directory, name).exists() else {}


@nox.session(python=False)
def fuzz(session: nox.Session) -> None:
    """Fuzz the core: `nox -s fuzz -- 600 wheel` gives one target ten minutes, by default each has 20 seconds."""
    seconds, *targets = session.posargs or ["20"]
    install_from_crates_io(session, "cargo-fuzz@0.13.2")
    listed = session.run("cargo", "fuzz", "list", silent=True, external=True)
    for target in targets or str(listed).split():
        # Without a sanitizer stable Rust will do: in what is fuzzed there is no unsafe code for one to watch.
        command = ["cargo", "fuzz", "run", "--sanitizer=none", target, "--", f"-max_total_time={seconds}"]
        output = session.run(*command, "-print_final_stats=1", silent=True, external=True)
        session.log(f"{target}: {str(output).partition('number_of_executed_units: ')[2].split()[0]} inputs")


@nox.session
def audit(session: nox.Session) -> None:
    """Check licences, sources and known vulnerabilities of the dependencies: those in wheels, and the tools.

    The databases of vulnerabilities are on the net. Where they can't be reached, that part is skipped with a warning,
    unless it is `required`, as in CI: `nox -s audit -- required`.
    """
    install_from_crates_io(session, "cargo-deny@0.20.2")
    session.run("cargo", "deny", "--locked", "check", "licenses", "bans", "sources", external=True)
    session.install("pip-audit", *nox.project.dependency_groups(PYPROJECT, "bench", "dev"))
    tools = Path(session.create_tmp(), "tools.txt")
    tools.write_text(str(session.run("pip", "freeze", "--local", silent=True)), encoding="utf-8")
    on_osv = ["--vulnerability-service=osv", "--strict", "--disable-pip", "--no-deps", f"--requirement={tools}"]
    for host, *command in [
        ("github.com", "cargo", "deny", "--locked", "check", "advisories"),
        ("api.osv.dev", "pip-audit", *on_osv),
    ]:
        if "required" in session.posargs or is_reached(host):
            session.run(*command, external=True)
        else:
            session.warn(f"skipped: {command[0]} on known vulnerabilities, for {host} can't be reached")


def is_reached(host: str) -> bool:
    """Whether a server answers on the port of https."""
    try:
        with socket.create_connection((host, 443), timeout=5):
            return True
    except OSError:
        return False


@nox.session
def lint(session: nox.Session) -> None:
    """Lint and check the format of all Python, the shell scripts of CI, and what GitHub reads."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run(
        "shellcheck",
        "-x",
        *(str(path) for path in sorted(Path(".ci").rglob("*")) if path.is_file() and not path.suffix),
    )
    for schema, files in {"workflows": "workflows/*", "issue-forms": "ISSUE_TEMPLATE/[!c]*"}.items():
        found = map(str, Path(".github").glob(files))
        session.run("check-jsonschema", "--builtin-schema", f"vendor.github-{schema}", *found)
    session.run("zizmor", "--offline", "--quiet", ".github")


@nox.session(requires=["build"])
def typing(session: nox.Session) -> None:
    """Check the package as mypy and pyright users see it, and that the stub tells the truth."""
    install(session, "typing")
    session.run("mypy")
    session.run("stubtest", "fastvenv")
    session.run("pyright", "--verifytypes", "fastvenv", "--ignoreexternal")
    session.run("pyright")


@nox.session(python="3.13" if shutil.which("python3.13") else None, requires=["build"])
def downstream(session: nox.Session) -> None:
    """Run other projects, and their own tests, with fastvenv in the place of `venv`; docs/replacing.md says which."""
    try:
        install(session, "downstream")
    except nox.command.CommandFailed:
        if IN_CI:
            raise
        session.skip("the projects can't be installed: is the package index in reach?")
    # uv is here, and so what installs with it is tested. All this on the disk, where most environments are.
    session.run(*PYTEST, "tests/downstream", "tests/native_command/test_installation.py", *session.posargs)


@nox.session
def dist(session: nox.Session) -> None:
    """Rehearse a release: sdist, a wheel from it, their contents, and an installation of the sdist."""
    if not shutil.which("cargo"):
        session.skip("cargo is not here")
    session.install(*nox.project.dependency_groups(PYPROJECT, "dist"), *PYPROJECT["build-system"]["requires"])
    shutil.rmtree(RELEASE, ignore_errors=True)
    # The crates that we need are compiled once. Ours isn't taken from there: files from an sdist always look old.
    target = {"CARGO_TARGET_DIR": str(Path("target/dist").absolute())}
    clean = ["cargo", "clean", "--quiet", "--release", "--package", "fastvenv", "--target-dir"]
    for directory in ["target/dist", "target/dist/fastvenv-command"]:  # build.rs builds the command in the second
        session.run(*clean, directory, external=True)
    session.run("maturin", "build", "--release", "--locked", "--sdist", "--out", str(RELEASE), env=target)
    session.run("twine", "check", "--strict", *map(str, RELEASE.iterdir()))
    session.run("python", ".ci/check_dist.py", str(RELEASE))
    session.run("python", ".ci/archives.py", str(RELEASE), str(Path(session.create_tmp()) / "archives"))
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
    """Measure against the standard library, virtualenv and uv; `--write` puts the figures into the docs."""
    install(session, "bench")
    results = [os.path.join(session.create_tmp(), name) for name in ("create.json", "seed.json")]
    try:
        session.run("python", "benches/bench_create.py", "--json", results[0])
    finally:  # a bound that is missed fails the session, and the figures are what they are
        session.run("python", "benches/bench_seed.py", "--json", results[1])
        if session.posargs == ["--write"]:
            session.run("python", "benches/publish.py", *results)
        session.run("python", "benches/bench_build.py")
