//! The interpreter that a builder creates environments for: the running one, or the one that its attribute `python`
//! asks for. That counts only if it was given to `__init__`.

use std::cell::RefCell;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use super::base as running;
use super::modules::{os, os_path, platform};
use super::options::{younger, younger_is_set};
use super::signals::detached;
use crate::base::{Base, Found, Interpreter, Platform, Search, kept, known};

thread_local! {
    /// The builders whose `create` runs in this thread, by address, each with the interpreter that it is for,
    /// unless that is the running one. Every stage of a creation must get the same.
    static CREATING: RefCell<Vec<(usize, Option<Arc<Base>>)>> = const { RefCell::new(Vec::new()) };
}

/// Forgets the builder when its creation ends. Others may have begun in this thread and go on: greenlets take turns.
struct Creating(usize);

impl Drop for Creating {
    fn drop(&mut self) {
        CREATING.with_borrow_mut(|creating| {
            if let Some(last) = creating.iter().rposition(|(builder, _)| *builder == self.0) {
                creating.remove(last);
            }
        });
    }
}

/// Does `work` while all stages of this builder get this interpreter, or the running one if it is `None`.
pub fn during<T>(builder: &Bound<'_, PyAny>, base: Option<Arc<Base>>, work: impl FnOnce() -> T) -> T {
    let builder = builder.as_ptr() as usize;
    CREATING.with_borrow_mut(|creating| creating.push((builder, base)));
    let _creating = Creating(builder);
    work()
}

/// The interpreter that the builder asks for. `None` means the running one.
///
/// # Errors
/// `ValueError` if there is none.
pub fn interpreter(builder: &Bound<'_, PyAny>) -> PyResult<Option<Arc<Interpreter>>> {
    let py = builder.py();
    if !younger_is_set(builder, intern!(py, "_chooses_python"))? {
        return Ok(None);
    }
    let Some(python) = younger(builder, intern!(py, "python"))? else { return Ok(None) };
    match find(&python, wanted(&python)?)? {
        Found::Running => Ok(None),
        Found::Other(interpreter) => Ok(Some(interpreter)),
        Found::Nothing(why) => discover(&python, &why).map(Some),
    }
}

/// The path of the base interpreter that a value of `python` asks for.
///
/// # Errors
/// `ValueError` if there is none.
pub fn path_of(python: &Bound<'_, PyAny>) -> PyResult<OsString> {
    let found = match find(python, wanted(python)?)? {
        Found::Running => return Ok(running::base(python.py())?.executable.clone().into_os_string()),
        Found::Other(found) => found,
        Found::Nothing(why) => discover(python, &why)?,
    };
    Ok(found.base.executable.clone().into_os_string())
}

/// The attribute as text. A path-like object is a path, even if it looks like a name.
fn wanted(python: &Bound<'_, PyAny>) -> PyResult<OsString> {
    let py = python.py();
    if python.is_instance_of::<PyString>() {
        return python.extract();
    }
    let path = os(py)?.call_method1(intern!(py, "fspath"), (python,))?;
    if !path.is_instance_of::<PyString>() {
        return Err(PyTypeError::new_err("python must be a str or a path-like object that gives a str"));
    }
    os_path(py, intern!(py, "abspath"), (path,))?.extract()
}

fn find(python: &Bound<'_, PyAny>, wanted: OsString) -> PyResult<Found> {
    let py = python.py();
    // The usual case needs neither PATH nor a way to be interrupted.
    if let Some(known) = py.detach(|| known(Path::new(&wanted))) {
        return Ok(Found::Other(known));
    }
    let running = match platform(py)? {
        Platform::Posix => running::base(py)?,
        Platform::Nt => Arc::new(running::base_for_launchers(py)?),
    };
    let environ = os(py)?.getattr(intern!(py, "environ"))?;
    let path: Option<OsString> = environ.call_method1(intern!(py, "get"), ("PATH",))?.extract()?;
    let search = search(&running, path.as_deref());
    detached(py, |signals| search.find(&wanted, signals))
}

/// Where to look for interpreters. Their answers are kept in this process.
pub fn search<'a>(running: &'a Base, path: Option<&'a OsStr>) -> Search<'a> {
    Search { running: Some(running), platform: running.platform, path, ask: &kept }
}

/// Asks the package `python-discovery`, if it is installed.
fn discover(python: &Bound<'_, PyAny>, why: &str) -> PyResult<Arc<Interpreter>> {
    let py = python.py();
    let found = py.import("fastvenv._discovery")?.call_method1("find", (python, why))?;
    match find(python, found.extract::<PathBuf>()?.into_os_string())? {
        Found::Other(interpreter) => Ok(interpreter),
        // A path leads to an interpreter or to an error.
        Found::Running | Found::Nothing(_) => Err(PyValueError::new_err(why.to_owned())),
    }
}

/// The base interpreter, as far as it is known without an import: see [`running::base`].
pub fn base(builder: &Bound<'_, PyAny>) -> PyResult<Arc<Base>> {
    other(builder)?.map_or_else(|| running::base(builder.py()), Ok)
}

/// [`base`] with its scheme.
pub fn base_with_scheme(builder: &Bound<'_, PyAny>) -> PyResult<Base> {
    whole(builder, running::base_with_scheme)
}

/// [`base`] with everything that pip depends on.
pub fn base_for_pip(builder: &Bound<'_, PyAny>) -> PyResult<Base> {
    whole(builder, running::base_for_pip)
}

/// [`base`] with the values that only Windows needs.
pub fn base_for_launchers(builder: &Bound<'_, PyAny>) -> PyResult<Base> {
    whole(builder, running::base_for_launchers)
}

/// Another interpreter told everything at once; the running one is read as far as necessary.
fn whole(builder: &Bound<'_, PyAny>, read: impl FnOnce(Python<'_>) -> PyResult<Base>) -> PyResult<Base> {
    other(builder)?.map_or_else(|| read(builder.py()), |base| Ok(Arc::unwrap_or_clone(base)))
}

/// Reports whether it is another interpreter than the running one.
pub fn is_other(builder: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(other(builder)?.is_some())
}

/// The interpreter for the builder's stages, unless it is the running one.
fn other(builder: &Bound<'_, PyAny>) -> PyResult<Option<Arc<Base>>> {
    let address = builder.as_ptr() as usize;
    let known = CREATING.with_borrow(|creating| {
        creating.iter().rfind(|(builder, _)| *builder == address).map(|(_, base)| base.clone())
    });
    if let Some(base) = known {
        return Ok(base);
    }
    let Some(found) = interpreter(builder)? else { return Ok(None) };
    match found.obstacle(platform(builder.py())?) {
        Some(why) => {
            Err(PyValueError::new_err(format!("{why}, so only its own venv can create environments.")))
        }
        None => Ok(Some(Arc::clone(&found.base))),
    }
}
