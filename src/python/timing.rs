//! What is done and how long each stage takes, told to whoever listens to the logger `fastvenv` at DEBUG.

use std::time::Instant;

use pyo3::intern;
use pyo3::prelude::*;

use super::facts;
use crate::error::Error;

/// `logging.DEBUG`.
const DEBUG: u8 = 10;

/// Times stages if somebody listens, and only calls them otherwise.
pub struct Stopwatch {
    runs: bool,
}

impl Stopwatch {
    /// Asks once for a whole environment: to ask for each record takes longer than some stages.
    ///
    /// # Errors
    /// [`Error::Refused`] if `FASTVENV_LOG` has a value that means nothing.
    pub fn new(py: Python<'_>) -> PyResult<Self> {
        heed_variable(py)?;
        let Some(logging) = facts::loaded(py, intern!(py, "logging"))? else {
            return Ok(Self { runs: false });
        };
        let logger = logging.call_method1(intern!(py, "getLogger"), ("fastvenv",))?;
        let runs = logger.call_method1(intern!(py, "isEnabledFor"), (DEBUG,))?.is_truthy()?;
        Ok(Self { runs })
    }

    /// Logs what `message` gives.
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
        let milliseconds = began.elapsed().as_secs_f64() * 1e3;
        let how = if done.is_ok() { "took" } else { "failed after" };
        log::debug!(target: "fastvenv", "{name} {how} {milliseconds:.2} ms");
        done
    }
}

/// `FASTVENV_LOG=debug` shows the records on stderr.
///
/// The variable is read past `os.environ`, which passes every change on to the system but takes 2 µs to say that it
/// has no such key. The GIL, which is held here, keeps Python from changing it meanwhile; a free-threaded Python has
/// none, and there it is as unwise as in C to change the environment while other threads work.
fn heed_variable(py: Python<'_>) -> PyResult<()> {
    match std::env::var_os("FASTVENV_LOG") {
        None => Ok(()),
        Some(value) if value.is_empty() => Ok(()),
        Some(value) if value == "debug" => py.import("fastvenv._log")?.call_method0("show_debug").map(drop),
        Some(value) => {
            let message = format!("FASTVENV_LOG is {value:?}, not debug: correct the variable or unset it");
            Err(Error::Refused(message).into())
        }
    }
}
