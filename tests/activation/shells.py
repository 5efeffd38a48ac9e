"""Real shells, and the activation scripts of an environment that exists only as far as they need it."""

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

import fastvenv

ENV = shutil.which("env")


@dataclass(frozen=True)
class Posix:
    """A shell that takes `activate`: how to say things in its language."""

    argv: tuple[str, ...]
    script: str = "activate"
    functions: str = ":"

    def source(self, path):
        """Source a script, whose path holds nothing worse than spaces."""
        return f". {shlex.quote(str(path))}"

    def set(self, name, value):
        """Give an exported variable a value; None unsets it."""
        return f"unset {name}" if value is None else f"{name}={shlex.quote(value)}; export {name}"

    def set_prompt(self, value):
        """Give the prompt, which isn't exported, a value; None unsets it."""
        return "unset PS1" if value is None else f"PS1={shlex.quote(value)}"

    def show_prompt(self, path):
        """Write the prompt's text to a file."""
        return f'printf %s "$PS1" > {path}'

    def snapshot(self, path):
        """Write all variables, exported ones, functions and aliases to a file."""
        return f"{{ set; export -p; {self.functions}; alias; }} > {path}"


@dataclass(frozen=True)
class Fish:
    """The language of fish, where a path is a list and the prompt a function."""

    argv: tuple[str, ...] = ("fish", "--no-config")
    script: str = "activate.fish"

    def source(self, path):
        """Source a script, whose path holds nothing worse than spaces."""
        return f"source {shlex.quote(str(path))}"

    def set(self, name, value):
        """Give an exported variable a value; None unsets it."""
        if value is None:
            return f"set -e {name}"
        return f"set -gx {name} {' '.join(value.split(':')) if name == 'PATH' else repr(value)}"

    def set_prompt(self, value):
        """Define the prompt; that can't be undone in fish, where it is always defined."""
        return f"function fish_prompt; echo -n {shlex.quote(value or '')}; end"

    def show_prompt(self, path):
        """Write what the prompt draws to a file."""
        return f"fish_prompt > {path}"

    def snapshot(self, path):
        """Write all variables, exported ones, and the functions that matter to a file."""
        return f"begin; set -L; set -xL; functions -a | string match -v '__*'; functions fish_prompt; end > {path}"


@dataclass(frozen=True)
class Csh:
    """The language of tcsh."""

    argv: tuple[str, ...] = ("tcsh", "-f")
    script: str = "activate.csh"

    def source(self, path):
        """Source a script, whose path holds nothing worse than spaces."""
        return f"source {shlex.quote(str(path))}"

    def set(self, name, value):
        """Give an exported variable a value; None unsets it."""
        return f"unsetenv {name}" if value is None else f"setenv {name} {shlex.quote(value)}"

    def set_prompt(self, value):
        """Give the prompt a value; None unsets it."""
        return "unset prompt" if value is None else f"set prompt = {shlex.quote(value)}"

    def show_prompt(self, path):
        """Write the prompt's text to a file."""
        return f"echo -n $prompt:q > {path}"

    def snapshot(self, path):
        """Write all variables, exported ones and aliases to a file."""
        return f"set > {path}; setenv >> {path}; alias >> {path}"


SHELLS = {
    "bash": Posix(("bash", "--norc", "--noprofile"), functions="declare -F"),
    "zsh": Posix(("zsh", "-f"), functions="typeset -f"),
    "ksh": Posix(("ksh",), functions="typeset -f"),
    "dash": Posix(("dash",), functions="! command -v deactivate"),
    "mksh": Posix(("mksh",), functions="typeset -f"),
    "busybox": Posix(("busybox", "sh"), functions="! command -v deactivate"),
    "fish": Fish(),
    "tcsh": Csh(),
}


def needs(name):
    """The mark of a test that runs the program `name`."""
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"{name} is not installed")


def every_shell(*names):
    """Parametrise a test with the shells of these names, or with all of them."""
    rows = [pytest.param(SHELLS[name], id=name, marks=needs(name)) for name in names or SHELLS]
    return pytest.mark.parametrize("shell", rows)


POSIX = ("bash", "zsh", "ksh", "dash", "mksh", "busybox")


def install(env_dir, prompt=None, folder=None):
    """Install the activation scripts of an environment in `env_dir`, below `folder` if they are to lie elsewhere.

    :param env_dir: its path as text, with surrogates for bytes that are not UTF-8.
    :param prompt:  its prompt; by default the last part of the path.
    :return:        the folder of the scripts.
    """
    env_dir = os.fspath(env_dir)
    scripts = os.path.join(folder or env_dir, "bin")
    os.makedirs(scripts, exist_ok=True)
    name = os.path.basename(env_dir)
    context = SimpleNamespace(
        env_dir=env_dir,
        env_name=name,
        prompt=name if prompt is None else prompt,
        bin_path=scripts,
        bin_name="bin",
        env_exe=os.path.join(env_dir, "bin", "python"),
    )
    fastvenv.EnvBuilder().setup_scripts(context)
    return Path(scripts)


@dataclass(frozen=True)
class Ended:
    """How a script ended, and where it ran."""

    status: int
    output: bytes
    folder: Path

    def environment(self, name):
        """The variables that `env -0` wrote to a file, as bytes."""
        pairs = (self.folder / name).read_bytes().split(b"\0")[:-1]
        return dict(pair.split(b"=", 1) for pair in pairs)


def run(shell, folder, *lines, env=None, options=()):
    """Run lines in a shell, in a folder, and return its end with all that it printed."""
    script = folder / "script"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogateescape")
    base = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "TERM": "dumb"}
    done = subprocess.run(
        [*shell.argv, *options, str(script)],
        cwd=folder,
        env=base | (env or {}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    return Ended(done.returncode, done.stdout, folder)


def exported(path):
    """The command that writes what a child inherits to a file."""
    return f"{ENV} -0 > {path}"


# What shells change by themselves from one command to the next.
VOLATILE = re.compile(
    rb"""(declare|typeset|export|-\S+|\s)*'?(_|[?!#]|BASH_\w+|FUNCNAME|PIPESTATUS|pipestatus|status|LINENO|\w*RANDOM
    |SECONDS|EPOCH\w+|HISTCMD|KSH_MATCH|\.sh\.\w+|\.sh)'?([=\[\s]|$)""",
    re.VERBOSE,
)


def state(path):
    """The lines of a snapshot that only a script could have changed."""
    return sorted(line for line in path.read_bytes().split(b"\n") if not VOLATILE.match(line) and line[:1] != b"#")
