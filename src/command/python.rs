//! The Python that environments are for.

use std::ffi::OsStr;
use std::sync::Arc;

use crate::base::{Interpreter, query};
use crate::error::{Error, Result};
use crate::observer::Observer;

/// The Python that was asked for, or the default.
///
/// # Errors
/// [`Error::Refused`] if there is none that works; [`Error::Interrupted`].
pub fn interpreter(wanted: Option<&OsStr>, observer: &mut dyn Observer) -> Result<Arc<Interpreter>> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let name = wanted.unwrap_or(OsStr::new("python3"));
    let found = std::env::split_paths(&path).map(|at| at.join(name)).find(|path| path.is_file());
    let found = found.ok_or_else(|| Error::Refused("there is no Python in PATH".to_owned()))?;
    query(&found, observer).map(Arc::new)
}
