"""Another interpreter as the oracle: its own `venv` and its own view of bytecode, from a process that stays."""

import base64
import json
import os
import pickle
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pythons import Python

# Each line holds the working directory, the options and the environment's directory; the answer is the error or None.
SERVE = """
import base64, os, pickle, sys, venv
for line in sys.stdin:
    cwd, options, env = eval(line)
    os.chdir(cwd)
    try:
        answer = venv.EnvBuilder(**options).create(env)
    except (OSError, ValueError) as error:
        answer = error
    print(base64.b64encode(pickle.dumps(answer)).decode(), flush=True)
"""

# The values in each file, since marshal's bytes depend on reference counts and on the order of sets. Left out are the
# file's name, which an import sets, and one of two tables of the same line numbers.
READ = """
import hashlib, json, marshal, os, sys

code = type(compile("", "", "exec"))
members = {name for name in dir(code) if name.startswith("co_") and not callable(getattr(code, name))}
members -= {"co_filename", "co_lnotab" if "co_linetable" in members else ""}

def value(constant):
    if isinstance(constant, frozenset):
        return sorted(map(repr, constant))
    if isinstance(constant, tuple):
        return [value(item) for item in constant]
    if isinstance(constant, code):
        return [value(getattr(constant, name)) for name in sorted(members)]
    return constant

digests = {}
for folder, _, names in os.walk(sys.argv[1]):
    for path in [os.path.join(folder, name) for name in names if name.endswith(".pyc")]:
        with open(path, "rb") as file:
            file.seek(16)
            values = repr(value(marshal.load(file))).encode("utf-8", "surrogatepass")
        digests[os.path.relpath(path, sys.argv[1])] = hashlib.sha256(values).hexdigest()
print(json.dumps(digests))
"""


class Oracle:
    """An interpreter that is asked."""

    def __init__(self, python: Python, server: "subprocess.Popen[str]") -> None:
        self.python = python
        self.server = server

    def create(self, env: Path, **options: Any) -> None:
        """Make an environment with the interpreter's own `venv`, or raise the error that this raises."""
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        print(ascii((os.getcwd(), options, os.fspath(env))), file=self.server.stdin, flush=True)
        answer = pickle.loads(base64.b64decode(self.server.stdout.readline()))
        if answer is not None:
            raise answer

    def bytecode(self, env: Path) -> dict[str, str]:
        """What the interpreter reads in each file of bytecode in the environment."""
        digests: dict[str, str] = json.loads(self.python.run(READ, env))
        return digests


@contextmanager
def oracle(python: Python) -> Iterator[Oracle]:
    """The interpreter, ready to be asked."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [python.path, "-I", "-c", SERVE]
    with subprocess.Popen(
        command, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        yield Oracle(python, server)
