//! The context that stages share: a `types.SimpleNamespace`, or a subclass's replacement for it.

use std::path::{Path, PathBuf};

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString, PyType};

use super::modules::{os, sys};

/// A context as a stage sees it. Attributes are read when a stage runs and never kept: subclasses change them
/// between stages.
pub struct Context<'a, 'py>(pub &'a Bound<'py, PyAny>);

impl<'py> Context<'_, 'py> {
    /// The attribute as a path.
    pub fn path(&self, name: &Bound<'py, PyString>) -> PyResult<PathBuf> {
        self.0.getattr(name)?.extract()
    }

    /// The attribute as it is.
    pub fn get(&self, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        self.0.getattr(name)
    }

    /// The attribute's text as bytes, which also works for a name that isn't UTF-8.
    pub fn bytes(&self, name: &Bound<'py, PyString>) -> PyResult<Vec<u8>> {
        encoded(&self.0.getattr(name)?)
    }

    /// Sets the attribute to a path's text.
    pub fn set_path(&self, name: &Bound<'py, PyString>, path: &Path) -> PyResult<()> {
        self.0.setattr(name, path_text(self.0.py(), path)?)
    }
}

/// A new, empty context. The class is taken from `sys`, since `types` is not loaded in a bare interpreter.
pub fn new_context(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    plain_class(py)?.call0()
}

/// Reports whether it is a plain context, as from [`new_context`], whose attributes have no behaviour of their own.
pub fn is_namespace(context: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(context.get_type().is(plain_class(context.py())?))
}

/// `types.SimpleNamespace`.
fn plain_class(py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
    Ok(sys(py, intern!(py, "implementation"))?.get_type())
}

/// The path as a Python `str`, as from `os.fsdecode`.
///
/// pyo3 alone would decode UTF-8 as such. Where Python's file system encoding is ASCII, Python could not turn that text
/// back into a path.
pub fn path_text<'py>(py: Python<'py>, path: &Path) -> PyResult<Bound<'py, PyString>> {
    let text = path.as_os_str();
    if cfg!(windows) || text.is_ascii() {
        return Ok(text.into_pyobject(py)?);
    }
    let bytes = PyBytes::new(py, text.as_encoded_bytes());
    Ok(os(py)?.call_method1(intern!(py, "fsdecode"), (bytes,))?.cast_into()?)
}

/// The UTF-8 bytes of a `str`. Bytes that `os.fsdecode` hid in surrogates are restored (PEP 383).
pub fn encoded(text: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    let text = text.cast::<PyString>()?;
    if let Ok(plain) = text.to_str() {
        return Ok(plain.as_bytes().to_vec());
    }
    text.call_method1("encode", ("utf-8", "surrogateescape"))?.extract()
}

/// The reverse of [`encoded`].
pub fn decoded<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(PyString::new(py, text).into_any()),
        Err(_) => PyBytes::new(py, bytes).call_method1("decode", ("utf-8", "surrogateescape")),
    }
}
