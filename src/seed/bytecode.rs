//! Bytecode, compiled by the base interpreter itself in one process per core.
//!
//! The processes communicate through files, not pipes. A pipe doesn't end while a process that another thread forked
//! still has it open. A write into a pipe without a reader may kill the process that Python runs in.

use std::cmp::Reverse;
use std::io::{self, Seek, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{available_parallelism, sleep};
use std::time::Duration;

use super::reason::{Reason, Stop};
use super::transfer::Content;
use crate::error::{Error, Result};
use crate::fs::dir::{Dir, NewFile};
use crate::fs::{File, Timestamp};
use crate::observer::Observer;

/// The program of each process. Its standard input is a file that all processes share, together with the read position,
/// so each read gets the next job. A job is a line of a number, a NUL, a source, a NUL and a target, padded with NULs.
/// Both paths are relative to the process's directory. The answer is a line of the number, and the length and CRC-32 of
/// the bytecode, in decimal; both are 0 if the source can't be compiled.
///
/// Its arguments: the magic number it must have, in hex; `timestamp` or `checked-hash` (PEP 552); the modification time
/// of all sources, in seconds; the length of a job. It ends when the process that started it has ended.
///
/// Without garbage collection it is a tenth faster.
///
/// pip keeps a source without bytecode if it can't be compiled. That is right for a source that no compiler would
/// accept: a `SyntaxError`, or a `ValueError` for a NUL in it before 3.12. py_compile treats a `MemoryError` and all
/// other errors the same way. Here such an error ends the process, since all environments would lack that bytecode.
const PROGRAM: &str = "\
import gc, marshal, os, sys
from binascii import crc32
from importlib._bootstrap_external import MAGIC_NUMBER
gc.disable()
magic, kind, modified, width = sys.argv[1:]
parent = os.getppid()
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
    except (SyntaxError, ValueError):
        return 0, 0
    bytecode = MAGIC_NUMBER + stamp(source) + marshal.dumps(code)
    with open(target, 'xb') as file:
        return file.write(bytecode), crc32(bytecode)
while os.getppid() == parent:
    job = os.read(0, int(width))
    if not job:
        break
    number, name, target = job.rstrip(b'\\0').split(b'\\0')
    os.write(1, b'%s %d %d\\n' % (number, *compiled(name, target)))
# Nothing is left to be written, and to clean up takes time.
os._exit(0)
";

/// The files for communication with the processes.
const JOBS: &str = "jobs";
const ANSWERS: &str = "answers";
const COMPLAINTS: &str = "complaints";

/// How Python checks that bytecode fits its source (PEP 552).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validation {
    /// By the source's modification time and size.
    Timestamp,
    /// By the source's hash, as `compileall` does if `SOURCE_DATE_EPOCH` is set.
    CheckedHash,
}

impl Validation {
    /// Its name in PEP 552 and for the compiling process.
    pub fn name(self) -> &'static str {
        match self {
            Self::Timestamp => "timestamp",
            Self::CheckedHash => "checked-hash",
        }
    }
}

/// A source and the file for its bytecode, both relative to the directory of the sources.
#[derive(Debug)]
pub struct Job {
    /// The source. It becomes the code's `co_filename`, which Python corrects whenever it loads the bytecode.
    pub source: String,
    /// The file for the bytecode.
    pub target: String,
    /// The source's size in bytes, so that the longest can come first.
    pub size: usize,
}

/// The compiling interpreter and its settings.
#[derive(Clone, Copy, Debug)]
pub struct Compiler<'a> {
    /// The base interpreter.
    pub executable: &'a Path,
    /// Its `importlib.util.MAGIC_NUMBER`.
    pub magic: &'a [u8],
    /// How Python checks that bytecode fits its source.
    pub validation: Validation,
    /// The modification time of all sources.
    pub modified: Timestamp,
}

impl Compiler<'_> {
    /// Compiles all jobs, whose sources are below `tree`. Returns the bytecode's size and checksum for each, or `None`
    /// if it can't be compiled. `work` is an empty directory for temporary files.
    ///
    /// # Errors
    /// [`Reason::Compiler`] if the base interpreter can't be run, or ended early; an I/O error on `work`;
    /// [`Error::Interrupted`].
    pub fn run(
        self,
        tree: &Dir,
        work: &Dir,
        mut jobs: Vec<Job>,
        observer: &mut dyn Observer,
    ) -> Result<Vec<(Job, Option<Content>)>, Stop> {
        // The longest jobs come first, so that the processes end at about the same time.
        jobs.sort_by_key(|job| Reverse(job.size));
        let (lines, width) = lines(&jobs);
        work.create(JOBS, &lines, NewFile::default())?;
        let (input, _) = work.open_file(JOBS)?;
        let output = work.create_file(ANSWERS)?;
        let errors = room_for_complaints(work)?;
        let mut processes = self.start_all(tree, width, [&input, &output, &errors], observer)?;
        processes.wait(observer)?;
        match answers(&work.read(ANSWERS)?.0, jobs.len()) {
            Some(answers) => Ok(jobs.into_iter().zip(answers).collect()),
            None => Err(Reason::Compiler(complaint(work)?).into()),
        }
    }

    /// Starts one process per core, or as many as the system allows. Each of them works until no job is left.
    fn start_all(
        &self,
        tree: &Dir,
        width: usize,
        files: [&File; 3],
        observer: &mut dyn Observer,
    ) -> Result<Processes, Stop> {
        let (mut processes, mut failure) = (Processes(Vec::new()), None);
        for _ in 0..available_parallelism().map_or(1, usize::from).min(8) {
            match self.start(tree, width, files, observer) {
                Ok(process) => processes.0.push(process),
                Err(error) => failure = Some(error.to_string()),
            }
        }
        match (failure, processes.0.len()) {
            (Some(error), 0) => return Err(Reason::Compiler(error).into()),
            (Some(error), started) => {
                observer.debug(&format!("only {started} compiling processes could be started: {error}"));
            }
            (None, _) => {}
        }
        Ok(processes)
    }

    fn start(
        &self,
        tree: &Dir,
        width: usize,
        files: [&File; 3],
        observer: &mut dyn Observer,
    ) -> io::Result<Child> {
        let mut command = Command::new(self.executable);
        // -I: `PYTHON...` variables must not affect bytecode that all environments get.
        command.args(["-I", "-S", "-B", "-W", "ignore", "-c", PROGRAM]);
        command.args([&super::hash::hex(self.magic), self.validation.name()]);
        command.args([self.modified.seconds().to_string(), width.to_string()]).current_dir(tree.path());
        let [input, output, errors] = files.map(File::try_clone);
        command.stdin(Stdio::from(input?)).stdout(Stdio::from(output?)).stderr(Stdio::from(errors?));
        observer.start(&mut command)
    }
}

/// The jobs as lines of the same length, and that length.
fn lines(jobs: &[Job]) -> (Vec<u8>, usize) {
    let line = |(number, job): (usize, &Job)| format!("{number}\0{}\0{}", job.source, job.target);
    let mut lines: Vec<_> = jobs.iter().enumerate().map(line).map(String::into_bytes).collect();
    let width = lines.iter().map(Vec::len).max().unwrap_or(0) + 1;
    lines.iter_mut().for_each(|line| line.resize(width, 0));
    (lines.concat(), width)
}

/// The processes' answers, in the order of the jobs; `None` unless each job has one.
fn answers(text: &[u8], count: usize) -> Option<Vec<Option<Content>>> {
    let mut answers = vec![None; count];
    for line in std::str::from_utf8(text).ok()?.lines() {
        let (number, answer) = line.split_once(' ')?;
        let (size, checksum) = answer.split_once(' ')?;
        let content = Content { size: size.parse().ok()?, checksum: checksum.parse().ok()? };
        // Even empty bytecode has a header.
        *answers.get_mut(number.parse::<usize>().ok()?)? = Some((content.size > 0).then_some(content));
    }
    answers.into_iter().collect()
}

/// Creates the file for the processes' standard error. It is filled with line breaks, which messages overwrite, so that
/// a full disk can be reported too.
fn room_for_complaints(work: &Dir) -> Result<File> {
    let mut file = work.create_file(COMPLAINTS)?;
    let filled = file.write_all(&[b'\n'; 8192]).and_then(|()| file.rewind());
    filled.map_err(|source| Error::io("write", work.path().join(COMPLAINTS), source))?;
    Ok(file)
}

/// The last line that a process wrote to its standard error.
fn complaint(work: &Dir) -> Result<String> {
    let (text, _) = work.read(COMPLAINTS)?;
    let text = String::from_utf8_lossy(&text);
    Ok(text.trim().lines().next_back().unwrap_or("it ended early").to_owned())
}

/// The processes that are not known to have ended.
#[derive(Debug)]
struct Processes(Vec<Child>);

impl Processes {
    fn wait(&mut self, observer: &mut dyn Observer) -> Result<()> {
        loop {
            // An error means that it has ended, and that another part of this process has its status.
            self.0.retain_mut(|process| matches!(process.try_wait(), Ok(None)));
            if self.0.is_empty() {
                return Ok(());
            }
            if observer.interrupted() {
                return Err(Error::Interrupted);
            }
            sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        for process in &mut self.0 {
            // This fails if it has ended meanwhile. The wait prevents a zombie.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_lines_of_one_length() {
        let job = |source: &str| Job { source: source.to_owned(), target: "t".to_owned(), size: 1 };
        let (lines, width) = lines(&[job("a"), job("long")]);
        assert_eq!((lines.as_slice(), width), (&b"0\0a\0t\0\0\0\x001\0long\0t\0"[..], 9));
    }

    #[test]
    fn each_job_needs_a_whole_answer() {
        let bytecode = Content { size: 20, checksum: 7 };
        assert_eq!(answers(b"1 20 7\n0 0 0\n", 2), Some(vec![None, Some(bytecode)]));
        for rest in ["", "1", "1 \n", "1 2\n", "1 2 \n", "1 2 3 4\n", "1 2 3\n2 3 4\n", "1 2 4294967296\n"] {
            let text = format!("0 1 1\n{rest}");
            assert_eq!(answers(text.as_bytes(), 2), None, "{text:?}");
        }
    }
}
