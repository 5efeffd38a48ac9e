//! Bytecode, compiled by the base interpreter itself in one process per core.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use super::observer::Observer;

/// What each process runs. It reads lines of a source, a NUL and a target, both relative to its folder, and answers
/// each with one byte: `+` compiled, `-` not compilable. Its arguments: the magic number it must have, in hex;
/// `timestamp` or `checked-hash` (PEP 552); the time of modification of all sources, in seconds.
///
/// Without garbage collection it is faster by a tenth. pip, too, goes on after a source that doesn't compile.
const PROGRAM: &str = "\
import gc, marshal, sys
from importlib._bootstrap_external import MAGIC_NUMBER
gc.disable()
magic, kind, modified = sys.argv[1:]
if MAGIC_NUMBER.hex() != magic:
    sys.exit('the base interpreter has another magic number')
if kind == 'checked-hash':
    from importlib.util import source_hash
    def stamp(source):
        return (3).to_bytes(4, 'little') + source_hash(source)
else:
    fixed = bytes(4) + (int(modified) & 0xFFFFFFFF).to_bytes(4, 'little')
    def stamp(source):
        return fixed + (len(source) & 0xFFFFFFFF).to_bytes(4, 'little')
def compiled(name, target):
    with open(name, 'rb', 0) as file:
        source = file.read()
    try:
        code = compile(source, name.decode(), 'exec', dont_inherit=True)
    except Exception:
        return b'-'
    with open(target, 'xb', 0) as file:
        file.write(MAGIC_NUMBER + stamp(source) + marshal.dumps(code))
    return b'+'
for line in sys.stdin.buffer:
    answer = compiled(*line[:-1].split(b'\\0'))
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
";

/// How bytecode is known to fit its source (PEP 552).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validation {
    /// By the source's time of modification and size.
    Timestamp,
    /// By the source's hash: what `compileall` does where `SOURCE_DATE_EPOCH` is set.
    CheckedHash,
}

impl Validation {
    /// The name that PEP 552 and the compiling process have for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Timestamp => "timestamp",
            Self::CheckedHash => "checked-hash",
        }
    }
}

/// A source and the file for its bytecode, both relative to the folder that the processes run in.
#[derive(Debug)]
pub struct Job {
    /// The source. It becomes the code's `co_filename`, which Python puts right whenever it loads the bytecode.
    pub source: String,
    /// Where the bytecode goes.
    pub target: String,
    /// In bytes, so that the long ones can come first.
    pub size: usize,
}

/// Why there is no bytecode.
#[derive(Debug)]
pub enum Trouble {
    /// Python has a signal to handle.
    Interrupted,
    /// The base interpreter can't be run, or ended before its work; with what it said.
    Compiler(String),
}

/// The processes, started and waiting for work.
#[derive(Debug)]
pub struct Compilers {
    children: Vec<Child>,
}

impl Compilers {
    /// Starts one process per core. `modified` is in seconds since 1970, `magic` is `importlib.util.MAGIC_NUMBER`.
    pub fn start(
        executable: &Path,
        folder: &Path,
        magic: &[u8],
        validation: Validation,
        modified: i64,
    ) -> Result<Self, Trouble> {
        let mut compilers = Self { children: Vec::new() };
        let cores = thread::available_parallelism().map_or(1, usize::from).min(8);
        for _ in 0..cores {
            // -I: what PYTHON... variables ask for must not show in bytecode that all environments get.
            let mut command = Command::new(executable);
            command.args(["-I", "-S", "-B", "-W", "ignore", "-c", PROGRAM, &super::hex(magic)]);
            command.args([validation.name(), &modified.to_string()]).current_dir(folder);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let child = command.spawn().map_err(|error| Trouble::Compiler(error.to_string()))?;
            compilers.children.push(child);
        }
        Ok(compilers)
    }

    /// Compiles all jobs; says for each whether it has bytecode now.
    pub fn run(
        mut self,
        mut jobs: Vec<Job>,
        observer: &mut dyn Observer,
    ) -> Result<Vec<(Job, bool)>, Trouble> {
        // The longest first, so that the processes end at about the same time.
        jobs.sort_by_key(|job| std::cmp::Reverse(job.size));
        let (next, (sender, receiver)) = (AtomicUsize::new(0), channel());
        let pipes: Vec<_> =
            self.children.iter_mut().map(|child| (child.stdin.take(), child.stdout.take())).collect();
        let compiled = thread::scope(|scope| {
            for (stdin, stdout) in pipes {
                let (jobs, next, sender) = (&jobs, &next, sender.clone());
                let feeding = move || {
                    let (Some(stdin), Some(stdout)) = (stdin, stdout) else { return };
                    feed(stdin, stdout, jobs, next, &sender);
                };
                // Where there is a limit on threads, `scope.spawn` would panic. With fewer of them fewer processes are
                // fed; without any, the receiver notices.
                let _ = thread::Builder::new().spawn_scoped(scope, feeding);
            }
            drop(sender);
            self.gather(&receiver, jobs.len(), observer)
        })?;
        Ok(jobs.into_iter().zip(compiled).collect())
    }

    fn gather(
        &mut self,
        receiver: &Receiver<(usize, bool)>,
        count: usize,
        observer: &mut dyn Observer,
    ) -> Result<Vec<bool>, Trouble> {
        let mut compiled = vec![false; count];
        let mut open = count;
        while open > 0 {
            // Interrupted from a terminal, the processes have got the signal too and end by themselves.
            if observer.interrupted() {
                self.stop();
                return Err(Trouble::Interrupted);
            }
            match receiver.recv_timeout(Duration::from_millis(20)) {
                Ok((index, answer)) => {
                    compiled[index] = answer;
                    open -= 1;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Err(Trouble::Compiler(self.complaint())),
            }
        }
        Ok(compiled)
    }

    /// What the process that failed first wrote on its standard error.
    fn complaint(&mut self) -> String {
        self.stop();
        let mut text = String::new();
        for stderr in self.children.iter_mut().filter_map(|child| child.stderr.as_mut()) {
            // What can't be read as text can't be told either.
            if stderr.read_to_string(&mut text).is_ok() && !text.is_empty() {
                break;
            }
        }
        let last = text.trim().lines().next_back().unwrap_or("it ended early");
        last.to_owned()
    }

    fn stop(&mut self) {
        for child in &mut self.children {
            // It may have ended already: then there is nothing to end.
            let _ = child.kill();
        }
    }
}

impl Drop for Compilers {
    fn drop(&mut self) {
        for child in &mut self.children {
            // Without input the process ends by itself; waiting leaves no zombie.
            drop(child.stdin.take());
            let _ = child.wait();
        }
    }
}

/// Gives one process the next open job again and again, and passes its answers on.
fn feed(
    mut stdin: impl Write,
    mut stdout: impl Read,
    jobs: &[Job],
    next: &AtomicUsize,
    sender: &Sender<(usize, bool)>,
) {
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        let Some(job) = jobs.get(index) else { return };
        let line = format!("{}\0{}\n", job.source, job.target);
        let mut answer = [0];
        let answered = stdin.write_all(line.as_bytes()).and_then(|()| stdout.read_exact(&mut answer));
        // The other end is gone: nobody waits for answers, or the process has ended.
        if answered.is_err() || sender.send((index, answer == *b"+")).is_err() {
            return;
        }
    }
}
