//! Errors, each with the operation that failed and its path.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::text::quoted;

/// The result of everything that accesses the file system or refuses an argument.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the core. It crosses into Python in one place, `python::errors`.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A system call failed. Becomes the `OSError` subclass of its errno, with `filename` and `filename2`.
    #[error("cannot {operation} {}: {source}", Pathnames(path, other.as_deref()))]
    Io {
        /// The operation, as in "cannot create the directory …".
        operation: &'static str,
        /// The path of the operation.
        path: PathBuf,
        /// The second path, if there are two: the target of a link, the destination of a copy.
        other: Option<PathBuf>,
        /// The system's error.
        source: io::Error,
    },

    /// Python has a signal to handle. The border runs the handler and raises its exception.
    #[error("interrupted")]
    Interrupted,

    /// An argument is refused. Becomes `ValueError`; nothing was written.
    #[error("{0}")]
    Refused(String),

    /// A file or a link is in place of a directory. Becomes `ValueError`, in the words of `venv`.
    #[error("Unable to create directory {}", quoted(.0))]
    NotADirectory(PathBuf),

    /// The environment's path can't be in PATH. Becomes `ValueError`, in the words of `venv`.
    #[error("Refusing to create a venv in {path} because it contains the PATH separator {separator}.")]
    PathSeparator {
        /// The path, in readable form.
        path: String,
        /// `os.pathsep`.
        separator: char,
    },

    /// This crate panicked. Becomes `RuntimeError`, because pyo3's own `PanicException` is not an `Exception`: a
    /// caller's `except Exception` would not catch it.
    #[error("fastvenv has a bug, please report it: {0}")]
    Bug(String),

    /// The destination of a copy is its source. Becomes `shutil.SameFileError`, as in `shutil.copyfile`.
    #[error("{} and {} are the same file", quoted(.source_path), quoted(.destination))]
    SameFile {
        /// The source of the copy.
        source_path: PathBuf,
        /// The destination of the copy.
        destination: PathBuf,
    },

    /// A program can't be started. Becomes the `OSError` of its errno, as from `subprocess`.
    #[error("cannot run {}: {source}", quoted(.program))]
    Start {
        /// The program.
        program: PathBuf,
        /// The system's error.
        source: io::Error,
    },

    /// A program failed. Becomes `subprocess.CalledProcessError`, in the words of which it is told.
    #[error("Command '[{}]' {ended}", Words(.command))]
    Child {
        /// The program and its arguments.
        command: Vec<OsString>,
        /// How it ended.
        ended: Ended,
        /// What it printed.
        output: Vec<u8>,
    },
}

impl Error {
    /// The operation of a failed system call. `None` for any other error.
    pub fn operation(&self) -> Option<&'static str> {
        match self {
            Self::Io { operation, .. } => Some(operation),
            _ => None,
        }
    }

    /// The system's own error, if a system call failed.
    pub fn system(&self) -> Option<&io::Error> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }

    /// The system's text for an error of this code, as Python has it: without the code that Rust appends, and on Windows
    /// without the full stop.
    pub fn system_text(source: &io::Error, code: i32) -> String {
        let text = source.to_string();
        let text = text.strip_suffix(&format!(" (os error {code})")).unwrap_or(&text);
        if cfg!(windows) { text.trim_end_matches([' ', '.']) } else { text }.to_owned()
    }

    /// The kind of the system's error, if a system call failed.
    pub fn kind(&self) -> Option<io::ErrorKind> {
        self.system().map(io::Error::kind)
    }

    /// Reports whether the file, or a directory on the way to it, is missing.
    pub fn is_not_found(&self) -> bool {
        self.kind() == Some(io::ErrorKind::NotFound)
    }

    /// A failed system call on one path. `operation` completes "cannot …": "create the directory".
    pub fn io(operation: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Io { operation, path: path.into(), other: None, source }
    }

    /// A failed system call on two paths, in the order of `OSError`'s `filename` and `filename2`.
    pub fn io2(
        operation: &'static str,
        path: impl Into<PathBuf>,
        other: impl Into<PathBuf>,
        source: io::Error,
    ) -> Self {
        Self::Io { operation, path: path.into(), other: Some(other.into()), source }
    }
}

/// The words of a command as Python shows a list of them.
struct Words<'a>(&'a [OsString]);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(quoted).collect::<Vec<_>>().join(", "))
    }
}

/// How a process that failed ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It returned this status.
    Status(i32),
    /// A signal of this number, and of this name if it has one, ended it.
    Signal(i32, Option<&'static str>),
}

impl fmt::Display for Ended {
    /// In the words of `subprocess.CalledProcessError`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(code) => write!(f, "returned non-zero exit status {code}."),
            Self::Signal(number, Some(name)) => write!(f, "died with <Signals.{name}: {number}>."),
            Self::Signal(number, None) => write!(f, "died with unknown signal {number}."),
        }
    }
}

struct Pathnames<'a>(&'a Path, Option<&'a Path>);

impl fmt::Display for Pathnames<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&quoted(self.0))?;
        match self.1 {
            Some(other) => write!(f, " -> {}", quoted(other)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_io_error_names_operation_and_both_paths() {
        let error = Error::io2("link", "/a", "/b", io::Error::other("the system's words"));
        assert_eq!(error.to_string(), "cannot link '/a' -> '/b': the system's words");
    }
}
