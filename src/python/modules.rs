//! Access to modules of the running interpreter.

use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

use crate::base::Platform;

static SYS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
static OS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();

/// The module, looked up only once, since an import takes longer than most of the system calls around it.
fn once<'py>(
    py: Python<'py>,
    cell: &'static PyOnceLock<Py<PyModule>>,
    name: &str,
) -> PyResult<&'py Bound<'py, PyModule>> {
    Ok(cell.get_or_try_init(py, || py.import(name).map(Bound::unbind))?.bind(py))
}

/// `sys.<name>`.
pub fn sys<'py>(py: Python<'py>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
    once(py, &SYS, "sys")?.getattr(name)
}

/// The module `os`.
pub fn os(py: Python<'_>) -> PyResult<&Bound<'_, PyModule>> {
    once(py, &OS, "os")
}

/// `os.path.<name>(*args)`.
pub fn os_path<'py>(
    py: Python<'py>,
    name: &Bound<'py, PyString>,
    args: impl pyo3::call::PyCallArgs<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    os(py)?.getattr(intern!(py, "path"))?.getattr(name)?.call1(args)
}

/// `os.name` as a value.
pub fn platform(py: Python<'_>) -> PyResult<Platform> {
    let name = os(py)?.getattr(intern!(py, "name"))?;
    Ok(if name.eq(intern!(py, "nt"))? { Platform::Nt } else { Platform::Posix })
}

/// The value, or `None` for an `Exception`. Other exceptions, such as an interrupt, are never swallowed.
pub fn tolerated<T>(py: Python<'_>, done: PyResult<T>) -> PyResult<Option<T>> {
    match done {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_instance_of::<PyException>(py) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The module, if this process has imported it. If another thread is importing it, this call waits for the end.
pub fn loaded<'py>(py: Python<'py>, module: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let found = sys(py, intern!(py, "modules"))?.call_method1(intern!(py, "get"), (module,))?;
    if found.is_none() {
        return Ok(None);
    }
    // `import` checks this flag too, but only after more expensive work that is wasted once the import has finished.
    let spec = found.getattr(intern!(py, "__spec__"));
    let initializing = spec.and_then(|spec| spec.getattr(intern!(py, "_initializing"))?.is_truthy());
    if tolerated(py, initializing)?.unwrap_or_default() {
        return Ok(Some(py.import(module)?.into_any()));
    }
    Ok(Some(found))
}
