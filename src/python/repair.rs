//! The functions behind `python -m fastvenv.repair`.

use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::intern;
use pyo3::prelude::*;

use super::base::base_with_scheme;
use super::check::{Plain, host, plain};
use super::child::package_dir;
use super::chosen::{path_of, search};
use super::errors::guarded;
use super::modules::os;
use super::seeding::variables;
use super::signals::detached;
use crate::repair::{Repair, Report, requirements_of};

/// A report in plain values: what was done, what is left, what is wrong, the commands, the requirements.
type PlainReport<'py> = (Vec<String>, Vec<String>, Vec<Plain<'py>>, Vec<String>, Vec<String>);

/// Repair the environment in a directory.
///
/// :param path: The directory.
/// :param python: The base interpreter to use, as for `EnvBuilder`.
/// :param dry_run: Change nothing.
/// :returns: What was done, what is left, what is wrong, the commands that recreate it, and what was requested.
/// :raises OSError: if a file can't be read or written.
/// :raises ValueError: if there is no environment, or if `python` doesn't fit it.
#[pyfunction]
pub fn repair_environment<'py>(
    py: Python<'py>,
    path: PathBuf,
    python: Option<Bound<'py, PyAny>>,
    dry_run: bool,
) -> PyResult<PlainReport<'py>> {
    guarded(|| {
        let python = python.as_ref().map(path_of).transpose()?;
        let running = base_with_scheme(py)?;
        let environ = os(py)?.getattr(intern!(py, "environ"))?;
        let search_path: Option<OsString> = environ.call_method1(intern!(py, "get"), ("PATH",))?.extract()?;
        let (package, variables) = (package_dir(py)?, variables(py)?);
        let cache_directory = variables.cache_directory();
        let repair = Repair {
            directory: &path,
            python: python.as_deref(),
            running: &running,
            search: search(&running, search_path.as_deref()),
            host: &host(),
            package: &package,
            variables: &variables,
            cache_directory: cache_directory.as_deref(),
        };
        let Report { done, left, wrong, commands, requirements } =
            detached(py, |signals| repair.run(dry_run, signals))?;
        let wrong = wrong.into_iter().map(|finding| plain(py, finding)).collect::<PyResult<_>>()?;
        Ok((done, left, wrong, commands, requirements))
    })
}

/// Return what was requested in an environment, as lines for `pip install -r`.
///
/// :param path: The directory.
/// :raises OSError: if the directory can't be read.
/// :raises ValueError: if there is no environment.
#[pyfunction]
pub fn environment_requirements(py: Python<'_>, path: PathBuf) -> PyResult<Vec<String>> {
    guarded(|| Ok(py.detach(|| requirements_of(&path))?))
}
