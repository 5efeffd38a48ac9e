//! What an interpreter's answer came from: while all of it looks the same, so is the answer.

use std::path::{Path, PathBuf};

use super::Interpreter;
use crate::fs::{self, Seen};

/// The files behind an answer, as they looked when the interpreter was asked.
#[derive(Clone, Debug)]
pub struct Provenance {
    executable: PathBuf,
    real_path: PathBuf,
    seen: Seen,
}

impl Provenance {
    /// The files behind the answer of the interpreter at an absolute path.
    ///
    /// Returns `None` if a change might not show: something changed only a moment ago, or it is a shim, which may start
    /// another interpreter the next time.
    pub fn of(executable: &Path, interpreter: &Interpreter) -> Option<Self> {
        let real_path = fs::real_path(executable);
        if real_path != fs::real_path(&interpreter.base.running) {
            return None;
        }
        let configurations = configurations(executable)?;
        let base = Some(&interpreter.base.executable)
            .filter(|base| !base.as_os_str().is_empty() && *base != executable);
        let files = interpreter.sources.iter().chain(&configurations).chain(base).map(PathBuf::as_path);
        let seen = Seen::of(files.chain([executable]))?;
        Some(Self { executable: executable.to_owned(), real_path, seen })
    }

    /// The interpreter's path.
    pub fn executable(&self) -> &Path {
        &self.executable
    }

    /// The interpreter's path, links resolved.
    pub fn real_path(&self) -> &Path {
        &self.real_path
    }

    /// Reports whether all looks as it did.
    pub fn is_current(&self) -> bool {
        self.seen.is_current() && self.real_path == fs::real_path(&self.executable)
    }

    /// As bytes, for [`Provenance::read`].
    pub fn to_bytes(&self) -> Vec<u8> {
        let path = |path: &Path| [path.as_os_str().as_encoded_bytes(), b"\0"].concat();
        [path(&self.executable), path(&self.real_path), self.seen.to_bytes()].concat()
    }

    /// Reads what [`Provenance::to_bytes`] has written. Returns `None` for anything else.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let mut parts = bytes.splitn(3, |byte| *byte == 0);
        let mut path = || fs::os_string(parts.next()?.to_vec()).map(PathBuf::from);
        let (executable, real_path) = (path()?, path()?);
        Some(Self { executable, real_path, seen: Seen::read(parts.next()?)? })
    }
}

/// The files that make the Python at this path one of an environment, if they are there.
pub fn configurations(executable: &Path) -> Option<[PathBuf; 2]> {
    let directory = executable.parent()?;
    Some([directory, directory.parent()?].map(|above| above.join("pyvenv.cfg")))
}
