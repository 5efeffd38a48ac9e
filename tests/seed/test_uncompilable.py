"""A source that no compiler would take has no bytecode, as ensurepip leaves it; all others have theirs."""

import base64
import ensurepip
import hashlib
import os
import shutil
import subprocess
import sysconfig
import zipfile
from pathlib import Path

import pytest

import fastvenv
import seeding
from circumstances import without_ensurepip
from platforms import posix_only

pytestmark = [
    pytest.mark.usefixtures("cache"),
    pytest.mark.slow,
    posix_only("the wheel is put into an installation made of links"),
]

BAD = {
    "syntax": b"def (:\n",
    "nul": b"x = 1\0\n",
    "coding": b"# coding: no-such-coding\n",
    "utf_8": b"x = '\xff'\n",
    "indent": b"if x:\npass\n",
}


def sha256(text):
    """The hash as RECORD has it."""
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text).digest()).rstrip(b"=").decode()


def with_bad_sources(tmp_path):
    """An interpreter whose bundled pip has sources that can't be compiled."""
    bundled = Path(ensurepip.__file__).parent
    if not list(bundled.glob("_bundled/pip-*.whl")):
        pytest.skip("this interpreter's wheels are elsewhere")
    executable = without_ensurepip(tmp_path)
    own = tmp_path / "python/lib" / seeding.NAME / "ensurepip"
    shutil.copytree(bundled, own, ignore=shutil.ignore_patterns("__pycache__"))
    wheel = next(own.glob("_bundled/pip-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        content = {item: archive.read(item) for item in archive.infolist()}
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for item, data in content.items():
            if item.filename.endswith(".dist-info/RECORD"):
                data += "".join(
                    f"pip/bad_{name}.py,{sha256(text)},{len(text)}\n" for name, text in BAD.items()
                ).encode()
            archive.writestr(item, data)
        for name, text in BAD.items():
            archive.writestr(f"pip/bad_{name}.py", text)
    return executable


def test_sources_that_cannot_be_compiled(tmp_path):
    """The same modules have bytecode as after the interpreter's own venv."""
    executable = with_bad_sources(tmp_path)
    environ = {
        **os.environ,
        "PYTHONPATH": str(Path(fastvenv.__file__).parent.parent),
        "LD_LIBRARY_PATH": sysconfig.get_config_var("LIBDIR") or "",
        "FASTVENV_LOG": "debug",
    }
    found = []
    for module in ("venv", "fastvenv"):
        env = tmp_path / module
        done = subprocess.run([executable, "-m", module, env], env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        packages = seeding.site_packages(env)
        found.append({str(path.relative_to(packages)) for path in packages.rglob("*.pyc")})
    assert "pip is installed natively" in done.stderr
    assert found[0] == found[1]
    assert not any("bad_" in name for name in found[0])
    seeding.check_whole(env)
