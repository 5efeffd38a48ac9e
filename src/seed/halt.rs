//! The reasons for which a placement ends early.

use std::path::{Path, PathBuf};

use crate::error::Error;

/// One reason.
#[derive(Debug)]
pub enum Halt {
    /// A file of the image is missing, differs from its manifest, or is on an unreadable part of the disk. The path is
    /// the file's path in the image's tree.
    Stale(PathBuf),
    /// A file of the image looks right, but can't be read now.
    Unreadable(Error),
    /// The environment can't be written to, or Python has a signal to handle.
    Failed(Error),
}

impl Halt {
    /// The same halt, with its path put below this directory.
    pub fn below(self, directory: &str) -> Self {
        match self {
            Self::Stale(path) => Self::Stale(Path::new(directory).join(path)),
            other => other,
        }
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
