//! Logs each step and its time to the logger `fastvenv` at DEBUG.

use std::ffi::OsString;
use std::time::Instant;

use pyo3::intern;
use pyo3::prelude::*;

use super::modules;
use crate::create::timing::took;
use crate::observer::asks_for_records;

/// `logging.DEBUG`.
const DEBUG: u8 = 10;

/// Times stages if the logger is enabled for DEBUG; otherwise only calls them.
pub struct Stopwatch {
    runs: bool,
}

impl Stopwatch {
    /// Asks the logger once per environment, because asking for each record takes longer than some stages.
    ///
    /// # Errors
    /// [`crate::error::Error::Refused`] if `FASTVENV_LOG` has an unknown value.
    pub fn new(py: Python<'_>) -> PyResult<Self> {
        heed_variable(py)?;
        let Some(logging) = modules::loaded(py, intern!(py, "logging"))? else {
            return Ok(Self { runs: false });
        };
        let logger = logging.call_method1(intern!(py, "getLogger"), ("fastvenv",))?;
        let runs = logger.call_method1(intern!(py, "isEnabledFor"), (DEBUG,))?.is_truthy()?;
        Ok(Self { runs })
    }

    /// Logs the result of `message`.
    pub fn tell(&self, message: impl FnOnce() -> String) {
        if self.runs {
            log::debug!(target: "fastvenv", "{}", message());
        }
    }

    /// Calls `stage` and logs how many milliseconds it took, whether it succeeded or failed.
    pub fn time<T, E>(&self, name: &str, stage: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        if !self.runs {
            return stage();
        }
        let began = Instant::now();
        let done = stage();
        log::debug!(target: "fastvenv", "{}", took(name, done.is_ok(), began.elapsed()));
        done
    }
}

/// `FASTVENV_LOG=debug` shows the records on stderr.
///
/// It is read from `os.environ`: `getenv` would race with another thread that changes the environment.
fn heed_variable(py: Python<'_>) -> PyResult<()> {
    let environ = modules::os(py)?.getattr(intern!(py, "environ"))?;
    let value = environ.call_method1(intern!(py, "get"), (intern!(py, "FASTVENV_LOG"),))?;
    if asks_for_records(value.extract::<Option<OsString>>()?.as_deref())? {
        py.import("fastvenv._log")?.call_method0("show_debug")?;
    }
    Ok(())
}
