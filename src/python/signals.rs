//! Running the core without the GIL, while Python's signals and the interpreter's end still interrupt it.

use std::io::{self, ErrorKind};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;

use super::finalizing;
use crate::error::{Error, Result};
use crate::observer::{Observer, isolate};

/// The time between two checks of Python's signals. Each check may have to wait for the GIL.
const GLANCE: Duration = Duration::from_millis(20);
/// The number of calls after which signals are checked in any case, since a fake clock may not advance (libfaketime).
const QUESTIONS: u32 = 100;

/// Lets the core `work` without the GIL. An interrupt becomes the exception that the signal's handler raised.
pub fn detached<T: Send>(py: Python<'_>, work: impl FnOnce(&mut Signals) -> Result<T> + Send) -> PyResult<T> {
    let mut signals = Signals::new(py)?;
    let done = py.detach(|| work(&mut signals));
    signals.lines.log();
    done.map_err(|error| signals.exception(error))
}

/// Lets the core work without the GIL, for work too short to check signals during it.
pub fn logged<T: Send, E: Into<PyErr> + Send>(
    py: Python<'_>,
    work: impl FnOnce(&mut Lines) -> Result<T, E> + Send,
) -> PyResult<T> {
    let mut lines = Lines::default();
    let done = py.detach(|| work(&mut lines));
    lines.log();
    done.map_err(Into::into)
}

/// Keeps the core's lines for the logger.
#[derive(Default)]
pub struct Lines(Vec<(log::Level, String)>);

impl Lines {
    /// Logs them, with the GIL held.
    pub fn log(&self) {
        for (level, line) in &self.0 {
            log::log!(target: "fastvenv", *level, "{line}");
        }
    }
}

impl Observer for Lines {
    fn debug(&mut self, message: &str) {
        self.0.push((log::Level::Debug, message.to_owned()));
    }

    fn warning(&mut self, message: &str) {
        self.0.push((log::Level::Warn, message.to_owned()));
    }

    fn interrupted(&mut self) -> bool {
        finalizing::has_begun()
    }

    /// Starts the child with the GIL held. Otherwise another thread's `os.environ[...] = ...` could move the variables
    /// while they are copied.
    fn start(&mut self, command: &mut Command) -> io::Result<Child> {
        Python::try_attach(|_| command.spawn()).unwrap_or_else(|| Err(ErrorKind::Interrupted.into()))
    }

    fn start_isolated(&mut self, command: &mut Command) -> io::Result<Child> {
        let start = |_: Python<'_>| {
            isolate(command);
            command.spawn()
        };
        Python::try_attach(start).unwrap_or_else(|| Err(ErrorKind::Interrupted.into()))
    }
}

/// Passes Python's signals to the core.
pub struct Signals {
    /// Set in the thread in which Python handles signals. Other threads needn't check them. A check is not quite safe
    /// while the interpreter ends: it may begin to end after we ask and before we take the GIL.
    handles: bool,
    looked: Instant,
    questions: u32,
    raised: Option<PyErr>,
    lines: Lines,
}

impl Signals {
    fn new(py: Python<'_>) -> PyResult<Self> {
        let handles = handles_signals(py)?;
        Ok(Self { handles, looked: Instant::now(), questions: 0, raised: None, lines: Lines::default() })
    }

    fn exception(self, error: Error) -> PyErr {
        match (error, self.raised) {
            (Error::Interrupted, Some(raised)) => raised,
            (error, _) => error.into(),
        }
    }

    fn is_time_to_look(&mut self) -> bool {
        self.questions += 1;
        let is_time = self.questions >= QUESTIONS || self.looked.elapsed() >= GLANCE;
        if is_time {
            self.questions = 0;
            self.looked = Instant::now();
        }
        is_time
    }
}

/// Reports whether this is the main thread of the main interpreter. No direct query works in all versions. But setting
/// the wake-up descriptor raises a ValueError elsewhere, and an OSError here, since there is no descriptor -2.
fn handles_signals(py: Python<'_>) -> PyResult<bool> {
    let signal = py.import(intern!(py, "_signal"))?;
    match signal.call_method1(intern!(py, "set_wakeup_fd"), (-2,)) {
        Err(error) if error.is_instance_of::<PyValueError>(py) => Ok(false),
        _ => Ok(true),
    }
}

impl Observer for Signals {
    fn debug(&mut self, message: &str) {
        self.lines.debug(message);
    }

    fn warning(&mut self, message: &str) {
        self.lines.warning(message);
    }

    fn interrupted(&mut self) -> bool {
        // The core then cleans up, and this thread stops at its next attempt to take the GIL.
        if self.lines.interrupted() {
            return true;
        }
        if self.handles && self.is_time_to_look() {
            self.raised = Python::try_attach(|py| py.check_signals().err()).flatten();
        }
        self.raised.is_some()
    }

    fn start(&mut self, command: &mut Command) -> io::Result<Child> {
        self.lines.start(command)
    }

    fn start_isolated(&mut self, command: &mut Command) -> io::Result<Child> {
        self.lines.start_isolated(command)
    }
}
