"""What the tests of repair share: small wheels, environments on scratch copies of interpreters, and a look at both."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from parity.trees import snapshot

VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"


def wheel(folder: Path, name: str, version: str, requires: str = "", *, script: bool = False) -> Path:
    """A wheel with one module; its script prints where it runs."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": "import sys\n\ndef main():\n    print(sys.prefix)\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    if requires:
        files[f"{info}/METADATA"] += f"Requires-Dist: {requires}\n"
    if script:
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{name} = {name}:main\n"
    rows = [f"{path},{digest(text.encode())},{len(text)}" for path, text in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""])
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, text in files.items():
            archive.writestr(member, text)
    return path


def digest(content: bytes) -> str:
    """The hash as RECORD has it."""
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def wheels(folder: Path) -> Path:
    """`hello`, which has a script and requires `leaf`."""
    folder.mkdir()
    wheel(folder, "leaf", "1.0")
    wheel(folder, "hello", "2.0", "leaf", script=True)
    return folder


def install(python: Path, folder: Path, *names: object) -> None:
    """Install from a folder of wheels, without the network."""
    command = [python, "-m", "pip", "install", "-q", "--no-index", "--find-links", folder, *names]
    subprocess.run(command, check=True, capture_output=True, env=clean())


def clean() -> dict[str, str]:
    """Variables for a Python of its own."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "VIRTUAL_ENV"))}


def said(*command: object) -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, env=clean())
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def check_running(env: Path, *, pip: bool = True) -> None:
    """The environment's Python runs, and so does an installed program; pip finds no conflict."""
    for name in ["python", "python3"]:
        assert said(env / "bin" / name, "-c", "import sys; print(sys.prefix)") == str(env)
    if (env / "bin" / "hello").exists():
        assert said(env / "bin" / "hello") == str(env)
    if pip:
        assert said(env / "bin" / "pip", "check") == "No broken requirements found."


def states(root: Path) -> dict[str, object]:
    """All there is to see of each file: any write changes it, even with the same content."""

    def state(path: str) -> tuple[int, ...]:
        found = os.lstat(path)
        return found.st_mode, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns

    paths = (os.path.join(folder, name) for folder, folders, files in os.walk(root) for name in ["", *folders, *files])
    return {os.path.relpath(path, root): state(path) for path in paths}


def tree(root: Path) -> dict[str, object]:
    """What is in an environment, to the byte, but for bytecode, which any Python may write."""
    found = snapshot(root, lambda path: Path(path).read_bytes())
    return {path: entry for path, entry in found.items() if not path.endswith(".pyc") and "__pycache__" not in path}


def differences(one: dict[str, object], other: dict[str, object]) -> Iterator[str]:
    """The paths at which two trees differ."""
    yield from sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def copy(root: Path, target: Path) -> Path:
    """Another environment with the same files: `rewrite` is how to change one of them."""

    def link(source: str, path: str) -> None:
        if source.endswith((".py", ".pyc", ".txt")):  # the many files of packages
            os.link(source, path)
        else:
            shutil.copy2(source, path)

    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(root, target, symlinks=True, copy_function=link)
    return target


def rewrite(path: Path, content: bytes) -> None:
    """Give a file other content; another environment may have the same file."""
    mode = path.stat().st_mode
    path.unlink()
    path.write_bytes(content)
    path.chmod(mode)
