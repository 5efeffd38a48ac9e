//! Running the new environment's Python.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

use super::context::Context;
use super::facts;

/// Runs the environment's interpreter through `subprocess.check_output`, which is looked up in `fastvenv` as the
/// stdlib looks it up in `venv`, so that patching either does what it always did.
///
/// What could lead the child away from its environment is kept from it (gh-98251); everything else of the
/// caller's environment stays. A child that fails is a `CalledProcessError` with its output.
pub fn call_new_python(
    context: &Context<'_, '_>,
    py_args: &Bound<'_, PyTuple>,
    kwargs: Option<&Bound<'_, PyDict>>,
) -> PyResult<()> {
    let py = py_args.py();
    let executable = context.get(intern!(py, "env_exec_cmd"))?;
    let env_dir = context.get(intern!(py, "env_dir"))?;
    let args = PyList::new(py, [&executable])?;
    args.call_method1(intern!(py, "extend"), (py_args,))?;

    let environ = facts::os(py)?.getattr(intern!(py, "environ"))?.call_method0("copy")?;
    environ.set_item("VIRTUAL_ENV", &env_dir)?;
    for name in ["PYTHONHOME", "PYTHONPATH"] {
        environ.call_method1(intern!(py, "pop"), (name, py.None()))?;
    }

    let kwargs = kwargs.map_or_else(|| Ok(PyDict::new(py)), |kwargs| kwargs.copy())?;
    kwargs.set_item("env", environ)?;
    kwargs.set_item("cwd", env_dir)?;
    kwargs.set_item("executable", executable)?;
    let subprocess = package(py)?.getattr(intern!(py, "subprocess"))?;
    subprocess.call_method(intern!(py, "check_output"), (args,), Some(&kwargs)).map(drop)
}

/// The package `fastvenv`: the globals of the stages, as `venv` is of the stdlib's.
pub fn package(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let name = intern!(py, "fastvenv");
    facts::loaded(py, name)?.map_or_else(|| Ok(py.import(name)?.into_any()), Ok)
}
