//! Points in time, as file systems keep them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A point in time, as file systems store it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    nanoseconds: i64,
}

const SECOND: i64 = 1_000_000_000;

impl Timestamp {
    /// The current time.
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// From nanoseconds since 1970.
    pub const fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self { nanoseconds }
    }

    /// From seconds since 1970 and nanoseconds after them.
    pub fn from_parts(seconds: i64, nanoseconds: i64) -> Self {
        Self { nanoseconds: seconds.saturating_mul(SECOND).saturating_add(nanoseconds) }
    }

    /// Nanoseconds since 1970.
    pub fn nanoseconds(self) -> i64 {
        self.nanoseconds
    }

    /// Whole seconds since 1970, which is how bytecode records the time of its source.
    pub fn seconds(self) -> i64 {
        self.nanoseconds.div_euclid(SECOND)
    }

    /// The nanoseconds after [`Timestamp::seconds`].
    pub fn subsecond_nanoseconds(self) -> i64 {
        self.nanoseconds.rem_euclid(SECOND)
    }

    /// This time in even seconds, which every file system and archive can keep.
    pub fn to_even_seconds(self) -> Self {
        Self::from_parts(self.seconds() & !1, 0)
    }

    /// Reports whether this was longer ago than `age`.
    pub fn is_older_than(self, now: Self, age: Duration) -> bool {
        i128::from(now.nanoseconds) - i128::from(self.nanoseconds) > age.as_nanos() as i128
    }
}

impl From<SystemTime> for Timestamp {
    /// Times before 1970 count as 1970.
    fn from(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { nanoseconds: i64::try_from(since.as_nanos()).unwrap_or(i64::MAX) }
    }
}

impl From<Timestamp> for SystemTime {
    fn from(time: Timestamp) -> Self {
        let since = Duration::from_nanos(time.nanoseconds.unsigned_abs());
        if time.nanoseconds < 0 { UNIX_EPOCH - since } else { UNIX_EPOCH + since }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_nanoseconds_agree_before_1970_too() {
        for nanoseconds in [0, 1, SECOND + 7, -1, -SECOND - 7] {
            let time = Timestamp::from_nanoseconds(nanoseconds);
            assert_eq!(Timestamp::from_parts(time.seconds(), time.subsecond_nanoseconds()), time);
        }
        assert_eq!(Timestamp::from_nanoseconds(3 * SECOND + 9).to_even_seconds().nanoseconds(), 2 * SECOND);
    }

    #[test]
    fn age_is_counted_from_now() {
        let at = |seconds| Timestamp::from_parts(seconds, 0);
        assert!(at(7).is_older_than(at(10), Duration::from_secs(2)));
        assert!(!at(8).is_older_than(at(10), Duration::from_secs(2)));
        assert!(!at(12).is_older_than(at(10), Duration::from_secs(2)));
    }
}
