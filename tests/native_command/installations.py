"""Installations, environments and scripts for the tests of facts."""

import shutil
import subprocess
from pathlib import Path

import pythons
from native_command.running import exchangeable, two

SHIMS = {"plain": 'exec "$(cat "{}")" "$@"', "under-its-name": 'exec -a "$0" "$(cat "{}")" "$@"'}


class Settled:
    """Installations, environments and scripts."""

    def __init__(self, directory):
        self.exchanged = path, *both = exchangeable(directory / "base")
        copies = [directory / str(number) for number in range(15)]
        for copy in copies:
            shutil.copytree(directory / "base", copy, symlinks=True)
        self.installations = iter([(copy / "bin" / path.name, *both) for copy in copies])
        python = two()[0]
        self.environments = {
            name: create(python.path, directory / name, *options.split())
            for name, options in {
                "configured": "--symlinks",
                "with-option": "--system-site-packages",
                "of-links": "--symlinks",
                "of-copies": "--copies",
            }.items()
        }
        self.environments["of-exchanged"] = create(self.exchanged[0], directory / "of-exchanged")
        for name, line in SHIMS.items():
            shim = directory / f"shim-{name}"
            shim.write_text(f"#!/usr/bin/env bash\n{line.format(directory / 'choice')}\n")
            shim.chmod(0o755)
        self.directory = directory
        self.shared = next(filter(has_shared_library, pythons.others()), None)
        if self.shared:
            self.shared_twin = pythons.twin(self.shared.path, directory / "shared")
            root = Path(self.shared.run("import sys; print(sys.base_prefix)").strip())
            (directory / "libraries").mkdir()
            for library in root.glob("lib/libpython3.*.so.1.0"):
                shutil.copy2(library, directory / "libraries")


def create(python, env, *options):
    """An environment without pip, made by this Python's own venv."""
    subprocess.run([python, "-m", "venv", "--without-pip", *options, env], check=True)
    return env


def has_shared_library(python):
    """Whether it runs in `libpython3.so`."""
    return "/libpython" in python.run("print(open('/proc/self/maps').read())")
