//! The time and mode of files, which some file systems refuse.

use std::io::{self, ErrorKind};
use std::path::PathBuf;

use super::is_lacking;
use crate::error::Error;

const OPERATION: &str = "set the time and mode of";

/// A file that did not get its time or mode.
pub fn attributes_refused(path: impl Into<PathBuf>, source: io::Error) -> Error {
    Error::io(OPERATION, path, source)
}

/// Reports whether the file system has no such time or mode, so that other work may do without.
pub fn lacks_attributes(error: &Error) -> bool {
    error.operation() == Some(OPERATION)
        && error.system().is_some_and(|source| source.kind() == ErrorKind::Unsupported || is_lacking(source))
}
