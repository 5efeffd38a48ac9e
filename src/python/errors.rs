//! The one place where errors become Python exceptions.

use std::io::{self, ErrorKind};
use std::path::Path;

use pyo3::call::PyCallArgs;
use pyo3::exceptions::{PyKeyboardInterrupt, PyOSError, PyRuntimeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::context::path_text;
use super::finalizing;
use crate::advice;
use crate::error::{Ended, Error};
use crate::panics::caught;
use crate::text::quoted;

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        Python::attach(|py| {
            let notes = advice::notes(&error);
            notes.iter().fold(bare(py, error), |error, note| noted(py, error, note))
        })
    }
}

/// The exception without notes.
fn bare(py: Python<'_>, error: Error) -> PyErr {
    let message = error.to_string();
    match error {
        Error::Io { path, other, source, .. } => os_error(py, &path, other.as_deref(), &source),
        Error::Start { program, source } => os_error(py, &program, None, &source),
        // The signal's own exception, where its handler raises one.
        Error::Interrupted => PyKeyboardInterrupt::new_err(()),
        Error::Refused(_) | Error::NotADirectory(_) | Error::PathSeparator { .. } => {
            PyValueError::new_err(message)
        }
        Error::Bug(_) => PyRuntimeError::new_err(message),
        Error::SameFile { .. } => raised(py, "shutil", "SameFileError", (message,)),
        Error::Child { command, ended, output } => {
            let (Ended::Status(status) | Ended::Signal(status, _)) = ended;
            let status = if matches!(ended, Ended::Status(_)) { status } else { -status };
            raised(py, "subprocess", "CalledProcessError", (status, command, PyBytes::new(py, &output)))
        }
    }
}

/// Does the work of one call from Python. A panic becomes a `RuntimeError`. In a daemon thread, the interpreter may
/// safely end during the work.
pub fn guarded<T>(work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    finalizing::safely(|| {
        let done = caught(work).unwrap_or_else(|bug| Err(bug.into()));
        super::logging::interruption().map_or(done, Err)
    })
}

/// `OSError(errno, strerror, filename[, winerror, filename2])`, so that Python picks the subclass. The arguments are
/// those of the stdlib; all else is in notes.
fn os_error(py: Python<'_>, path: &Path, other: Option<&Path>, source: &io::Error) -> PyErr {
    let Some(code) = source.raw_os_error() else {
        let message = format!("{source}: {}", quoted(path));
        // The standard library refuses a null character before it calls the system.
        return match source.kind() {
            ErrorKind::InvalidInput => PyValueError::new_err(message),
            _ => PyOSError::new_err(message),
        };
    };
    // On Windows the code is a winerror, from which OSError itself derives the errno.
    let (errno, winerror) = if cfg!(windows) { (0, Some(code)) } else { (code, None) };
    let text = strerror(py, code, source);
    let names = || Ok((path_text(py, path)?, other.map(|other| path_text(py, other)).transpose()?));
    match names() {
        Ok((path, other)) => {
            PyOSError::new_err((errno, text, path.unbind(), winerror, other.map(Bound::unbind)))
        }
        Err(error) => error,
    }
}

/// The system's text for the code, as from `os.strerror`: without the code that Rust appends.
fn strerror(py: Python<'_>, code: i32, source: &io::Error) -> String {
    let asked = || -> PyResult<String> {
        super::modules::os(py)?.call_method1(intern!(py, "strerror"), (code,))?.extract()
    };
    match asked() {
        Ok(text) if !cfg!(windows) => text,
        _ => Error::system_text(source, code),
    }
}

/// Reports whether an exception is an `OSError` for a feature that the file system lacks.
pub fn lacks_feature(py: Python<'_>, error: &PyErr) -> bool {
    let errno = error.value(py).getattr(intern!(py, "errno")).and_then(|errno| errno.extract());
    errno.is_ok_and(|code| crate::fs::is_lacking(&io::Error::from_raw_os_error(code)))
}

/// An exception of a class that is imported only for it.
fn raised<'py>(py: Python<'py>, module: &str, class: &str, args: impl PyCallArgs<'py>) -> PyErr {
    let raise = || Ok(PyErr::from_value(py.import(module)?.getattr(class)?.call1(args)?));
    raise().unwrap_or_else(|error: PyErr| error)
}

/// Adds a note to the error, as `BaseException.add_note` does. The standard library's message stays unchanged, and ours
/// follows it. Before 3.11 only our own command line prints notes.
pub fn noted(py: Python<'_>, error: PyErr, note: &str) -> PyErr {
    let value = error.value(py);
    let name = intern!(py, "__notes__");
    let appended = match value.getattr(name) {
        Ok(notes) => notes.call_method1(intern!(py, "append"), (note,)).map(drop),
        Err(_) => value.setattr(name, vec![note]),
    };
    // An exception that takes no note is still the right exception.
    drop(appended);
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_reaches_python_as_a_runtime_error() {
        Python::initialize();
        Python::attach(|py| {
            let error = guarded(|| py.detach(|| -> PyResult<()> { panic!("no such luck") })).unwrap_err();
            assert!(error.is_instance_of::<PyRuntimeError>(py));
            assert!(error.to_string().ends_with("please report it: no such luck"));
            // The interpreter goes on, with the GIL held as before.
            assert_eq!(py.eval(c"6 * 7", None, None).unwrap().extract::<i32>().unwrap(), 42);
        });
    }
}
