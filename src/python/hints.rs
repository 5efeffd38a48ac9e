//! The functions behind the warnings and hints of the command line.

use std::ffi::{OsStr, OsString};

use pyo3::intern;
use pyo3::prelude::*;

use super::errors::guarded;
use super::modules::os_path;
use crate::hints::{CommandLine, for_usage};

/// Return warnings of what a command line does, if that is probably a mistake.
///
/// :param directories: The environments' directories, as they were given.
/// :param python: The Python that was asked for.
/// :param clear: Clear the directories first.
#[pyfunction]
pub fn command_line_warnings(
    py: Python<'_>,
    directories: Vec<OsString>,
    python: Option<OsString>,
    clear: bool,
) -> PyResult<Vec<String>> {
    let line = CommandLine { directories: &directories, python: python.as_deref(), clear };
    let expanded = |path: &OsStr| os_path(py, intern!(py, "expanduser"), (path,))?.extract();
    guarded(|| line.warnings(expanded))
}

/// Return what to type instead of a command line that was refused; None if that is unclear.
///
/// :param arguments: The arguments.
/// :param command: How the program was called.
#[pyfunction]
pub fn usage_hint(arguments: Vec<OsString>, command: &str) -> PyResult<Option<String>> {
    guarded(|| Ok(for_usage(&arguments, command)))
}
