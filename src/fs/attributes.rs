//! The time and mode of files, which some file systems refuse.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

use super::is_lacking;
use crate::error::Error;

const OPERATION: &str = "set the time and mode of";

/// The error for a file that could not be given its time or mode.
pub fn attributes_refused(path: impl Into<PathBuf>, source: io::Error) -> Error {
    Error::io(OPERATION, path, source)
}

/// Reports whether the error means that the file system lacks this time or mode. The caller may then do without it.
pub fn lacks_attributes(error: &Error) -> bool {
    error.operation() == Some(OPERATION)
        && error.system().is_some_and(|source| source.kind() == ErrorKind::Unsupported || is_lacking(source))
}
