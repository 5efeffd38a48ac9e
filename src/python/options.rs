//! The documented attributes of a builder, read when they are needed.

use pyo3::exceptions::PyAttributeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::environment::config::Options;

/// The truth of an attribute.
pub fn is_set<'py>(builder: &Bound<'py, PyAny>, name: &Bound<'py, PyString>) -> PyResult<bool> {
    builder.getattr(name)?.is_truthy()
}

/// An attribute that only newer Pythons have. A subclass that was written for an older Python and never calls
/// `super().__init__()` lacks it, and expects the behaviour of that time.
pub fn younger<'py>(
    builder: &Bound<'py, PyAny>,
    name: &Bound<'py, PyString>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    match builder.getattr(name) {
        Ok(value) => Ok((!value.is_none()).then_some(value)),
        Err(error) if error.is_instance_of::<PyAttributeError>(builder.py()) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The truth of such an attribute.
pub fn younger_is_set<'py>(builder: &Bound<'py, PyAny>, name: &Bound<'py, PyString>) -> PyResult<bool> {
    younger(builder, name)?.map_or(Ok(false), |value| value.is_truthy())
}

/// The options that `pyvenv.cfg` records.
pub fn options(builder: &Bound<'_, PyAny>) -> PyResult<Options> {
    let py = builder.py();
    Ok(Options {
        symlinks: is_set(builder, intern!(py, "symlinks"))?,
        with_pip: is_set(builder, intern!(py, "with_pip"))?,
        system_site_packages: is_set(builder, intern!(py, "system_site_packages"))?,
        clear: is_set(builder, intern!(py, "clear"))?,
        upgrade: is_set(builder, intern!(py, "upgrade"))?,
        upgrade_deps: younger_is_set(builder, intern!(py, "upgrade_deps"))?,
        prompt: younger(builder, intern!(py, "orig_prompt"))?
            .map(|prompt| shown(&prompt.str()?))
            .transpose()?,
        scm_ignore_files: younger_is_set(builder, intern!(py, "scm_ignore_files"))?,
    })
}

/// Python's `repr` of `builder.prompt`, if it has one.
pub fn prompt_repr(builder: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let prompt = builder.getattr(intern!(builder.py(), "prompt"))?;
    if prompt.is_none() { Ok(None) } else { shown(&prompt.repr()?).map(Some) }
}

/// The text for display, with surrogates escaped.
fn shown(text: &Bound<'_, PyString>) -> PyResult<String> {
    match text.to_str() {
        Ok(plain) => Ok(plain.to_owned()),
        Err(_) => {
            let bytes: Vec<u8> = text.call_method1("encode", ("utf-8", "backslashreplace"))?.extract()?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
    }
}
