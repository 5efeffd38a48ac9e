"""What a subclass makes of scripts: its own replace_variables, contexts, and texts that can't be written."""

import os
import re
import types
import venv

import pytest

import fastvenv
from platforms import BIN, IS_WINDOWS, python_of


def test_replace_variables_needs_no_script_path():
    """Before 3.14 contexts had no script_path; a text without one is taken for a POSIX script."""
    context = types.SimpleNamespace(env_dir="/a b", env_name="a b", prompt="p", bin_name="bin", env_exe="/a b/x")
    text = fastvenv.EnvBuilder().replace_variables("__VENV_DIR__ __VENV_PROMPT__", context)
    assert text == "'/a b' p"


def test_replace_variables_of_a_subclass_decides(tmp_path):
    """install_scripts writes what an overridden replace_variables returns."""

    class Builder(fastvenv.EnvBuilder):
        def replace_variables(self, text, context):
            return super().replace_variables(text, context).replace("@OURS@", context.env_name)

    scripts = tmp_path / "scripts" / "common"
    scripts.mkdir(parents=True)
    (scripts / "script").write_text("@OURS@")
    builder = Builder()
    context = builder.ensure_directories(str(tmp_path / "env"))
    builder.install_scripts(context, str(scripts.parent))
    assert (tmp_path / "env" / BIN / "script").read_text() == "env"


@pytest.mark.parametrize("module", [venv, fastvenv])
def test_scripts_that_replace_variables_refuses_are_left_out(module, tmp_path, caplog):
    """A UnicodeError of an overridden replace_variables is a warning, and the other scripts are installed."""

    class Builder(module.EnvBuilder):
        def replace_variables(self, text, context):
            if "@BAD@" in text:
                raise UnicodeError("no such text")
            return super().replace_variables(text, context)

    (tmp_path / "scripts/common").mkdir(parents=True)
    for name, text in [("bad", "@BAD@"), ("good", "text")]:
        (tmp_path / "scripts/common" / name).write_text(text)
    builder = Builder()
    context = builder.ensure_directories(str(tmp_path / "env"))
    builder.install_scripts(context, str(tmp_path / "scripts"))
    assert [path.name for path in (tmp_path / "env" / BIN).iterdir()] == ["good"]
    assert re.search("unable to copy script .*bad', may be binary: no such text", caplog.text)


@pytest.mark.parametrize("overridden", [True, False])
@pytest.mark.parametrize("module", [venv, fastvenv])
def test_a_prompt_that_is_no_text_leaves_the_scripts_out(module, overridden, tmp_path, caplog):
    """What can't be written in UTF-8 is a warning, as for a script that is no text, whoever replaces the variables."""

    class Builder(module.EnvBuilder):
        if overridden:

            def replace_variables(self, text, context):
                return super().replace_variables(text, context)

        def setup_scripts(self, context):
            context.prompt = "\ud800"
            super().setup_scripts(context)

    Builder(symlinks=True).create(tmp_path / "env")
    assert "may be binary" in caplog.text
    assert python_of(tmp_path / "env").exists()
    assert not (tmp_path / "env" / BIN / "activate").exists()


def test_a_context_may_say_something_else_of_each_script(tmp_path):
    """Attributes that a context computes are asked for anew for each script."""

    class Context(types.SimpleNamespace):
        @property
        def prompt(self):
            return f"for {os.path.basename(self.script_path)}"

    class Builder(fastvenv.EnvBuilder):
        def setup_scripts(self, context):
            attributes = vars(context)
            del attributes["prompt"]
            super().setup_scripts(Context(**attributes))

    Builder(symlinks=True).create(tmp_path / "env")
    for name in ("activate", "activate.fish", *([] if IS_WINDOWS else ["activate.csh"])):
        assert f"'for {name}'" in (tmp_path / "env" / BIN / name).read_text()
