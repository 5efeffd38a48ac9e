//! What there is to say about an error besides its message: the operation that failed, and advice.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::error::Error;
use crate::fs::{is_link, is_too_many_open_files};
use crate::text::quoted;

/// An error, and the notes about it in their order (PEP 678).
#[derive(Debug)]
pub struct Failure {
    /// The error.
    pub error: Error,
    /// The notes.
    pub notes: Vec<String>,
}

impl Failure {
    /// Adds a note.
    #[must_use]
    pub fn noted(mut self, note: String) -> Self {
        self.notes.push(note);
        self
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { notes: notes(&error), error }
    }
}

/// The notes that belong to an error itself.
pub fn notes(error: &Error) -> Vec<String> {
    let (operation, advice) = match error {
        Error::Io { operation, source, .. } => (Some(*operation), on_failure(source)),
        Error::NotADirectory(path) => (None, Some(on_obstacle(path))),
        Error::PathSeparator { .. } => (None, Some("No script could activate it. Choose another directory.")),
        _ => (None, None),
    };
    let operation = operation.map(|operation| format!("fastvenv could not {operation}"));
    operation.into_iter().chain(advice.map(str::to_owned)).collect()
}

/// The note about a directory in which a creation failed.
pub fn on_incomplete(directory: &Path) -> String {
    format!("{} is incomplete. Fix the cause, then create it again to complete it.", quoted(directory))
}

/// One sentence of advice about a failed system call. `None` if its code alone is not enough.
fn on_failure(source: &io::Error) -> Option<&'static str> {
    // Our own errors have no code, whatever their kind.
    source.raw_os_error()?;
    Some(match source.kind() {
        ErrorKind::PermissionDenied => {
            "Choose a directory of your own, or change the owner or the mode of this one."
        }
        ErrorKind::ReadOnlyFilesystem => "Choose a directory on a file system that is not mounted read-only.",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "Free some space, or choose a directory on another file system. An environment with pip takes 13 MB."
        }
        ErrorKind::FileTooLarge => "Raise the file size limit (ulimit -f).",
        ErrorKind::InvalidFilename => "Choose a shorter path.",
        ErrorKind::NotADirectory => "Part of the path is a file. Choose another path.",
        ErrorKind::AlreadyExists => {
            "A file or a broken symlink is in the way. Choose another path, or remove it."
        }
        ErrorKind::IsADirectory => "A directory is where a file belongs. Remove it, or choose another path.",
        _ if is_too_many_open_files(source) => {
            "Close some files, or raise the limit on open files (ulimit -n)."
        }
        _ => return None,
    })
}

/// One sentence of advice about a file or link at `path`, where a directory must be.
fn on_obstacle(path: &Path) -> &'static str {
    if is_link(path) {
        "A symlink is in the way. Use the directory it points to, choose another one, or remove the symlink."
    } else if path.file_name().is_some_and(|name| name == ".venv") {
        "A file is in the way. It may name the project's environment (PEP 832): use that one, or choose another directory."
    } else {
        "A file is in the way. Choose another directory, or remove the file."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_tells_nothing_gets_no_advice() {
        assert_eq!(on_failure(&io::Error::other("odd")), None);
    }
}
