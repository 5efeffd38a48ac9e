"""An error says what was refused or failed, and where, with the classes and attributes of the standard library."""

import errno
import os
import subprocess
import sys
import types
from unittest import mock

import pytest

import fastvenv
from platforms import posix_only


def describe(error):
    """The fields by which programs tell one OSError from another."""
    return type(error), error.errno, error.strerror, error.filename, error.filename2


def raised(function, *args):
    """The exception that a call raises."""
    with pytest.raises((OSError, ValueError)) as caught:
        function(*args)
    return caught.value


@posix_only("the folders are named as on POSIX")
@pytest.mark.parametrize("name", ["bin", "include", "lib"])
def test_a_file_where_a_folder_must_be(tmp_path, name):
    """A file in the place of a folder is refused with the folder's path in the message."""
    env_dir = tmp_path / "env"
    env_dir.mkdir()
    (env_dir / name).touch()
    error = raised(fastvenv.create, env_dir)
    assert isinstance(error, (ValueError, NotADirectoryError))
    assert str(env_dir / name) in str(error)


@posix_only("the system has another error for it")
def test_a_folder_where_a_file_must_be(tmp_path):
    """A folder in the place of pyvenv.cfg is an IsADirectoryError that names it."""
    config = tmp_path / "env" / "pyvenv.cfg"
    config.mkdir(parents=True)
    error = raised(fastvenv.create, tmp_path / "env")
    assert describe(error) == (IsADirectoryError, errno.EISDIR, os.strerror(errno.EISDIR), str(config), None)


def test_a_link_to_a_folder_is_no_place_for_an_environment(tmp_path):
    """A link to a folder is refused with the standard library's words."""
    (tmp_path / "link").symlink_to(tmp_path)
    error = raised(fastvenv.create, tmp_path / "link")
    assert type(error) is ValueError
    assert str(error) == f"Unable to create directory {str(tmp_path / 'link')!r}"


@posix_only("the system has another error for it")
def test_a_failed_system_call_names_its_path_and_what_was_done(tmp_path):
    """An OSError has errno, text and filename of the stdlib's, and notes: what was being done, what to do."""
    (tmp_path / "file").touch()
    error = raised(fastvenv.create, tmp_path / "file" / "env")
    path = str(tmp_path / "file" / "env")
    assert describe(error) == (NotADirectoryError, errno.ENOTDIR, os.strerror(errno.ENOTDIR), path, None)
    assert error.__notes__ == [
        "fastvenv could not create the directory",
        "Part of the path is a file. Choose another path.",
    ]


@posix_only("the system has another error for it")
def test_an_error_about_two_paths_names_both(tmp_path):
    """Where two paths are involved, filename2 has the second one."""
    builder = fastvenv.EnvBuilder()
    source, destination = tmp_path / "folder", tmp_path / "copy"
    source.mkdir()
    error = raised(builder.symlink_or_copy, source, destination)
    assert isinstance(error, IsADirectoryError)
    assert (error.filename, error.filename2) == (str(source), str(destination))


@posix_only("symlink_or_copy doesn't work there")
def test_a_missing_source_is_named(tmp_path):
    """Copying what isn't there is a FileNotFoundError with the source's path."""
    error = raised(fastvenv.EnvBuilder().symlink_or_copy, tmp_path / "none", tmp_path / "copy")
    assert describe(error)[0::3] == (FileNotFoundError, str(tmp_path / "none"))
    assert not (tmp_path / "copy").exists()


def test_a_path_separator_is_refused_before_anything_is_written(tmp_path):
    """A folder that could never be in PATH is refused with the standard library's words."""
    env_dir = str(tmp_path / f"a{os.pathsep}b")
    error = raised(fastvenv.create, env_dir)
    assert str(error) == f"Refusing to create a venv in {env_dir} because it contains the PATH separator {os.pathsep}."
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["FASTVENV_LINK_MODE", "FASTVENV_SEED", "FASTVENV_NO_CACHE"])
def test_a_misspelt_variable_is_refused_before_anything_is_changed(name, tmp_path, monkeypatch):
    """A variable whose value means nothing leaves an environment as it was, and makes none."""
    monkeypatch.setenv(name, "nonsense")
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    for env_dir, clear in [(tmp_path / "new", False), (kept, True)]:
        with pytest.raises(ValueError, match=name):
            fastvenv.create(env_dir, with_pip=True, clear=clear)
    assert not (tmp_path / "new").exists()
    assert (kept / "file").exists()


def test_an_unknown_base_interpreter_is_refused_before_anything_is_written(tmp_path):
    """Without sys._base_executable there is nothing to make an environment of (gh-96861)."""
    with mock.patch.object(sys, "_base_executable", ""):
        error = raised(fastvenv.create, tmp_path / "env")
    assert str(error).startswith("Unable to determine path to the running Python interpreter.")
    assert list(tmp_path.iterdir()) == []


@posix_only("it has no such names")
@pytest.mark.parametrize("folder", ["/opt/new\nline", "/opt/trailing ", "/opt/bell\a", "/opt/caf\udce9"])
def test_a_base_that_pyvenv_cfg_cannot_name_is_refused_before_anything_is_written(tmp_path, folder):
    """A base interpreter in a folder that a line of pyvenv.cfg can't hold is refused."""
    with mock.patch.object(sys, "_base_executable", f"{folder}/python3"):
        error = raised(fastvenv.create, tmp_path / "env")
    assert type(error) is ValueError
    assert "pyvenv.cfg can't store this name" in str(error)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("env_dir", [b"env", 7, None, object()])
def test_what_is_no_path_is_a_type_error(env_dir, tmp_path, monkeypatch):
    """Bytes and objects that are no paths are refused as a TypeError, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TypeError):
        fastvenv.create(env_dir)
    assert list(tmp_path.iterdir()) == []


def test_an_embedded_null_is_a_value_error(tmp_path, monkeypatch):
    """A null character in the path is a ValueError, as from every function of os, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="NUL"):
        fastvenv.create("a\0b")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("prompt", ["a\0b", "\ud800"], ids=["null", "lone surrogate"])
def test_a_prompt_that_no_script_can_hold_is_refused_before_anything_is_changed(prompt, tmp_path):
    """A prompt that the activation scripts could not say is a ValueError; nothing is deleted, nothing is written."""
    kept = tmp_path / "env" / "kept"
    kept.parent.mkdir()
    kept.touch()
    with pytest.raises(ValueError, match=r"a shell script cannot represent a NUL|surrogates not allowed"):
        fastvenv.create(tmp_path / "env", prompt=prompt, clear=True)
    assert list(tmp_path.rglob("*")) == [kept.parent, kept]


@posix_only("symlink_or_copy doesn't work there")
def test_a_copy_onto_itself_is_refused_and_loses_nothing(tmp_path):
    """Source and destination being one file is shutil.SameFileError, and the file is as it was."""
    import shutil

    source, twin = tmp_path / "source", tmp_path / "twin"
    source.write_text("precious")
    os.link(source, twin)
    with pytest.raises(shutil.SameFileError):
        fastvenv.EnvBuilder().symlink_or_copy(source, twin)
    assert source.read_text() == "precious"


@posix_only("copies are launchers there")
def test_copies_over_links_replace_the_links_and_spare_their_targets(tmp_path):
    """An environment of links made again with copies gets copies; what the links point to is not written to."""
    other = tmp_path / "other-python"
    other.write_text("another interpreter")
    fastvenv.create(tmp_path / "env", symlinks=True)
    executable = tmp_path / "env" / "bin" / os.path.basename(sys._base_executable)
    executable.unlink()
    executable.symlink_to(other)
    fastvenv.create(tmp_path / "env", symlinks=False)
    assert not executable.is_symlink()
    assert other.read_text() == "another interpreter"
    assert subprocess.check_output([executable, "-c", "print('runs')"]) == b"runs\n"


def test_a_failing_child_keeps_its_output(tmp_path):
    """A child that fails is a CalledProcessError with what it printed."""
    builder = fastvenv.EnvBuilder(symlinks=True)
    context = builder.ensure_directories(str(tmp_path / "env"))
    builder.create_configuration(context)
    builder.setup_python(context)
    with pytest.raises(subprocess.CalledProcessError) as caught:
        builder._call_new_python(context, "-c", "print('why'); raise SystemExit(3)")
    assert (caught.value.returncode, caught.value.output) == (3, b"why\n")


def test_a_missing_attribute_of_the_context_is_an_attribute_error():
    """A stage that is handed a context without what it needs says which attribute."""
    with pytest.raises(AttributeError, match="env_dir"):
        fastvenv.EnvBuilder().create_configuration(types.SimpleNamespace())


def test_an_error_of_a_hook_comes_through_unchanged(tmp_path):
    """What a subclass raises is what the caller of create gets, without a word of ours."""
    mine = LookupError("mine")

    class Broken(fastvenv.EnvBuilder):
        def post_setup(self, context):
            raise mine

    with pytest.raises(LookupError) as caught:
        Broken().create(tmp_path / "env")
    assert caught.value is mine
    assert not hasattr(mine, "__notes__")
