//! Reports each step and its time.

use std::time::{Duration, Instant};

use crate::observer::Observer;

/// Does a step and reports how long it took, whether it succeeded or failed.
pub fn timed<T, E>(
    name: &str,
    observer: &mut dyn Observer,
    step: impl FnOnce(&mut dyn Observer) -> Result<T, E>,
) -> Result<T, E> {
    let began = Instant::now();
    let done = step(observer);
    observer.debug(&took(name, done.is_ok(), began.elapsed()));
    done
}

/// The message about a step's time.
pub fn took(name: &str, succeeded: bool, time: Duration) -> String {
    let how = if succeeded { "took" } else { "failed after" };
    format!("{name} {how} {:.2} ms", time.as_secs_f64() * 1e3)
}
