//! The answers of interpreters, kept in this process while the files that they depend on stay the same.

use std::path::Path;
use std::sync::{Arc, Mutex};

use super::query::query;
use super::{Interpreter, Provenance};
use crate::error::Result;
use crate::observer::Observer;

struct Kept {
    provenance: Provenance,
    interpreter: Arc<Interpreter>,
}

static KEPT: Mutex<Vec<Kept>> = Mutex::new(Vec::new());

/// The interpreter at an absolute path, if its answer is kept and still right.
pub fn known(executable: &Path) -> Option<Arc<Interpreter>> {
    // Don't wait for the lock: after a fork, the thread that held it may not exist.
    let kept = KEPT.try_lock().ok()?;
    let kept = kept.iter().find(|kept| kept.provenance.executable() == executable)?;
    kept.provenance.is_current().then(|| Arc::clone(&kept.interpreter))
}

/// The interpreter at an absolute path, asked unless it is [`known`]: see [`query`].
///
/// # Errors
/// Those of [`query`].
pub fn kept(executable: &Path, observer: &mut dyn Observer) -> Result<Arc<Interpreter>> {
    kept_or(executable, || {
        let interpreter = query(executable, observer)?;
        let provenance = Provenance::of(executable, &interpreter);
        Ok((interpreter, provenance))
    })
}

/// The same, if `ask` asks it. Its answer is kept if it says what that came from.
///
/// # Errors
/// Those of `ask`.
pub fn kept_or(
    executable: &Path,
    ask: impl FnOnce() -> Result<(Interpreter, Option<Provenance>)>,
) -> Result<Arc<Interpreter>> {
    if let Some(known) = known(executable) {
        return Ok(known);
    }
    let (interpreter, provenance) = ask()?;
    let interpreter = Arc::new(interpreter);
    if let (Some(provenance), Ok(mut kept)) = (provenance, KEPT.try_lock()) {
        kept.retain(|old| old.provenance.executable() != executable);
        kept.push(Kept { provenance, interpreter: Arc::clone(&interpreter) });
    }
    Ok(interpreter)
}
