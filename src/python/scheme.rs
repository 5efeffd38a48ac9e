//! Where an environment's folders are: the interpreter's installation scheme `venv`.

use std::path::{Path, PathBuf};

use pyo3::exceptions::PyKeyError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::context::path_text;
use super::facts::{is_cpython, loaded};
use crate::base::Base;
use crate::environment::layout::{self, Folder};

/// The scheme of the running interpreter, as it is now: programs may change `sysconfig`'s.
pub struct Scheme<'a, 'py> {
    py: Python<'py>,
    base: &'a Base,
    source: Source<'py>,
}

/// Who knows the folders.
enum Source<'py> {
    /// `layout`: before 3.11 there is no such scheme, and a bare CPython has not loaded `sysconfig`. To load it would
    /// take twice as long as to create the environment.
    Layout,
    /// `sysconfig`, which is loaded. To let it fill them in takes as long as to make all of the folders.
    Templates(Bound<'py, PyDict>),
    /// `sysconfig` alone.
    Sysconfig,
}

impl<'a, 'py> Scheme<'a, 'py> {
    /// Asks the interpreter once for all folders.
    pub fn of(py: Python<'py>, base: &'a Base) -> PyResult<Self> {
        let source = if !has_scheme(base) {
            Source::Layout
        } else if !is_cpython(py)? {
            Source::Sysconfig
        } else {
            loaded(py, intern!(py, "sysconfig"))?.map_or(Ok(Source::Layout), |module| templates(&module))?
        };
        Ok(Self { py, base, source })
    }

    /// The path of a folder in that environment.
    ///
    /// `name` is one of `sysconfig`'s path names; an unknown one is a `KeyError`, as from `sysconfig.get_path`.
    pub fn path(&self, env_dir: &Path, name: &str) -> PyResult<PathBuf> {
        let known = match (&self.source, Folder::from_name(name)) {
            (Source::Layout, Some(folder)) => Some(env_dir.join(layout::venv_folder(folder, self.base))),
            (Source::Layout, None) if !has_scheme(self.base) => {
                return Err(PyKeyError::new_err(name.to_owned()));
            }
            (Source::Templates(texts), _) => match texts.get_item(name)? {
                Some(text) => layout::expand_template(&text.extract::<String>()?, self.base, env_dir),
                None => None,
            },
            _ => None,
        };
        known.map_or_else(|| self.by_sysconfig(env_dir, name), Ok)
    }

    fn by_sysconfig(&self, env_dir: &Path, name: &str) -> PyResult<PathBuf> {
        let py = self.py;
        let vars = PyDict::new(py);
        let mut bases = vec!["base", "platbase"];
        if layout::include_is_in_scheme(self.base.version) {
            bases.extend(["installed_base", "installed_platbase"]);
        }
        for base in bases {
            vars.set_item(base, path_text(py, env_dir)?)?;
        }
        let arguments = PyDict::new(py);
        arguments.set_item("scheme", "venv")?;
        arguments.set_item("vars", vars)?;
        let sysconfig = py.import(intern!(py, "sysconfig"))?;
        sysconfig.call_method(intern!(py, "get_path"), (name,), Some(&arguments))?.extract()
    }
}

fn has_scheme(base: &Base) -> bool {
    base.version.at_least(11)
}

fn templates<'py>(sysconfig: &Bound<'py, PyAny>) -> PyResult<Source<'py>> {
    let py = sysconfig.py();
    let arguments = PyDict::new(py);
    arguments.set_item(intern!(py, "expand"), false)?;
    let paths = sysconfig.call_method(intern!(py, "get_paths"), (intern!(py, "venv"),), Some(&arguments))?;
    Ok(Source::Templates(paths.cast_into::<PyDict>()?))
}
