//! Runs a program to its end, as `subprocess.check_output` does.

use std::io::{PipeReader, Read, pipe};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::fs;
use crate::observer::{Observer, wait};

/// What is kept of the program's output, for the error if it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Both streams.
    Both,
    /// Its standard output. Its errors go where this process's go.
    Output,
}

/// The time a process has to end by itself after an interrupt, which a terminal sends to it too.
const GRACE: Duration = Duration::from_millis(250);

/// The variables that could lead another Python to other modules (gh-98251).
pub const MISLEADING: [&str; 2] = ["PYTHONHOME", "PYTHONPATH"];

/// The environment's Python, with the variables and the current directory of `EnvBuilder._call_new_python`.
pub fn new_python(executable: &Path, directory: &Path) -> Command {
    let mut command = Command::new(executable);
    for name in MISLEADING {
        command.env_remove(name);
    }
    command.env("VIRTUAL_ENV", directory).current_dir(directory);
    command
}

/// Runs the program.
///
/// # Errors
/// [`Error::Start`] if it can't be started, [`Error::Child`] if it fails, [`Error::Interrupted`].
pub fn run(mut command: Command, kept: Kept, observer: &mut dyn Observer) -> Result<()> {
    let program = PathBuf::from(command.get_program());
    let words =
        std::iter::once(command.get_program()).chain(command.get_args()).map(ToOwned::to_owned).collect();
    let failed = |source| Error::Start { program: program.clone(), source };
    let (reader, writer) = pipe().map_err(failed)?;
    if kept == Kept::Both {
        command.stderr(Stdio::from(writer.try_clone().map_err(failed)?));
    }
    command.stdout(writer);
    let mut process = observer.start(&mut command).map_err(failed)?;
    // It has the writing end of the pipe open: the reader would never see the end.
    drop(command);
    let printed = thread::spawn(move || read(reader));
    let status = wait(&mut process, GRACE, observer)?.map_err(failed)?;
    if status.success() {
        return Ok(());
    }
    let output = printed.join().unwrap_or_default();
    Err(Error::Child { command: words, ended: fs::ended(status), output })
}

/// Everything until the last process closes the pipe.
fn read(mut reader: PipeReader) -> Vec<u8> {
    let mut printed = Vec::new();
    let _ = reader.read_to_end(&mut printed);
    printed
}
