//! Log records for the logger `fastvenv`, sent through pyo3-log without importing `logging` before it is needed.

use std::cell::Cell;

use log::{Level, LevelFilter, Log, Metadata, Record};
use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3_log::{Caching, Logger};

use super::modules::loaded;

/// Passes records to Python's `logging` if it is loaded, and loads it for a WARNING or worse. Its import takes 13 ms,
/// and a process that has not imported it can't have asked for our DEBUG records.
struct LazyLogger {
    inner: PyOnceLock<Logger>,
}

static LOGGER: LazyLogger = LazyLogger { inner: PyOnceLock::new() };

/// Installs the logger for this extension module, which shares its statics with no other.
pub fn install() {
    if log::set_logger(&LOGGER).is_ok() {
        log::set_max_level(LevelFilter::Debug);
    }
}

impl LazyLogger {
    fn hand_over(&self, py: Python<'_>, record: &Record) -> PyResult<()> {
        if let Some(logger) = stand_in(py)? {
            let method =
                if record.level() <= Level::Warn { intern!(py, "warning") } else { intern!(py, "debug") };
            return logger.call_method1(method, (record.args().to_string(),)).map(drop);
        }
        self.log_by_pyo3(py, record)?;
        // pyo3-log leaves a handler's exception pending, and the next call of Python would trip over it.
        PyErr::take(py).map_or(Ok(()), Err)
    }

    /// No lock is held while the logger is created. That imports `logging`, during which other threads and signal
    /// handlers may run and log. If two are created at once, one is kept.
    fn log_by_pyo3(&self, py: Python<'_>, record: &Record) -> PyResult<()> {
        if let Some(logger) = self.inner.get(py) {
            logger.log(record);
            return Ok(());
        }
        // Levels are not cached: `caplog` and `assertLogs` change them.
        let logger = Logger::new(py, Caching::Loggers)?;
        logger.log(record);
        let _ = self.inner.set(py, logger);
        Ok(())
    }
}

/// Reports whether `logging` is loaded. Another thread may be importing it; an interrupt can then come before it is.
fn is_loaded(py: Python<'_>) -> bool {
    loaded(py, intern!(py, "logging")).map(|logging| logging.is_some()).unwrap_or_else(|error| {
        settle(py, error);
        false
    })
}

/// The replacement for `fastvenv.logger`, if the program has set one, as it could for `venv.logger`.
fn stand_in(py: Python<'_>) -> PyResult<Option<Bound<'_, PyAny>>> {
    let Some(package) = loaded(py, intern!(py, "fastvenv"))? else { return Ok(None) };
    let globals = package.getattr(intern!(py, "__dict__"))?;
    let found = globals.call_method1(intern!(py, "get"), (intern!(py, "logger"),))?;
    Ok((!found.is_none()).then_some(found))
}

thread_local! {
    static INTERRUPTION: Cell<Option<PyErr>> = const { Cell::new(None) };
}

/// Handles an exception of a record, so that logging never fails a stage. An `Exception` is reported as unraisable.
/// Others, such as an interrupt, are raised when the stage has ended.
fn settle(py: Python<'_>, error: PyErr) {
    if error.is_instance_of::<PyException>(py) {
        error.write_unraisable(py, None);
    } else {
        INTERRUPTION.set(Some(error));
    }
}

/// The exception that interrupted a record of this thread since the last call.
pub fn interruption() -> Option<PyErr> {
    INTERRUPTION.take()
}

impl Log for LazyLogger {
    fn enabled(&self, metadata: &Metadata) -> bool {
        metadata.level() <= Level::Warn || Python::try_attach(is_loaded).unwrap_or(false)
    }

    fn log(&self, record: &Record) {
        if self.enabled(record.metadata()) {
            // This fails while the interpreter ends. Records are logged with the GIL held, so only an embedder sees it.
            Python::try_attach(|py| self.hand_over(py, record).unwrap_or_else(|error| settle(py, error)));
        }
    }

    fn flush(&self) {}
}
