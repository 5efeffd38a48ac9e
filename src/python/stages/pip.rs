//! pip and the core packages.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::python::child::package;
use crate::python::context::Context;
use crate::python::{errors, facts, seeding};

/// `EnvBuilder._setup_pip`: what `ensurepip` leaves, natively where nothing unusual is asked for, and by running it
/// in the new environment otherwise.
pub fn setup_pip(builder: &Bound<'_, PyAny>, context: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = builder.py();
    if seeding::seed_natively(builder, context)? {
        return Ok(());
    }
    let kwargs = PyDict::new(py);
    let subprocess = package(py)?.getattr(intern!(py, "subprocess"))?;
    kwargs.set_item("stderr", subprocess.getattr(intern!(py, "STDOUT"))?)?;
    let args = (context, "-m", "ensurepip", "--upgrade", "--default-pip");
    match builder.call_method(intern!(py, "_call_new_python"), args, Some(&kwargs)) {
        Ok(_) => Ok(()),
        Err(error) => Err(explain(py, error)),
    }
}

/// Says what to do about an `ensurepip` that failed. Debian and its relatives ship it in a package of its own: which,
/// if that is why.
fn explain(py: Python<'_>, error: PyErr) -> PyErr {
    // An interrupt, for one, needs no explanation.
    if !error.value(py).hasattr(intern!(py, "returncode")).unwrap_or(false) {
        return error;
    }
    if let (Ok(false), Ok(interpreter)) = (facts::has_ensurepip(py), facts::interpreter(py)) {
        let crate::interpreter::Version { major, minor, .. } = interpreter.version;
        let note = format!(
            "This Python has no ensurepip, so pip can't be installed. On Debian and Ubuntu it comes with a package \
             of its own:\n\n    apt install python{major}.{minor}-venv\n\nInstall it and create the environment again, or \
             create it without pip."
        );
        errors::noted(py, error, &note)
    } else {
        let note = "ensurepip could not install pip; what it printed, the error's `output`, says why. \
                    Mend the cause and create the environment again, or create it without pip.";
        errors::noted(py, error, note)
    }
}

/// `EnvBuilder.upgrade_dependencies`.
pub fn upgrade_dependencies(builder: &Bound<'_, PyAny>, context: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = builder.py();
    let packages = package(py)?.getattr(intern!(py, "CORE_VENV_DEPS"))?;
    let bin_path = Context(context).get(intern!(py, "bin_path"))?;
    log::debug!(target: "fastvenv", "Upgrading {packages} packages in {bin_path}");
    let mut args = vec![context.clone()];
    args.extend(["-m", "pip", "install", "--upgrade"].map(|word| PyString::new(py, word).into_any()));
    args.extend(packages.try_iter()?.collect::<PyResult<Vec<_>>>()?);
    let args = pyo3::types::PyTuple::new(py, args)?;
    builder.call_method1(intern!(py, "_call_new_python"), args).map(drop)
}
