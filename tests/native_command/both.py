"""Runs the native command and `python -m fastvenv` with the same arguments, and compares what comes of it."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pythons
from parity import states
from parity.trees import outcome

spec = importlib.util.find_spec("fastvenv")
assert spec is not None
assert spec.origin is not None
PACKAGES = os.fspath(Path(spec.origin).parents[1])
# What only one of the two has to do, and how long each step takes.
ODD = re.compile(rb"(?m)^fastvenv: asking the interpreter .*\n|(?<= )[\d.]+(?= ms$)")


class Both:
    """Runs a command line with each of the two, in the same state, and compares what comes of it."""

    def __init__(self, inside: Path, folder: Path) -> None:
        # Before 3.11, a Python in an environment takes that for its base. The command never does.
        asked = ["--python", pythons.RUNNING] if sys.version_info < (3, 11) else []
        module, native = [inside / "python3", "-m", "fastvenv"], [inside / "fastvenv"]
        self.programs = {"module": [*module, *asked], "native": [*native, *asked]}
        self.sandbox = folder / "sandbox"
        self.environ = {**os.environ, "PYTHONPATH": PACKAGES}

    def run(self, which: str, *args: object, **kwargs: object) -> "subprocess.CompletedProcess[bytes]":
        """Run one of them in the sandbox."""
        command = [*self.programs[which], *args]
        return subprocess.run(command, cwd=self.sandbox, env=self.environ, capture_output=True, **kwargs)  # type: ignore[call-overload, no-any-return]

    def outcomes(
        self, args: "list[object]", before: Callable[[Path], object] = states.absent
    ) -> "list[dict[str, object]]":
        """What each leaves in the sandbox, prints and returns."""
        found = []
        for which in self.programs:
            shutil.rmtree(self.sandbox, ignore_errors=True)
            self.sandbox.mkdir()
            before(self.sandbox / "env")

            def act(which: str = which) -> object:
                done = self.run(which, *args)
                return done.returncode, ODD.sub(b"", done.stdout), ODD.sub(b"", done.stderr)

            found.append(outcome(self.sandbox, act))
        return found

    def compare(self, *args: object, before: Callable[[Path], object] = states.absent) -> "tuple[int, bytes, bytes]":
        """Compare the two; returns the status and the output that they share."""
        module, native = self.outcomes(list(args), before)
        for name in sorted(module.keys() | native.keys()):
            assert native.get(name) == module.get(name), name
        return module["result"]  # type: ignore[return-value]
