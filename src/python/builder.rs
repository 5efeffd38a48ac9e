//! `EnvBuilder` as a table of contents: each method with its signature. The work is in `stages`, and guarded, so that a
//! panic becomes an exception. The documentation for users is in `python/fastvenv/__init__.py`.

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
    /// Accepts any arguments, since a subclass's own `__init__` may have others.
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        Self
    }

    fn create(slf: &Bound<'_, Self>, env_dir: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| create::create(slf.as_any(), env_dir))
    }

    fn clear_directory(slf: &Bound<'_, Self>, path: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| directories::clear_directory(slf.py(), path))
    }

    fn _venv_path<'py>(
        slf: &Bound<'py, Self>,
        env_dir: &Bound<'py, PyAny>,
        name: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| directories::venv_path(slf.as_any(), env_dir, name))
    }

    #[classmethod]
    fn _same_path(
        cls: &Bound<'_, PyType>,
        path1: &Bound<'_, PyAny>,
        path2: &Bound<'_, PyAny>,
    ) -> PyResult<bool> {
        guarded(|| directories::same_path(cls.py(), path1, path2))
    }

    fn ensure_directories<'py>(
        slf: &Bound<'py, Self>,
        env_dir: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| directories::ensure_directories(slf.as_any(), env_dir))
    }

    fn create_configuration(slf: &Bound<'_, Self>, context: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| configuration::create_configuration(slf.as_any(), &Context(context)))
    }

    #[pyo3(signature = (src, dst, relative_symlinks_ok=false))]
    fn symlink_or_copy(
        slf: &Bound<'_, Self>,
        src: &Bound<'_, PyAny>,
        dst: &Bound<'_, PyAny>,
        relative_symlinks_ok: bool,
    ) -> PyResult<()> {
        guarded(|| executables::symlink_or_copy(slf.as_any(), src, dst, relative_symlinks_ok))
    }

    fn create_git_ignore_file(slf: &Bound<'_, Self>, context: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| configuration::create_git_ignore_file(slf.py(), &Context(context)))
    }

    fn setup_python(slf: &Bound<'_, Self>, context: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| executables::setup_python(slf.as_any(), &Context(context)))
    }

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

    fn _setup_pip(slf: &Bound<'_, Self>, context: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| pip::setup_pip(slf.as_any(), context))
    }

    fn setup_scripts(slf: &Bound<'_, Self>, context: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| scripts::setup_scripts(slf.as_any(), context))
    }

    fn post_setup(slf: &Bound<'_, Self>, context: &Bound<'_, PyAny>) {
        let _ = (slf, context);
    }

    fn replace_variables<'py>(
        slf: &Bound<'py, Self>,
        text: &Bound<'py, PyAny>,
        context: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = slf;
        guarded(|| scripts::replace_variables(text, &Context(context)))
    }

    fn install_scripts(
        slf: &Bound<'_, Self>,
        context: &Bound<'_, PyAny>,
        path: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        guarded(|| scripts::install_scripts(slf.as_any(), context, path))
    }

    fn upgrade_dependencies(slf: &Bound<'_, Self>, context: &Bound<'_, PyAny>) -> PyResult<()> {
        guarded(|| pip::upgrade_dependencies(slf.as_any(), context))
    }
}
