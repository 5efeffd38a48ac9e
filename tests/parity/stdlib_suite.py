"""Run CPython's own tests for `venv` with fastvenv in its place.

    python stdlib_suite.py [VENV [PACKAGES]]

VENV is the module to test, by default fastvenv; `venv` tests the standard library itself. PACKAGES is the
folder that it is imported from. Run in an environment, this starts itself again with the base interpreter, as
CPython's testers do. The resource `cpu` is on, so that pip is really installed.
"""

import importlib
import importlib.util
import os
import subprocess
import sys
import unittest
from pathlib import Path

# What some versions of the suite assert and fastvenv does otherwise: first and last version, and the reason.
# Such a test must fail, if there is one and it isn't skipped: one that passes fails the run, so that this table can't
# outlive its reasons.
EXPECTED_FAILURES = {
    "BasicTest.test_prompt": (
        (3, 10),
        (3, 12),
        "asserts context.prompt == '(name) '; fastvenv has the bare text, as venv has since 3.13",
    ),
    "BasicTest.test_failed_symlink": ((3, 12), (3, 15), "patches os.symlink, which fastvenv doesn't call"),
}


def in_base_interpreter(module: str) -> None:
    """Replace this process with one of the base interpreter, which also finds the packages of this one.

    On POSIX environments have links to it. (`sys._base_executable` is the environment's own on 3.10.)
    """
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        sys.exit(f"{module} is not installed in {sys.prefix}")
    base = sys._base_executable if os.name == "nt" else os.path.realpath(sys.executable)
    command = [base, __file__, module, str(Path(spec.origin).parents[1])]
    if os.name == "nt":  # there, whoever waits for this process would not wait for the other
        sys.exit(subprocess.run(command, check=False).returncode)
    os.execv(base, command)


def load(module: str) -> unittest.TestSuite:
    """Import `module` under the name `venv`, and CPython's tests after it."""
    sys.modules["venv"] = importlib.import_module(module)
    from test import support, test_venv

    support.use_resources = None  # what unittest runs with: all of them
    assert support.is_resource_enabled("cpu")
    if module != "venv":
        expect_failures(test_venv)
    return unittest.defaultTestLoader.loadTestsFromModule(test_venv)


def expect_failures(tests: object) -> None:
    """Mark the tests of the table that apply to this version."""
    for name, (first, last, reason) in EXPECTED_FAILURES.items():
        case, _, method = name.partition(".")
        test = vars(getattr(tests, case)).get(method)
        if test and first <= sys.version_info[:2] <= last:
            print(f"expected to fail: {name}: {reason}")
            unittest.expectedFailure(test)


def main(module: str = "fastvenv", packages: str = "") -> int:
    """Run the suite; 0 if it passed, or outside of CI if this interpreter came without it."""
    if sys.prefix != sys.base_prefix and not packages:
        in_base_interpreter(module)
    if importlib.util.find_spec("test.test_venv") is None:
        print(f"skipped: {sys.executable} came without test.test_venv (Debian: libpython3.x-testsuite)")
        return "CI" in os.environ
    if packages and packages not in sys.path:
        sys.path.append(packages)
    suite = load(module)
    from test.support.os_helper import temp_cwd

    print(f"test.test_venv of {sys.version} on {sys.modules['venv'].__file__}", flush=True)
    with temp_cwd() as folder:
        os.environ["FASTVENV_CACHE_DIR"] = os.path.join(folder, "cache")  # not the developer's own
        return not unittest.TextTestRunner(verbosity=2).run(suite).wasSuccessful()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
