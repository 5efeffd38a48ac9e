//! Waiting, for a limited time, for other processes that do the same work.

use std::thread::sleep;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::observer::Observer;

/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(5);
/// The number of pauses, 30 s in all. Another process builds an image in a second or two, and places one in less.
/// Pauses are counted because a fake clock may not advance (libfaketime).
const PATIENCE: usize = 6000;

/// Retries until it is our turn. `None` after the last attempt: the caller then works beside the other process.
pub fn wait<T>(
    observer: &mut dyn Observer,
    mut attempt: impl FnMut() -> Result<Option<T>>,
) -> Result<Option<T>> {
    for _ in 0..PATIENCE {
        if let Some(turn) = attempt()? {
            return Ok(Some(turn));
        }
        if observer.interrupted() {
            return Err(Error::Interrupted);
        }
        sleep(PAUSE);
    }
    Ok(None)
}
