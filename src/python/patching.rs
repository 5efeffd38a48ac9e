//! Detecting that the program has patched `subprocess`, perhaps to observe or replace the child that runs `ensurepip`.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use super::child::package;
use super::modules::loaded;
use super::overriding::Own;

/// Modules that patch `subprocess` only to let other greenlets run while a child works. They do not need the child.
const COOPERATIVE: [&str; 2] = ["gevent.subprocess", "eventlet.green.subprocess"];

/// Reports whether `_call_new_python` would reach anything but the standard library's own code, or that of a module in
/// [`COOPERATIVE`], through `check_output`.
pub fn is_subprocess_patched(py: Python<'_>) -> PyResult<bool> {
    if package(py)?.getattr(intern!(py, "__dict__"))?.contains("subprocess")? {
        return Ok(true);
    }
    let Some(subprocess) = loaded(py, intern!(py, "subprocess"))? else { return Ok(false) };
    let Some(own) = Own::get(py) else { return Ok(false) };
    for name in ["check_output", "run", "Popen"] {
        let found = subprocess.getattr(name)?;
        if !is_defined_in(&subprocess, own, &found)? && !is_cooperative(own, name, &found)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_cooperative(own: &Own, name: &str, found: &Bound<'_, PyAny>) -> PyResult<bool> {
    for module in COOPERATIVE {
        if let Some(module) = loaded(found.py(), &PyString::intern(found.py(), module))?
            && module.getattr(name)?.is(found)
            && is_defined_in(&module, own, found)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Reports whether a function or class was written in that module. Exact types are compared, since a wrapper may
/// imitate the original in every other respect.
fn is_defined_in(module: &Bound<'_, PyAny>, own: &Own, found: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = found.py();
    if !found.is_exact_instance_of::<PyType>() {
        return own.is_function_of(module, found);
    }
    found.getattr(intern!(py, "__module__"))?.eq(module.getattr(intern!(py, "__name__"))?)
}
