//! The user at the terminal: reads messages on stderr, and may press Ctrl-C.

use std::io::{self, Write};
use std::process::{Child, Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::SIGINT;
use signal_hook::{flag, low_level};

use crate::fs;
use crate::observer::Observer;

/// The status of a program that Ctrl-C has ended, by the convention of shells.
const INTERRUPTED: u8 = 130;

/// Shows messages, and notices an interrupt.
#[derive(Debug)]
pub struct Terminal {
    /// Show debug records too, as `FASTVENV_LOG=debug` asks for.
    pub shows_records: bool,
    interrupted: Arc<AtomicBool>,
}

impl Terminal {
    /// From now on, an interrupt is noticed instead of ending this process, unless it is ignored, as by `nohup`.
    pub fn new() -> Self {
        let interrupted = Arc::new(AtomicBool::new(false));
        if !fs::ignores_interrupts() {
            // Without it, an interrupt ends the process at once, and the next run completes the environment.
            let _ = flag::register(SIGINT, Arc::clone(&interrupted));
        }
        Self { shows_records: false, interrupted }
    }

    /// Shows a line, with the name of the logger if records are shown, as `python -m fastvenv` does.
    pub fn say(&self, message: &str) {
        let logger = if self.shows_records { "fastvenv: " } else { "" };
        // Nobody may be listening.
        let _ = writeln!(io::stderr(), "{logger}{message}");
    }
}

impl Observer for Terminal {
    fn debug(&mut self, message: &str) {
        if self.shows_records {
            self.say(message);
        }
    }

    fn warning(&mut self, message: &str) {
        self.say(message);
    }

    fn interrupted(&mut self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    fn start(&mut self, command: &mut Command) -> io::Result<Child> {
        command.spawn()
    }
}

/// The status of a Windows program that Ctrl-C has ended: `STATUS_CONTROL_C_EXIT`, as from Python.
const CONTROL_C_EXIT: u32 = 0xC000_013A;

/// Ends the process as an interrupt does, so that a shell script that waits for it ends too. Returns the status where
/// that is impossible.
pub fn die_of_interrupt() -> ExitCode {
    // There the default handler could only be called by `abort`.
    if cfg!(windows) {
        std::process::exit(CONTROL_C_EXIT.cast_signed());
    }
    let _ = low_level::emulate_default_handler(SIGINT);
    ExitCode::from(INTERRUPTED)
}
