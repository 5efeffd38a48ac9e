"""What the tests of `python=` share: another Python, scripts that pretend to be one, and a look at what was written."""

import sys

import pytest

import fastvenv
import pythons
from parity.trees import snapshot


@pytest.fixture(autouse=True)
def without_discovery(monkeypatch):
    """The package python-discovery isn't installed, so that only fastvenv itself looks for interpreters."""
    monkeypatch.setitem(sys.modules, "python_discovery", None)


@pytest.fixture(scope="session")
def other():
    """A CPython of another version."""
    return pythons.another()


@pytest.fixture
def script(tmp_path):
    """Writes a shell script that is given as an interpreter, `script(lines, name)`; its path."""

    def script(lines, name="python", shell="/bin/sh"):
        path = tmp_path / "scripts" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!{shell}\n{lines}\n")
        path.chmod(0o755)
        return path

    return script


@pytest.fixture
def path(script, monkeypatch):
    """PATH has one directory, in which `script` writes."""
    script("exit 127", "not-python")
    folder = script("exit 127", "not-python").parent
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def refused(tmp_path):
    """`refused(python)` is the message of the ValueError; neither the environment nor its parents were created."""

    def refused(python, **options):
        before = snapshot(tmp_path)
        with pytest.raises(ValueError) as caught:  # noqa: PT011
            fastvenv.create(tmp_path / "deep" / "env", symlinks=True, python=python, **options)
        assert type(caught.value) is ValueError
        assert snapshot(tmp_path) == before
        return str(caught.value)

    return refused


@pytest.fixture
def is_of(tmp_path):
    """`is_of(python)`: what was created in `env` is an environment of this Python, with this or its own `home`."""

    def is_of(python, env=tmp_path / "env", home=None):
        created = python._replace(path=env / "bin" / "python")
        found = created.run("import sys; print(sys.prefix, sys.base_prefix, '%d.%d.%d' % sys.version_info[:3])")
        assert found.split() == [str(env), python.run("import sys; print(sys.prefix)").strip(), python.full]
        assert f"home = {home or python.path.parent}\n" in (env / "pyvenv.cfg").read_text()
        return True

    return is_of
