//! Waiting for others who are at the same thing, for a while.

use std::thread::sleep;
use std::time::{Duration, Instant};

use super::observer::Observer;
use crate::error::{Error, Result};

/// How long others are waited for: to build an image takes them a second or two, to place one less.
const PATIENCE: Duration = Duration::from_secs(30);

/// Tries again and again until it is our turn; `None` when patience has run out, and it is done side by side.
pub fn wait<T>(
    observer: &mut dyn Observer,
    mut attempt: impl FnMut() -> Result<Option<T>>,
) -> Result<Option<T>> {
    let since = Instant::now();
    loop {
        if let Some(turn) = attempt()? {
            return Ok(Some(turn));
        }
        if since.elapsed() > PATIENCE {
            return Ok(None);
        }
        if observer.interrupted() {
            return Err(Error::Interrupted);
        }
        sleep(Duration::from_millis(5));
    }
}
