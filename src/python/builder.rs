//! `EnvBuilder` as a table of contents: each method with its signature and docstring; the work is in `stages`, and
//! guarded, so that a panic becomes an exception.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

use super::child;
use super::context::Context;
use super::errors::guarded;
use super::stages::{configuration, create, directories, executables, pip, scripts};

/// The stages of environment creation, each of them reached through `self`.
///
/// It has no fields: all state lives in the instance's `__dict__`, as in the stdlib. `fastvenv.EnvBuilder` is the
/// class to use and to subclass.
#[pyclass(subclass, frozen, module = "fastvenv._core")]
pub struct EnvBuilder;

#[pymethods]
impl EnvBuilder {
    /// Takes whatever a subclass's own `__init__` takes.
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        Self
    }

    /// Create a virtual environment in a directory.
    ///
    /// :param env_dir: The folder to make the environment in, str or path-like. It is made if it is missing.
    /// :raises ValueError: if an environment can't stand there.
    /// :raises OSError: if the system refuses; its `filename` tells where.
    fn create(slf: &Bound<'_, Self>, env_dir: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| create::create(slf.as_any(), env_dir))
    }

    /// Delete what is in a folder, but not the folder. Links are deleted, not followed.
    ///
    /// :param path: The folder.
    fn clear_directory(slf: &Bound<'_, Self>, path: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| directories::clear_directory(slf.py(), path))
    }

    /// The path of one of the environment's folders by the interpreter's installation scheme.
    ///
    /// :param env_dir: The environment's folder.
    /// :param name: A path name of `sysconfig`: 'scripts', 'include', 'purelib', 'platlib'.
    fn _venv_path<'py>(
        slf: &Bound<'py, Self>,
        env_dir: &Bound<'py, PyAny>,
        name: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| directories::venv_path(slf.py(), env_dir, name))
    }

    /// Whether two paths look the same to a reader; whether they lead to one file doesn't matter (gh-90329).
    ///
    /// :param path1: One path.
    /// :param path2: The other.
    #[classmethod]
    fn _same_path(
        cls: &Bound<'_, PyType>,
        path1: &Bound<'_, PyAny>,
        path2: &Bound<'_, PyAny>,
    ) -> PyResult<bool> {
        guarded(|| directories::same_path(cls.py(), path1, path2))
    }

    /// Create the environment's folders and tell where everything will stand.
    ///
    /// :param env_dir: The environment's folder, an absolute path.
    /// :returns: The context that is handed to the other stages, a `types.SimpleNamespace`.
    /// :raises ValueError: if an environment can't stand there.
    fn ensure_directories<'py>(
        slf: &Bound<'py, Self>,
        env_dir: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| directories::ensure_directories(slf.as_any(), env_dir))
    }

    /// Write `pyvenv.cfg`, which makes the folder an environment (PEP 405).
    ///
    /// :param context: The information for the environment that is being made.
    fn create_configuration(slf: &Bound<'_, Self>, context: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| configuration::create_configuration(slf.as_any(), &Context(context)))
    }

    /// Link a file, or copy it where links are not asked for or fail. Not for Windows, which uses launchers.
    ///
    /// :param src: The file.
    /// :param dst: Where the link or copy goes.
    /// :param relative_symlinks_ok: Whether the link may hold the bare file name; both must stand in one folder.
    #[pyo3(signature = (src, dst, relative_symlinks_ok=false))]
    fn symlink_or_copy(
        slf: &Bound<'_, Self>,
        src: &Bound<'_, PyAny>,
        dst: &Bound<'_, PyAny>,
        relative_symlinks_ok: bool,
    ) -> PyResult<()> {
        guarded(|| executables::symlink_or_copy(slf.as_any(), src, dst, relative_symlinks_ok).map(drop))
    }

    /// Write a `.gitignore` that keeps the whole environment out of git.
    ///
    /// :param context: The information for the environment that is being made.
    fn create_git_ignore_file(slf: &Bound<'_, Self>, context: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| configuration::create_git_ignore_file(slf.py(), &Context(context)))
    }

    /// Set up the environment's Python executables.
    ///
    /// :param context: The information for the environment that is being made.
    fn setup_python(slf: &Bound<'_, Self>, context: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| executables::setup_python(slf.as_any(), &Context(context)))
    }

    /// Run the environment's Python.
    ///
    /// :param context: The information for the environment that is being made.
    /// :param py_args: The command line after the interpreter.
    /// :param kwargs: Passed on to `subprocess.check_output`.
    /// :raises subprocess.CalledProcessError: if it fails, with its output.
    #[pyo3(signature = (context, *py_args, **kwargs))]
    fn _call_new_python(
        slf: &Bound<'_, Self>,
        context: &Bound<'_, PyAny>,
        py_args: &Bound<'_, PyTuple>,
        kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let _ = slf;
        guarded(|| child::call_new_python(&Context(context), py_args, kwargs))
    }

    /// Install pip, or bring it up to the version that comes with the interpreter.
    ///
    /// :param context: The information for the environment that is being made.
    fn _setup_pip(slf: &Bound<'_, Self>, context: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| pip::setup_pip(slf.as_any(), context))
    }

    /// Install the activation scripts. Override it to leave them out or to take them from elsewhere.
    ///
    /// :param context: The information for the environment that is being made.
    fn setup_scripts(slf: &Bound<'_, Self>, context: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| scripts::setup_scripts(slf.as_any(), context))
    }

    /// A hook for subclasses, called when everything else is in place. It does nothing by itself.
    ///
    /// :param context: The information for the environment that is being made.
    fn post_setup(slf: &Bound<'_, Self>, context: &Bound<'_, PyAny>) {
        let _ = (slf, context);
    }

    /// Put the environment's values in place of a script's placeholders, quoted for the script's shell.
    ///
    /// :param text: The script's text.
    /// :param context: The information for the environment that is being made; the suffix of its `script_path`
    ///                 tells the shell.
    /// :returns: The text with the values in it.
    fn replace_variables<'py>(
        slf: &Bound<'py, Self>,
        text: &Bound<'py, PyAny>,
        context: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = slf;
        guarded(|| scripts::replace_variables(text, &Context(context)))
    }

    /// Install the scripts of a folder into the environment.
    ///
    /// :param context: The information for the environment that is being made.
    /// :param path: A folder whose folders 'common' and `os.name` hold scripts. Placeholders in them are
    ///              replaced; scripts that are not UTF-8 are left out with a warning.
    fn install_scripts(
        slf: &Bound<'_, Self>,
        context: &Bound<'_, PyAny>,
        path: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        guarded(|| scripts::install_scripts(slf.as_any(), context, path))
    }

    /// Bring the core packages (`CORE_VENV_DEPS`) up to date from the package index.
    ///
    /// :param context: The information for the environment that is being made.
    fn upgrade_dependencies(slf: &Bound<'_, Self>, context: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| pip::upgrade_dependencies(slf.as_any(), context))
    }
}
