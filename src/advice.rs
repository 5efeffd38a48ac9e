//! What a user can do about a failed system call, as far as its code tells.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::fs::{is_link, is_too_many_open_files};

/// One sentence on what to do; `None` where the code alone doesn't tell.
pub fn on_failure(source: &io::Error) -> Option<&'static str> {
    Some(match source.kind() {
        ErrorKind::PermissionDenied => "Choose a folder of your own, or have its owner or its mode changed.",
        ErrorKind::ReadOnlyFilesystem => "Choose a folder on a file system that is not mounted read-only.",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "Free some space, or choose a folder on another file system; with pip an environment takes 13 MB."
        }
        ErrorKind::FileTooLarge => "Raise the limit on the size of files (ulimit -f).",
        ErrorKind::InvalidFilename => "Choose a shorter path.",
        ErrorKind::NotADirectory => "A part of the path is a file: choose another path.",
        ErrorKind::AlreadyExists => {
            "A link that leads nowhere, or a file, is there: choose another path, or remove it."
        }
        ErrorKind::IsADirectory => "A folder stands where a file belongs: remove it, or choose another path.",
        _ if is_too_many_open_files(source) => {
            "Close some files, or raise the limit on open ones (ulimit -n)."
        }
        _ => return None,
    })
}

/// One sentence on what to do about a file or link at `path`, where a directory must be.
pub fn on_obstacle(path: &Path) -> &'static str {
    if is_link(path) {
        "A link is there: name the directory that it leads to, choose another one, or remove the link."
    } else if path.file_name().is_some_and(|name| name == ".venv") {
        "A file is there, which may name the project's environment (PEP 832): use that one, or choose another directory."
    } else {
        "A file is there: choose another directory, or remove the file."
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
