//! The interpreter's current `venv` scheme from `sysconfig`, which programs may change.

use std::path::{Path, PathBuf};

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

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

/// `os.path.normpath`.
pub fn normal(path: &Bound<'_, PyAny>) -> PyResult<PathBuf> {
    os_path(path.py(), intern!(path.py(), "normpath"), (path,))?.extract()
}

/// `sysconfig.get_path`, with the environment instead of the installation.
pub fn asked<'py>(
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

/// Reports whether this version has such a scheme.
pub fn has_scheme(base: &Base) -> bool {
    base.version.at_least(11)
}
