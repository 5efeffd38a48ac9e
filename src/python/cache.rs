//! What `python -m fastvenv.cache` is built on.

use std::path::PathBuf;

use pyo3::prelude::*;

use super::context::path_text;
use super::errors::guarded;
use super::seeding::variables;
use crate::seed::cache::{Usage, clean, usage};

/// The folder of the cache, or None if there is no place for one.
#[pyfunction]
pub fn cache_dir(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    guarded(|| {
        let Some(folder) = variables(py)?.cache_folder() else { return Ok(None) };
        let path = py.import("pathlib")?.getattr("Path")?;
        path.call1((path_text(py, &folder)?,)).map(Some)
    })
}

/// What the cache in a folder holds: the numbers of images and files, and the files' size in bytes.
///
/// :param path: The folder; a missing one holds nothing.
/// :raises OSError: if it can't be read.
/// :raises ValueError: if fastvenv didn't make it.
#[pyfunction]
pub fn cache_usage(py: Python<'_>, path: PathBuf) -> PyResult<(usize, u64, u64)> {
    guarded(|| Ok(told(py.detach(|| usage(&path))?)))
}

/// Remove all that the cache in a folder holds.
///
/// :param path: The folder; what fastvenv didn't put there stays.
/// :returns: What was removed, as `cache_usage` tells it.
/// :raises OSError: if it can't be removed.
/// :raises ValueError: if fastvenv didn't make it; nothing is removed then.
#[pyfunction]
pub fn clean_cache(py: Python<'_>, path: PathBuf) -> PyResult<(usize, u64, u64)> {
    guarded(|| Ok(told(py.detach(|| clean(&path))?)))
}

fn told(usage: Usage) -> (usize, u64, u64) {
    (usage.images, usage.files, usage.bytes)
}
