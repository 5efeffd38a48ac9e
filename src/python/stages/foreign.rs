//! Environments that only another interpreter's own `venv` can create.

use std::path::Path;

use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use super::directories::check_clear;
use crate::base::{Interpreter, Version};
use crate::create::directories;
use crate::environment::config::Options;
use crate::fs;
use crate::python::child::{package, undirected};
use crate::python::context::path_text;
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
    let refused = |why: &str| Err(PyValueError::new_err(format!("{obstacle}, {why}")));
    if interpreter.base.version < OLDEST {
        return refused("so it has no venv.");
    }
    if !has_own_stages(builder, &STAGES)? || has_other_ignore_files(builder)? {
        return refused(
            "so only its own venv can create environments, and that can't call this builder's stages.",
        );
    }
    let options = options(builder)?;
    let prompt = options.prompt.as_deref().unwrap_or_default();
    directories::check(&interpreter.base, directory.as_os_str().as_encoded_bytes(), prompt.as_bytes())?;
    if options.clear && py.detach(|| fs::exists(directory)) {
        check_clear(py, directory, &interpreter.base)?;
    }
    log::debug!(target: "fastvenv", "{obstacle}: its own venv creates the environment");
    run(builder, interpreter, directory, &options)
}

/// The first Python with `venv`.
const OLDEST: Version = Version { major: 3, minor: 3, micro: 0 };

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
    let directory = path_text(py, directory)?;
    let mut words = vec![path_text(py, &interpreter.base.running)?];
    words.extend(["-m", "venv"].map(|word| PyString::new(py, word)));
    words.extend(flags(options, interpreter.base.version).into_iter().map(|flag| PyString::new(py, flag)));
    if let Some(prompt) = younger(builder, intern!(py, "prompt"))?
        && interpreter.base.version.at_least(6)
    {
        words.push(PyString::new(py, "--prompt=").add(prompt.str()?)?.cast_into()?);
    }
    words.push(directory);
    let environ = undirected(py)?;
    environ.call_method1(intern!(py, "pop"), ("__PYVENV_LAUNCHER__", py.None()))?;
    let subprocess = package(py)?.getattr(intern!(py, "subprocess"))?;
    let kwargs = PyDict::new(py);
    kwargs.set_item("env", environ)?;
    kwargs.set_item("stderr", subprocess.getattr(intern!(py, "STDOUT"))?)?;
    subprocess.call_method(intern!(py, "check_output"), (words,), Some(&kwargs)).map(drop)
}

/// The command line's options, as far as `venv` of that version has them.
fn flags(options: &Options, version: Version) -> Vec<&'static str> {
    let flags = [
        (options.system_site_packages, "--system-site-packages", 3),
        (options.symlinks, "--symlinks", 3),
        (!options.symlinks, "--copies", 4),
        (options.clear, "--clear", 3),
        (options.upgrade, "--upgrade", 3),
        (!options.with_pip, "--without-pip", 4),
        (options.upgrade_deps, "--upgrade-deps", 9),
        (!options.scm_ignore_files, "--without-scm-ignore-files", 13),
    ];
    let is_known =
        |(given, flag, since): (bool, &'static str, u8)| (given && version.at_least(since)).then_some(flag);
    flags.into_iter().filter_map(is_known).collect()
}
