//! The function behind `python -m fastvenv.check`.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyString;

use super::context::path_text;
use super::errors::guarded;
use super::signals::detached;
use crate::base::Platform;
use crate::check::{Finding, Host, Search, check};

/// A finding in plain values: kind, severity, path, message, why it matters, advice.
pub type Plain<'py> = (&'static str, &'static str, Bound<'py, PyString>, String, &'static str, String);

/// Check the environment in a directory.
///
/// :param path: The directory.
/// :param run: Start the environment's Python too.
/// :returns: The findings, each as a tuple: kind, severity, path, message, why it matters, advice.
/// :raises OSError: if the directory can't be read.
/// :raises ValueError: if there is no environment.
#[pyfunction]
pub fn check_environment(py: Python<'_>, path: PathBuf, run: bool) -> PyResult<Vec<Plain<'_>>> {
    guarded(|| {
        let host = host();
        let found = detached(py, |observer| check(&path, &host, run, observer))?;
        found.into_iter().map(|finding| plain(py, finding)).collect()
    })
}

/// The finding in plain values.
pub fn plain(py: Python<'_>, finding: Finding) -> PyResult<Plain<'_>> {
    let Finding { kind, severity, path, message, advice } = finding;
    Ok((kind.name(), severity.name(), path_text(py, &path)?, message, kind.why(), advice))
}

/// The system, and where it keeps interpreters and libraries.
pub fn host() -> Host {
    let search = Search {
        path: std::env::var_os("PATH"),
        user: std::env::home_dir(),
        library_path: std::env::var_os("LD_LIBRARY_PATH"),
    };
    Host { platform: if cfg!(windows) { Platform::Nt } else { Platform::Posix }, search }
}
