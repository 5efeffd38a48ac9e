//! Advice for the user about a failed system call, based on its error code.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::fs::{is_link, is_too_many_open_files};

/// One sentence of advice. `None` if the code alone is not enough.
pub fn on_failure(source: &io::Error) -> Option<&'static str> {
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
pub fn on_obstacle(path: &Path) -> &'static str {
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
