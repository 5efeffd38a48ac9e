//! What the core must know of the running interpreter, read from `sys`, `os` and `sysconfig` at every use: programs
//! and tests do change them.

use std::path::{Path, PathBuf};

use pyo3::exceptions::{PyException, PyImportError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple};

use crate::base::{Base, Platform, Version};

static SYS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
static OS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();

/// The module, looked up once: an import statement takes longer than most of the system calls around it.
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

/// The facts of the running interpreter.
pub fn base(py: Python<'_>) -> PyResult<Base> {
    let version = sys(py, intern!(py, "version_info"))?.cast_into::<PyTuple>()?;
    let encoding = sys(py, intern!(py, "getfilesystemencoding"))?.call0()?;
    Ok(Base {
        platform: platform(py)?,
        version: Version {
            major: version.get_item(0)?.extract()?,
            minor: version.get_item(1)?.extract()?,
            micro: version.get_item(2)?.extract()?,
        },
        macos: sys(py, intern!(py, "platform"))?.eq(intern!(py, "darwin"))?,
        is_64bit: sys(py, intern!(py, "maxsize"))?.gt(1_i64 << 32)?,
        utf8_file_names: encoding.eq(intern!(py, "utf-8"))?,
        // Windows has no abiflags before 3.14.
        abiflags: sys(py, intern!(py, "abiflags")).and_then(|flags| flags.extract()).unwrap_or_default(),
        platlibdir: sys(py, intern!(py, "platlibdir"))?.extract()?,
    })
}

/// `sys._base_executable`: the interpreter that stands in no environment. It is a ValueError if Python can't tell.
pub fn base_executable(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let executable = sys(py, intern!(py, "_base_executable"))?;
    if executable.is_truthy()? {
        return Ok(executable);
    }
    Err(PyValueError::new_err(
        "Unable to determine path to the running Python interpreter. Provide an explicit path or \
         check that your PATH environment variable is correctly set.",
    ))
}

/// The value, or `None` for an `Exception`. What isn't one, like an interrupt, is never swallowed.
pub fn tolerated<T>(py: Python<'_>, done: PyResult<T>) -> PyResult<Option<T>> {
    match done {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_instance_of::<PyException>(py) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The module, if it has been imported in this process. One that another thread is importing is waited for.
pub fn loaded<'py>(py: Python<'py>, module: &Bound<'py, PyString>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let found = sys(py, intern!(py, "modules"))?.call_method1(intern!(py, "get"), (module,))?;
    if found.is_none() {
        return Ok(None);
    }
    // What an import statement looks at too, after work that is for nothing where the import has ended.
    let spec = found.getattr(intern!(py, "__spec__"));
    let initializing = spec.and_then(|spec| spec.getattr(intern!(py, "_initializing"))?.is_truthy());
    if tolerated(py, initializing)?.unwrap_or_default() {
        return Ok(Some(py.import(module)?.into_any()));
    }
    Ok(Some(found))
}

/// Whether `sys.implementation` says so.
pub fn is_cpython(py: Python<'_>) -> PyResult<bool> {
    sys(py, intern!(py, "implementation"))?.getattr(intern!(py, "name"))?.eq(intern!(py, "cpython"))
}

/// `sysconfig.is_python_build()`: whether the interpreter runs from the tree that it was built in.
pub fn is_python_build(py: Python<'_>) -> PyResult<bool> {
    py.import(intern!(py, "sysconfig"))?.call_method0(intern!(py, "is_python_build"))?.is_truthy()
}

/// Whether the build has no GIL (PEP 703).
pub fn is_free_threaded(py: Python<'_>) -> PyResult<bool> {
    let sysconfig = py.import(intern!(py, "sysconfig"))?;
    sysconfig.call_method1(intern!(py, "get_config_var"), ("Py_GIL_DISABLED",))?.is_truthy()
}

/// The folder of the interpreter's own library: that of `os`.
fn library(py: Python<'_>) -> PyResult<PathBuf> {
    let module: PathBuf = os(py)?.getattr(intern!(py, "__file__"))?.extract()?;
    Ok(module.parent().unwrap_or(Path::new("")).to_owned())
}

/// Where Windows' interpreters keep the launchers for environments.
pub fn launchers_dir(py: Python<'_>) -> PyResult<PathBuf> {
    Ok(library(py)?.join("venv").join("scripts").join("nt"))
}

/// The folder of the package `ensurepip`.
pub fn ensurepip_dir(py: Python<'_>) -> PyResult<PathBuf> {
    Ok(library(py)?.join("ensurepip"))
}

/// Whether this Python has `ensurepip`, which distributions may have taken out.
pub fn has_ensurepip(py: Python<'_>) -> PyResult<bool> {
    Ok(crate::fs::exists(&ensurepip_dir(py)?.join("__main__.py")))
}

/// `sysconfig.get_config_var("WHEEL_PKG_DIR")`: where distributions keep the wheels of `ensurepip`, if they moved them.
///
/// The variable is a line of the module that `sysconfig` would load; to load all of that takes four times as long.
pub fn wheel_pkg_dir(py: Python<'_>) -> PyResult<Option<PathBuf>> {
    let redirected = os(py)?.getattr(intern!(py, "environ"))?.contains("_PYTHON_SYSCONFIGDATA_NAME")?;
    let name = intern!(py, "WHEEL_PKG_DIR");
    let value = match py.import(sysconfig_data(py)?.as_str()) {
        Ok(data) if !redirected => {
            data.getattr("build_time_vars")?.call_method1(intern!(py, "get"), (name,))?
        }
        // An interrupt, or what another signal's handler raises, doesn't mean that the module isn't there.
        Err(error) if !error.is_instance_of::<PyImportError>(py) => return Err(error),
        _ => py.import(intern!(py, "sysconfig"))?.call_method1(intern!(py, "get_config_var"), (name,))?,
    };
    if value.is_truthy()? { Ok(Some(value.extract()?)) } else { Ok(None) }
}

/// The name of the module with the variables that Python was built with.
fn sysconfig_data(py: Python<'_>) -> PyResult<String> {
    let multiarch = sys(py, intern!(py, "implementation"))?
        .getattr("_multiarch")
        .and_then(|name| name.extract::<String>());
    let (abiflags, platform) = (base(py)?.abiflags, sys(py, intern!(py, "platform"))?.extract::<String>()?);
    Ok(format!("_sysconfigdata_{abiflags}_{platform}_{}", multiarch.unwrap_or_default()))
}
