//! Environments that only another interpreter's own `venv` can create.

use std::ffi::OsString;
use std::path::Path;

use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::directories::check_clear;
use crate::base::Interpreter;
use crate::create::{directories, foreign};
use crate::environment::config::Options;
use crate::fs;
use crate::python::child::{package, undirected};
use crate::python::options::{options, younger};
use crate::python::seeding::has_own_stages;

/// The stages that such an environment can't have: all of them.
const STAGES: [&str; 14] = [
    "_call_new_python",
    "_setup_pip",
    "_venv_path",
    "clear_directory",
    "create_configuration",
    "create_git_ignore_file",
    "ensure_directories",
    "install_scripts",
    "post_setup",
    "replace_variables",
    "setup_python",
    "setup_scripts",
    "symlink_or_copy",
    "upgrade_dependencies",
];

/// Runs the interpreter's own `venv`, with the options that it knows. `obstacle` is why fastvenv can't do the work.
///
/// # Errors
/// `ValueError` if a stage is overridden or the interpreter has no `venv`; `CalledProcessError` if it fails.
pub fn create(
    builder: &Bound<'_, PyAny>,
    interpreter: &Interpreter,
    directory: &Path,
    obstacle: &str,
) -> PyResult<()> {
    let py = builder.py();
    foreign::check(interpreter, obstacle)?;
    if !has_own_stages(builder, &STAGES)? || has_other_ignore_files(builder)? {
        return Err(PyValueError::new_err(format!(
            "{obstacle}, so only its own venv can create environments, and that can't call this builder's stages."
        )));
    }
    let options = options(builder)?;
    let prompt = options.prompt.as_deref().unwrap_or_default();
    directories::check(&interpreter.base, directory.as_os_str().as_encoded_bytes(), prompt.as_bytes())?;
    if options.clear && py.detach(|| fs::exists(directory)) {
        check_clear(py, directory, &interpreter.base)?;
    }
    log::debug!(target: "fastvenv", "{}", foreign::told(obstacle));
    run(builder, interpreter, directory, &options)
}

/// Reports whether ignore files are asked for that a subclass writes.
fn has_other_ignore_files(builder: &Bound<'_, PyAny>) -> PyResult<bool> {
    let Some(names) = younger(builder, intern!(builder.py(), "scm_ignore_files"))? else { return Ok(false) };
    for name in names.try_iter()? {
        if !name?.eq("git")? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn run(
    builder: &Bound<'_, PyAny>,
    interpreter: &Interpreter,
    directory: &Path,
    options: &Options,
) -> PyResult<()> {
    let py = builder.py();
    let prompt = younger(builder, intern!(py, "prompt"))?;
    let prompt: Option<OsString> = prompt.map(|prompt| prompt.str()?.extract()).transpose()?;
    let words = foreign::command(interpreter, options, prompt.as_deref(), directory);
    let environ = undirected(py)?;
    for name in foreign::REMOVED {
        environ.call_method1(intern!(py, "pop"), (name, py.None()))?;
    }
    let subprocess = package(py)?.getattr(intern!(py, "subprocess"))?;
    let kwargs = PyDict::new(py);
    kwargs.set_item("env", environ)?;
    kwargs.set_item("stderr", subprocess.getattr(intern!(py, "STDOUT"))?)?;
    subprocess.call_method(intern!(py, "check_output"), (words,), Some(&kwargs)).map(drop)
}
