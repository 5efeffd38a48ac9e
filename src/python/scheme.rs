//! The interpreter's current `venv` scheme from `sysconfig`, which programs may change.

use std::path::{Path, PathBuf};

use pyo3::exceptions::PyKeyError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::base::base_with_scheme;
use super::context::path_text;
use super::modules::{loaded, os_path};
use crate::base::{Base, Directory, Platform, Scheme, include_is_in_scheme};

/// The placeholder for the environment in a template.
const ENVIRONMENT: &str = "{base}";

/// Returns the scheme. Before 3.11 there is none. A bare CPython has not loaded `sysconfig`, and loading it would take
/// twice as long as creating the environment.
pub fn scheme(py: Python<'_>, base: &Base) -> PyResult<Scheme> {
    let name = intern!(py, "sysconfig");
    let sysconfig = match (has_scheme(base), base.is_cpython) {
        (false, _) => return Ok(Scheme::Own),
        (true, true) => loaded(py, name)?,
        (true, false) => Some(py.import(name)?.into_any()),
    };
    let Some(sysconfig) = sysconfig else { return Ok(Scheme::Own) };
    let arguments = PyDict::new(py);
    arguments.set_item(intern!(py, "expand"), false)?;
    let paths = sysconfig.call_method(intern!(py, "get_paths"), (intern!(py, "venv"),), Some(&arguments))?;
    let paths = paths.cast_into::<PyDict>()?;
    let mut templates = <[String; 4]>::default();
    for (template, directory) in templates.iter_mut().zip(Directory::ALL) {
        let text = paths.get_item(directory.name())?.map(|text| text.extract::<String>()).transpose()?;
        *template = match text.filter(|text| is_expandable(text, base)) {
            Some(text) => text,
            None => asked(&sysconfig, base, ENVIRONMENT, directory.name())?.extract()?,
        };
    }
    Ok(Scheme::Templates(templates))
}

/// Reports whether our own expansion of a template gives the same path as `sysconfig`, which takes as long as creating
/// all of the directories.
fn is_expandable(template: &str, base: &Base) -> bool {
    let is_normal = base.platform == Platform::Posix && !template.contains("//") && !template.contains("/.");
    is_normal && base.expand(template, Path::new("")).is_some()
}

/// `EnvBuilder._venv_path`: the path of a directory in that environment, by `sysconfig`'s name for it.
///
/// # Errors
/// `KeyError` for an unknown name, as from `sysconfig.get_path`.
pub fn venv_path<'py>(
    py: Python<'py>,
    env_dir: &Bound<'py, PyAny>,
    name: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let base = base_with_scheme(py)?;
    if let Some(directory) = Directory::ALL.into_iter().find(|directory| directory.name() == name) {
        let env_dir = normal(env_dir)?;
        return Ok(path_text(py, &base.directory(directory, &env_dir))?.into_any());
    }
    if !has_scheme(&base) {
        return Err(PyKeyError::new_err(name.to_owned()));
    }
    asked(py.import(intern!(py, "sysconfig"))?.as_any(), &base, env_dir, name)
}

/// `os.path.normpath`.
pub fn normal(path: &Bound<'_, PyAny>) -> PyResult<PathBuf> {
    os_path(path.py(), intern!(path.py(), "normpath"), (path,))?.extract()
}

/// `sysconfig.get_path`, with the environment instead of the installation.
fn asked<'py>(
    sysconfig: &Bound<'py, PyAny>,
    base: &Base,
    env_dir: impl IntoPyObject<'py> + Copy,
    name: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let py = sysconfig.py();
    let vars = PyDict::new(py);
    let mut bases = vec!["base", "platbase"];
    if include_is_in_scheme(base.version) {
        bases.extend(["installed_base", "installed_platbase"]);
    }
    for base in bases {
        vars.set_item(base, env_dir)?;
    }
    let arguments = PyDict::new(py);
    arguments.set_item("scheme", "venv")?;
    arguments.set_item("vars", vars)?;
    sysconfig.call_method(intern!(py, "get_path"), (name,), Some(&arguments))
}

fn has_scheme(base: &Base) -> bool {
    base.version.at_least(11)
}
