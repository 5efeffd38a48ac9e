//! The clock, and what it says of a file.

use std::time::{SystemTime, UNIX_EPOCH};

use super::dir::Metadata;

/// How long ago a file must have changed for every later change to show in its facts, in nanoseconds: the clocks of file
/// systems have a grain.
const GRAIN: i64 = 2_000_000_000;

/// Nanoseconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}

/// Reports whether these facts will differ after any change. A file's time of change (ctime) can't be set, so facts that
/// are all the same mean the same content, but for a change within the clock's grain.
pub fn is_settled(metadata: &Metadata) -> bool {
    metadata.changed != 0 && now() - metadata.changed >= GRAIN
}
