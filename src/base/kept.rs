//! The answers of interpreters, kept in this process while the files that they depend on stay the same.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::Interpreter;
use super::query::query;
use crate::error::Result;
use crate::fs::{self, Seen};
use crate::observer::Observer;

struct Kept {
    executable: PathBuf,
    real_path: PathBuf,
    seen: Seen,
    interpreter: Arc<Interpreter>,
}

static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

/// The interpreter at an absolute path, if its answer is kept and still right.
pub fn known(executable: &Path) -> Option<Arc<Interpreter>> {
    // Don't wait for the lock: after a fork, the thread that held it may not exist.
    let kept = KEPT.try_lock().ok()?;
    let kept = kept.iter().find(|kept| kept.executable == executable)?;
    let is_right = kept.seen.is_current() && kept.real_path == fs::real_path(executable);
    is_right.then(|| Arc::clone(&kept.interpreter))
}

/// The interpreter at an absolute path, asked unless it is [`known`]: see [`query`].
pub fn interpreter(executable: &Path, observer: &mut dyn Observer) -> Result<Arc<Interpreter>> {
    if let Some(known) = known(executable) {
        return Ok(known);
    }
    let interpreter = Arc::new(query(executable, observer)?);
    if let (Some(new), Ok(mut kept)) = (Kept::of(executable, &interpreter), KEPT.try_lock()) {
        kept.retain(|old| old.executable != executable);
        kept.push(new);
    }
    Ok(interpreter)
}

impl Kept {
    /// Returns `None` if the answer can't be kept. A shim may start another interpreter the next time.
    fn of(executable: &Path, interpreter: &Arc<Interpreter>) -> Option<Self> {
        let real_path = fs::real_path(executable);
        if real_path != fs::real_path(&interpreter.base.running) {
            return None;
        }
        let directory = executable.parent()?;
        let configurations = [directory, directory.parent()?].map(|above| above.join("pyvenv.cfg"));
        let sources = interpreter.sources.iter().chain(&configurations).map(PathBuf::as_path);
        let seen = Seen::of(sources.chain([executable]))?;
        Some(Self {
            executable: executable.to_owned(),
            real_path,
            seen,
            interpreter: Arc::clone(interpreter),
        })
    }
}
