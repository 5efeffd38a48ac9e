//! Who is told what happens, and asked whether to go on.

use std::io;
use std::process::{Child, Command};

/// The ear of the caller: the border passes its lines on to Python's logging and its signals back.
pub trait Observer {
    /// A line for those who look closer.
    fn debug(&mut self, message: &str);

    /// A line for the user: something isn't as it should be, though the environment will be whole.
    fn warning(&mut self, message: &str);

    /// Whether Python has a signal to handle, so that the work must end soon. Asked every few milliseconds.
    fn interrupted(&mut self) -> bool;

    /// Starts a process. It inherits this process's variables, which no other thread may change meanwhile.
    ///
    /// # Errors
    /// As from [`Command::spawn`].
    fn start(&mut self, command: &mut Command) -> io::Result<Child>;
}
