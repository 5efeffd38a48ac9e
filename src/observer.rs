//! The caller's interface to a running creation: it receives messages and may interrupt the work.

use std::ffi::OsStr;
use std::io;
use std::process::{Child, Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// The caller's side. The border passes messages to Python's logging and reports pending signals.
pub trait Observer {
    /// Receives a message for debugging.
    fn debug(&mut self, message: &str);

    /// Receives a warning for the user: something is wrong, but the environment will be complete.
    fn warning(&mut self, message: &str);

    /// Reports whether Python has a signal to handle, so that the work must end soon. Called every few milliseconds.
    fn interrupted(&mut self) -> bool;

    /// Starts a process. It inherits this process's variables, which no other thread may change meanwhile.
    ///
    /// # Errors
    /// As from [`Command::spawn`].
    fn start(&mut self, command: &mut Command) -> io::Result<Child>;

    /// Does the same, but the process inherits no variable that could affect a Python: see [`isolate`].
    ///
    /// # Errors
    /// As from [`Command::spawn`].
    fn start_isolated(&mut self, command: &mut Command) -> io::Result<Child> {
        isolate(command);
        self.start(command)
    }
}

/// The interval between two looks at a process.
const GLANCE: Duration = Duration::from_millis(1);

/// Waits until the process has ended. After an interrupt, which a terminal sends to the process too, it has the time
/// `grace` to end by itself.
///
/// # Errors
/// [`Error::Interrupted`]. The inner error: another part of this process has taken the status.
pub fn wait(
    process: &mut Child,
    grace: Duration,
    observer: &mut dyn Observer,
) -> Result<io::Result<ExitStatus>> {
    let mut interrupted: Option<Instant> = None;
    loop {
        match process.try_wait() {
            Ok(None) => {}
            _ if interrupted.is_some() => return Err(Error::Interrupted),
            Ok(Some(status)) => return Ok(Ok(status)),
            Err(error) => return Ok(Err(error)),
        }
        if interrupted.is_none() && observer.interrupted() {
            interrupted = Some(Instant::now());
        }
        if interrupted.is_some_and(|since| since.elapsed() >= grace) {
            let _ = process.kill();
        }
        sleep(GLANCE);
    }
}

/// Reports whether the value of `FASTVENV_LOG` asks for debug messages on stderr.
///
/// # Errors
/// [`Error::Refused`] for an unknown value.
pub fn asks_for_records(value: Option<&OsStr>) -> Result<bool> {
    match value {
        None => Ok(false),
        Some(value) if value.is_empty() => Ok(false),
        Some(value) if value == "debug" => Ok(true),
        Some(value) => Err(Error::Refused(format!(
            "FASTVENV_LOG is {value:?}, not debug. Correct the variable or unset it."
        ))),
    }
}

/// Removes the variables that could affect a Python from those that the process will inherit.
pub fn isolate(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"PYTHON") {
            command.env_remove(name);
        }
    }
    // macOS: which program the stub of a framework build was started as.
    command.env_remove("__PYVENV_LAUNCHER__");
}

#[cfg(test)]
/// An observer for other modules' tests.
pub mod tests {
    use super::*;

    /// Keeps all messages.
    #[derive(Debug, Default)]
    pub struct Listener {
        /// The messages, each with a line break.
        pub heard: String,
    }

    impl Observer for Listener {
        fn debug(&mut self, message: &str) {
            self.heard += &format!("{message}\n");
        }

        fn warning(&mut self, message: &str) {
            self.debug(message);
        }

        fn interrupted(&mut self) -> bool {
            false
        }

        fn start(&mut self, command: &mut Command) -> io::Result<Child> {
            command.spawn()
        }
    }
}
