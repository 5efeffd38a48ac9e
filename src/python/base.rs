//! The running interpreter as a [`Base`]. It is read from `sys`, `os` and `sysconfig` at every use, since programs and
//! tests change them. Nothing is imported or read that the caller doesn't need.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use pyo3::exceptions::PyImportError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::context::path_text;
use super::modules::{os, os_path, platform, sys};
use super::scheme;
use crate::base::{Base, Build, Platform, Scheme, Version};

/// The objects that a [`Base`] was made from. While they are the same objects, the value stays the same.
struct Known {
    read: Vec<Py<PyAny>>,
    base: Arc<Base>,
}

static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

/// The interpreter, as far as it is known without an import. The scheme is CPython's own, and `wheel_pkg_dir` and
/// `build` are left out.
pub fn base(py: Python<'_>) -> PyResult<Arc<Base>> {
    let read = read(py)?;
    // This must not wait: after a fork, the thread that holds the lock may not exist.
    let mut known = KNOWN.try_lock();
    if let Ok(Some(known)) = known.as_deref()
        && known.read.len() == read.len()
        && known.read.iter().zip(&read).all(|(old, new)| old.is(new))
    {
        return Ok(Arc::clone(&known.base));
    }
    let base = Arc::new(make(py)?);
    // The directory of a relative path changes with the current directory.
    if base.executable.is_absolute()
        && let Ok(known) = known.as_deref_mut()
    {
        let read = read.into_iter().map(Bound::unbind).collect();
        *known = Some(Known { read, base: Arc::clone(&base) });
    }
    Ok(base)
}

/// [`base`] with the current scheme.
pub fn base_with_scheme(py: Python<'_>) -> PyResult<Base> {
    let base = base(py)?;
    let scheme = scheme::scheme(py, &base)?;
    Ok(Base { scheme, ..Arc::unwrap_or_clone(base) })
}

/// [`base`] with everything that pip depends on.
pub fn base_for_pip(py: Python<'_>) -> PyResult<Base> {
    let base = match platform(py)? {
        Platform::Posix => base_with_scheme(py)?,
        Platform::Nt => Base { build: build(py)?, ..base_with_scheme(py)? },
    };
    Ok(Base { wheel_pkg_dir: wheel_pkg_dir(py)?, ..base })
}

/// [`base`] with the values that only Windows needs, where they decide which launchers an environment gets.
pub fn base_for_launchers(py: Python<'_>) -> PyResult<Base> {
    Ok(Base { build: build(py)?, ..Arc::unwrap_or_clone(base(py)?) })
}

fn build(py: Python<'_>) -> PyResult<Build> {
    let sysconfig = py.import(intern!(py, "sysconfig"))?;
    let no_gil = sysconfig.call_method1(intern!(py, "get_config_var"), ("Py_GIL_DISABLED",))?;
    let version: String = sys(py, intern!(py, "version"))?.extract()?;
    Ok(Build {
        is_tree: sysconfig.call_method0(intern!(py, "is_python_build"))?.is_truthy()?,
        free_threaded: no_gil.is_truthy()?,
        arm64: version.to_lowercase().contains("(arm64)"),
    })
}

/// All objects that [`make`] reads. Each of them is immutable.
fn read(py: Python<'_>) -> PyResult<Vec<Bound<'_, PyAny>>> {
    let implementation = sys(py, intern!(py, "implementation"))?;
    let mut read = vec![
        os(py)?.getattr(intern!(py, "name"))?,
        os(py)?.getattr(intern!(py, "__file__"))?,
        sys(py, intern!(py, "version_info"))?,
        sys(py, intern!(py, "platform"))?,
        sys(py, intern!(py, "maxsize"))?,
        sys(py, intern!(py, "platlibdir"))?,
        sys(py, intern!(py, "executable"))?,
        sys(py, intern!(py, "_base_executable"))?,
        sys(py, intern!(py, "base_prefix"))?,
        implementation.getattr(intern!(py, "name"))?,
        implementation.getattr(intern!(py, "cache_tag"))?,
    ];
    // Windows has no abiflags before 3.14.
    read.extend(sys(py, intern!(py, "abiflags")));
    Ok(read)
}

fn make(py: Python<'_>) -> PyResult<Base> {
    let version = sys(py, intern!(py, "version_info"))?.cast_into::<PyTuple>()?;
    let encoding = sys(py, intern!(py, "getfilesystemencoding"))?.call0()?;
    let implementation = sys(py, intern!(py, "implementation"))?;
    let path = |name| sys(py, name)?.extract::<Option<PathBuf>>().map(Option::unwrap_or_default);
    let executable = path(intern!(py, "_base_executable"))?;
    let text = path_text(py, &executable)?;
    let absolute: PathBuf = os_path(py, intern!(py, "abspath"), (text,))?.extract()?;
    let os_module: PathBuf = os(py)?.getattr(intern!(py, "__file__"))?.extract()?;
    let parent = |path: &Path| path.parent().unwrap_or(Path::new("")).to_owned();
    let machinery = py.import(intern!(py, "_frozen_importlib_external"))?;
    Ok(Base {
        platform: platform(py)?,
        version: Version {
            major: version.get_item(0)?.extract()?,
            minor: version.get_item(1)?.extract()?,
            micro: version.get_item(2)?.extract()?,
        },
        is_cpython: implementation.getattr(intern!(py, "name"))?.eq(intern!(py, "cpython"))?,
        macos: sys(py, intern!(py, "platform"))?.eq(intern!(py, "darwin"))?,
        is_64bit: sys(py, intern!(py, "maxsize"))?.gt(1_i64 << 32)?,
        utf8_file_names: encoding.eq(intern!(py, "utf-8"))?,
        abiflags: sys(py, intern!(py, "abiflags")).and_then(|flags| flags.extract()).unwrap_or_default(),
        platlibdir: sys(py, intern!(py, "platlibdir"))?.extract()?,
        scheme: Scheme::Own,
        running: path(intern!(py, "executable"))?,
        home: parent(&absolute),
        executable,
        prefix: path(intern!(py, "base_prefix"))?,
        library: parent(&os_module),
        cache_tag: implementation.getattr(intern!(py, "cache_tag"))?.extract()?,
        magic: machinery.getattr(intern!(py, "MAGIC_NUMBER"))?.extract()?,
        wheel_pkg_dir: None,
        build: Build::default(),
    })
}

/// `sysconfig.get_config_var("WHEEL_PKG_DIR")`: the directory where a distribution keeps the wheels of `ensurepip`, if
/// it has moved them.
///
/// The variable is read from the one module that `sysconfig` would load; a full `sysconfig` takes four times as long.
fn wheel_pkg_dir(py: Python<'_>) -> PyResult<Option<PathBuf>> {
    let redirected = os(py)?.getattr(intern!(py, "environ"))?.contains("_PYTHON_SYSCONFIGDATA_NAME")?;
    let name = intern!(py, "WHEEL_PKG_DIR");
    let value = match py.import(sysconfig_data(py)?.as_str()) {
        Ok(data) if !redirected => {
            data.getattr("build_time_vars")?.call_method1(intern!(py, "get"), (name,))?
        }
        // An interrupt, or the exception of another signal's handler, doesn't mean that the module is missing.
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
    let platform = sys(py, intern!(py, "platform"))?.extract::<String>()?;
    let abiflags = &base(py)?.abiflags;
    Ok(format!("_sysconfigdata_{abiflags}_{platform}_{}", multiarch.unwrap_or_default()))
}
