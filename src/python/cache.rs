//! The functions behind `python -m fastvenv.cache`.

use std::path::PathBuf;

use pyo3::prelude::*;

use super::context::path_text;
use super::errors::guarded;
use super::seeding::variables;
use crate::seed::cache::{Usage, clean, usage};

/// Return the directory of the cache, or None if there is no place for one.
#[pyfunction]
pub fn cache_dir(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    guarded(|| {
        let Some(directory) = variables(py)?.cache_directory() else { return Ok(None) };
        let path = py.import("pathlib")?.getattr("Path")?;
        path.call1((path_text(py, &directory)?,)).map(Some)
    })
}

/// Return the content of the cache in a directory: the numbers of images and files, and the files' size in bytes.
///
/// :param path: The directory; a missing one counts as empty.
/// :raises OSError: if it can't be read.
/// :raises ValueError: if fastvenv didn't make it.
#[pyfunction]
pub fn cache_usage(py: Python<'_>, path: PathBuf) -> PyResult<(usize, u64, u64)> {
    guarded(|| Ok(counts(py.detach(|| usage(&path))?)))
}

/// Remove everything from the cache in a directory.
///
/// :param path: The directory; files that fastvenv didn't put there stay.
/// :returns: The removed content, in the form of `cache_usage`.
/// :raises OSError: if it can't be removed.
/// :raises ValueError: if fastvenv didn't make it; nothing is removed then.
#[pyfunction]
pub fn clean_cache(py: Python<'_>, path: PathBuf) -> PyResult<(usize, u64, u64)> {
    guarded(|| Ok(counts(py.detach(|| clean(&path))?)))
}

fn counts(usage: Usage) -> (usize, u64, u64) {
    (usage.images, usage.files, usage.bytes)
}
