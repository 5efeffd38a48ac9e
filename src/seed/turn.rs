//! Waiting for others who are at the same thing, for a while.

use std::thread::sleep;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::observer::Observer;

/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(5);
/// How many pauses others are waited for, 30 s in all: to build an image takes them a second or two, to place one less.
/// They are counted, since the clock may stand still (libfaketime).
const PATIENCE: usize = 6000;

/// Tries again and again until it is our turn; `None` when patience has run out, and it is done side by side.
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
