//! Handling an `ensurepip` that is missing or fails.

use std::path::Path;

use pyo3::exceptions::PyOSError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::child::package;
use super::chosen::{base, base_for_pip};
use super::context::path_text;
use super::options::younger_is_set;
use super::{errors, seeding};
use crate::base::Directory;
use crate::create::ensurepip::{advice, is_there};
use crate::seed::Prospect;

/// The stages up to `_call_new_python`. A subclass that overrides one may install pip in its own way, or with another
/// interpreter.
const STAGES: [&str; 6] = [
    "ensure_directories",
    "create_configuration",
    "setup_python",
    "_venv_path",
    "_setup_pip",
    "_call_new_python",
];

/// Fails if pip is requested and can't be installed, before anything is written or cleared.
///
/// # Errors
/// The `CalledProcessError` from running `ensurepip` with the base interpreter.
pub fn refuse_without(builder: &Bound<'_, PyAny>, env_dir: &Path) -> PyResult<()> {
    let py = builder.py();
    if !younger_is_set(builder, intern!(py, "with_pip"))? || is_there(&*base(builder)?) {
        return Ok(());
    }
    let is_kept = !younger_is_set(builder, intern!(py, "clear"))?;
    if !seeding::has_default_stages(builder, &STAGES)? || is_natively_possible(builder, env_dir, is_kept)? {
        return Ok(());
    }
    // We ask the interpreter itself, since it may import `ensurepip` from elsewhere, such as a zip file.
    let subprocess = package(py)?.getattr(intern!(py, "subprocess"))?;
    let kwargs = PyDict::new(py);
    kwargs.set_item("stderr", subprocess.getattr(intern!(py, "STDOUT"))?)?;
    let command = (path_text(py, &base(builder)?.executable)?, "-I", "-m", "ensurepip", "--version");
    match subprocess.call_method("check_output", (command,), Some(&kwargs)) {
        // An interpreter that can't be started causes its own error later.
        Err(error) if !error.is_instance_of::<PyOSError>(py) => Err(explain(builder, error)),
        _ => Ok(()),
    }
}

fn is_natively_possible(builder: &Bound<'_, PyAny>, env_dir: &Path, is_kept: bool) -> PyResult<bool> {
    let py = builder.py();
    let base = base_for_pip(builder)?;
    if !base.is_cpython {
        return Ok(false);
    }
    let site_packages = base.directory(Directory::Purelib, env_dir);
    let variables = &seeding::variables(py)?;
    let prospect = Prospect { base: &base, variables, site_packages: is_kept.then_some(&site_packages) };
    Ok(py.detach(|| prospect.is_good()))
}

/// Adds a remedy to the error of an `ensurepip` that failed.
pub fn explain(builder: &Bound<'_, PyAny>, error: PyErr) -> PyErr {
    let py = builder.py();
    // Other exceptions, such as an interrupt, need no explanation.
    if !error.value(py).hasattr(intern!(py, "returncode")).unwrap_or(false) {
        return error;
    }
    match base(builder) {
        Ok(base) => errors::noted(py, error, &advice(&base)),
        Err(_) => error,
    }
}
