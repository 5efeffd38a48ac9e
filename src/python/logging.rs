//! Records to the logger `fastvenv`, through pyo3-log, without importing `logging` before it is needed.

use std::sync::OnceLock;

use log::{Level, LevelFilter, Log, Metadata, Record};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3_log::{Caching, Logger};

use super::facts::loaded;

/// Hands records to Python's `logging` once that is loaded, and loads it for a WARNING or worse: its import takes
/// 13 ms, and a process that has not imported it can't have asked for our DEBUG records.
struct LazyLogger {
    inner: OnceLock<Option<Logger>>,
}

static LOGGER: LazyLogger = LazyLogger { inner: OnceLock::new() };

/// Makes ours the process-wide logger of this extension module; its statics are shared with no other.
pub fn install() {
    if log::set_logger(&LOGGER).is_ok() {
        log::set_max_level(LevelFilter::Debug);
    }
}

impl LazyLogger {
    /// Levels are not cached: `caplog` and `assertLogs` change them as they please.
    fn inner(&self) -> Option<&Logger> {
        let make = || Python::attach(|py| Logger::new(py, Caching::Loggers).ok());
        self.inner.get_or_init(make).as_ref()
    }
}

/// pyo3-log leaves what a handler raises pending, where the next call of Python would stumble over it. An interrupt
/// is raised again at Python's next look; anything else is reported as what nobody can catch.
fn settle(py: Python<'_>) {
    let Some(error) = PyErr::take(py) else { return };
    if error.is_instance_of::<PyKeyboardInterrupt>(py) {
        // SAFETY: the GIL is held, and the function takes nothing.
        unsafe { pyo3::ffi::PyErr_SetInterrupt() };
    } else {
        error.write_unraisable(py, None);
    }
}

impl Log for LazyLogger {
    fn enabled(&self, metadata: &Metadata) -> bool {
        metadata.level() <= Level::Warn
            || Python::attach(|py| matches!(loaded(py, intern!(py, "logging")), Ok(Some(_))))
    }

    fn log(&self, record: &Record) {
        if !self.enabled(record.metadata()) {
            return;
        }
        if let Some(logger) = self.inner() {
            logger.log(record);
            Python::attach(settle);
        }
    }

    fn flush(&self) {}
}
