//! Asks another interpreter what environments for it depend on.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{ErrorKind, PipeReader, PipeWriter, Read, Write, pipe};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;
use std::time::{Duration, Instant};

use memchr::memmem;

use super::answer::{self, Interpreter};
use crate::error::{Error, Result};
use crate::fs;
use crate::observer::Observer;
use crate::text::quoted;

/// Prints the answer. See the file.
pub const PROGRAM: &str = include_str!("query.py");
/// The time an interpreter has to answer.
const LIMIT: Duration = Duration::from_secs(15);
/// The time that a process has to end once it has answered.
const GRACE: Duration = Duration::from_millis(200);
/// The most output that is read, in bytes. An answer has a few thousand.
const MOST: usize = 1 << 20;
/// The most output that an error shows, in characters.
const SHOWN: usize = 2000;

/// Starts the executable, isolated from the user's settings, and returns its answer.
///
/// # Errors
/// [`Error::Refused`], with the output, if it can't be started, isn't Python, crashes, or doesn't answer within 15
/// seconds; [`Error::Interrupted`].
pub fn query(executable: &Path, observer: &mut dyn Observer) -> Result<Interpreter> {
    observer.debug(&format!("asking the interpreter {}", quoted(executable)));
    let marker = random();
    let (output, end) = run(executable, &marker, observer)?;
    let printed = String::from_utf8_lossy(&output);
    let mut parts = printed.splitn(3, &marker);
    let (before, answer, after) = (parts.next(), parts.next(), parts.next());
    let found = answer.filter(|_| matches!(end, End::Answered)).and_then(answer::read);
    let printed = [before, after].map(Option::unwrap_or_default).concat();
    let interpreter = found.ok_or_else(|| refused(executable, &end, &printed))?;
    match &interpreter.base.executable {
        base if base.as_os_str().is_empty() || fs::is_file(base) => Ok(interpreter),
        base => Err(Error::Refused(format!(
            "{} can't be used: its base interpreter {} is gone.",
            quoted(executable),
            quoted(base)
        ))),
    }
}

/// How a process ended.
enum End {
    Answered,
    Exited(ExitStatus),
    TooLate,
    TooMuch,
}

fn refused(executable: &Path, end: &End, printed: &str) -> Error {
    let why = match end {
        End::Answered => "it isn't a working Python (its answer makes no sense)".to_owned(),
        End::Exited(status) => format!("it isn't a working Python ({status})"),
        End::TooLate => format!("it didn't answer within {} seconds", LIMIT.as_secs()),
        End::TooMuch => format!("it isn't Python: it printed more than {MOST} bytes"),
    };
    let printed = printed.trim();
    let output = match printed.char_indices().nth(SHOWN) {
        _ if printed.is_empty() => String::new(),
        Some((most, _)) => format!(" It printed: {}…", &printed[..most]),
        None => format!(" It printed: {printed}"),
    };
    Error::Refused(format!("{} can't be used: {why}.{output}", quoted(executable)))
}

/// Runs the program and returns what it printed on both streams, up to the end of its answer.
fn run(executable: &Path, marker: &str, observer: &mut dyn Observer) -> Result<(Vec<u8>, End)> {
    let cannot = |source| {
        Error::Refused(format!("{} can't be used: it can't be started: {source}.", quoted(executable)))
    };
    let (reader, writer) = pipe().map_err(cannot)?;
    let mut command = Command::new(executable);
    command.args(["-I", "-S", "-B", "-c", PROGRAM, marker]);
    fs::lead_group(&mut command);
    command.stdin(Stdio::null());
    command.stdout(writer.try_clone().map_err(cannot)?).stderr(writer.try_clone().map_err(cannot)?);
    let mut process = observer.start_isolated(&mut command).map_err(cannot)?;
    let mut output = Output::new(reader, writer);
    let end = listen(&mut process, &mut output, marker.as_bytes(), observer);
    if !matches!(end, Ok(End::Answered | End::Exited(_))) {
        fs::kill_group(&mut process);
    }
    let status = wait_for(process);
    output.collect();
    let end = match (end?, status) {
        (End::Answered, Some(status)) if !status.success() => End::Exited(status),
        (end, _) => end,
    };
    Ok((output.collected, end))
}

/// Collects output until the answer is complete, or no answer will come.
fn listen(
    process: &mut Child,
    output: &mut Output,
    marker: &[u8],
    observer: &mut dyn Observer,
) -> Result<End> {
    let (mut watch, mut ended) = (Watch::new(), None);
    loop {
        if output.collect() && memmem::find_iter(&output.collected, marker).nth(1).is_some() {
            return Ok(End::Answered);
        } else if output.collected.len() > MOST {
            return Ok(End::TooMuch);
        } else if let Some(status) = ended.filter(|_| output.is_whole) {
            return Ok(End::Exited(status));
        } else if watch.has_passed(LIMIT) {
            return Ok(End::TooLate);
        } else if observer.interrupted() {
            return Err(Error::Interrupted);
        }
        if ended.is_none() {
            // An error: another part of this process has taken the status.
            ended = process.try_wait().unwrap_or(Some(ExitStatus::default()));
            if ended.is_some() {
                output.end();
            }
        }
        watch.wait();
    }
}

/// The output of a process. A thread reads it, since not every system can read a pipe without waiting.
struct Output {
    collected: Vec<u8>,
    /// All of the process's output is collected.
    is_whole: bool,
    pieces: Receiver<Vec<u8>>,
    writer: PipeWriter,
    /// What this process writes after all that the process has written. The pipe itself doesn't end while a process that
    /// was left behind, or that another thread forked, has it open.
    last: String,
}

impl Output {
    fn new(mut reader: PipeReader, writer: PipeWriter) -> Self {
        let (sender, pieces) = channel();
        thread::spawn(move || {
            let (mut piece, mut total) = (vec![0; 1 << 16], 0);
            // A program may print faster than anybody takes it.
            while total <= MOST {
                match reader.read(&mut piece) {
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Ok(length @ 1..) if sender.send(piece[..length].to_vec()).is_ok() => total += length,
                    _ => return,
                }
            }
        });
        Self { collected: Vec::new(), is_whole: false, pieces, writer, last: random() }
    }

    /// Takes what has been read. Returns true if there was something.
    fn collect(&mut self) -> bool {
        let before = self.collected.len();
        loop {
            match self.pieces.try_recv() {
                Ok(piece) => self.collected.extend(piece),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.is_whole = true;
                    break;
                }
            }
        }
        if let Some(end) = memmem::find(&self.collected, self.last.as_bytes()) {
            self.collected.truncate(end);
            self.is_whole = true;
        }
        self.collected.len() > before
    }

    /// The process has ended.
    fn end(&mut self) {
        self.is_whole = self.writer.write_all(self.last.as_bytes()).is_err();
    }
}

fn random() -> String {
    format!("{:016x}", RandomState::new().hash_one(Instant::now()))
}

/// Waits until the process has ended, and kills it if that takes long. Returns the status of one that ended by itself.
fn wait_for(mut process: Child) -> Option<ExitStatus> {
    let mut watch = Watch::new();
    loop {
        match process.try_wait() {
            Ok(None) if watch.has_passed(GRACE) => {
                let _ = process.kill();
                let _ = process.wait();
                return None;
            }
            Ok(None) => watch.wait(),
            status => return status.ok().flatten(),
        }
    }
}

/// Measures time by the clock or, if that stands still (libfaketime), by the waits.
struct Watch {
    started: Instant,
    waited: Duration,
}

impl Watch {
    const STEP: Duration = Duration::from_micros(200);

    fn new() -> Self {
        Self { started: Instant::now(), waited: Duration::ZERO }
    }

    fn wait(&mut self) {
        thread::sleep(Self::STEP);
        self.waited += Self::STEP;
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed().max(self.waited)
    }

    fn has_passed(&self, time: Duration) -> bool {
        self.elapsed() > time
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
