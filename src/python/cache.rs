//! What `python -m fastvenv.cache` is built on.

use std::path::PathBuf;

use pyo3::prelude::*;

use super::context::path_text;
use super::errors::guarded;
use super::seeding::variables;
use crate::seed::cache::{Usage, clean, usage};

/// The directory of the cache, or None if there is no place for one.
#[pyfunction]
pub fn cache_dir(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    guarded(|| {
        let Some(directory) = variables(py)?.cache_directory() else { return Ok(None) };
        let path = py.import("pathlib")?.getattr("Path")?;
        path.call1((path_text(py, &directory)?,)).map(Some)
    })
}

/// What the cache in a directory holds: the numbers of images and files, and the files' size in bytes.
///
/// :param path: The directory; a missing one holds nothing.
/// :raises OSError: if it can't be read.
/// :raises ValueError: if fastvenv didn't make it.
#[pyfunction]
pub fn cache_usage(py: Python<'_>, path: PathBuf) -> PyResult<(usize, u64, u64)> {
    guarded(|| Ok(counts(py.detach(|| usage(&path))?)))
}

/// Remove all that the cache in a directory holds.
///
/// :param path: The directory; what fastvenv didn't put there stays.
/// :returns: What was removed, as `cache_usage` tells it.
/// :raises OSError: if it can't be removed.
/// :raises ValueError: if fastvenv didn't make it; nothing is removed then.
#[pyfunction]
pub fn clean_cache(py: Python<'_>, path: PathBuf) -> PyResult<(usize, u64, u64)> {
    guarded(|| Ok(counts(py.detach(|| clean(&path))?)))
}

fn counts(usage: Usage) -> (usize, u64, u64) {
    (usage.images, usage.files, usage.bytes)
}
