//! Running the new environment's Python.

use std::path::{Path, PathBuf};

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use super::context::Context;
use super::modules;
use crate::create::child::MISLEADING;

/// Runs the environment's interpreter through `subprocess.check_output`, looked up in `fastvenv` as the stdlib looks it
/// up in `venv`, so that patches of either still work.
///
/// A child that fails raises a `CalledProcessError` with its output.
pub fn call_new_python(
    context: &Context<'_, '_>,
    py_args: &Bound<'_, PyTuple>,
    kwargs: Option<&Bound<'_, PyDict>>,
) -> PyResult<()> {
    run(context, py_args, kwargs, &variables(context)?)
}

/// The child's environment variables: the caller's, without those that could lead the child away from its environment
/// (gh-98251).
pub fn variables<'py>(context: &Context<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
    let py = context.0.py();
    let environ = undirected(py)?;
    environ.set_item("VIRTUAL_ENV", context.get(intern!(py, "env_dir"))?)?;
    Ok(environ)
}

/// The caller's environment variables, without those that lead another Python to other modules.
pub fn undirected(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let environ = modules::os(py)?.getattr(intern!(py, "environ"))?.call_method0("copy")?;
    for name in MISLEADING {
        environ.call_method1(intern!(py, "pop"), (name, py.None()))?;
    }
    Ok(environ)
}

/// Does the same as [`call_new_python`], with these environment variables.
pub fn run<'py>(
    context: &Context<'_, 'py>,
    py_args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'_, PyDict>>,
    environ: &Bound<'py, PyAny>,
) -> PyResult<()> {
    let py = py_args.py();
    let executable = context.get(intern!(py, "env_exec_cmd"))?;
    let args = PyList::new(py, [&executable])?;
    args.call_method1(intern!(py, "extend"), (py_args,))?;

    let kwargs = kwargs.map_or_else(|| Ok(PyDict::new(py)), |kwargs| kwargs.copy())?;
    kwargs.set_item("env", environ)?;
    kwargs.set_item("cwd", context.get(intern!(py, "env_dir"))?)?;
    kwargs.set_item("executable", executable)?;
    let subprocess = package(py)?.getattr(intern!(py, "subprocess"))?;
    subprocess.call_method(intern!(py, "check_output"), (args,), Some(&kwargs)).map(drop)
}

/// The directory of the package `fastvenv`.
pub fn package_dir(py: Python<'_>) -> PyResult<PathBuf> {
    let module: PathBuf = package(py)?.getattr(intern!(py, "__file__"))?.extract()?;
    Ok(module.parent().unwrap_or(Path::new("")).to_owned())
}

/// The package `fastvenv`. Its globals are those of the stages, as `venv`'s are those of the stdlib's stages.
pub fn package(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let name = intern!(py, "fastvenv");
    modules::loaded(py, name)?.map_or_else(|| Ok(py.import(name)?.into_any()), Ok)
}
