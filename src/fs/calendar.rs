//! Dates as people write them.

use super::time::Timestamp;

/// A date and time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// The year.
    pub year: u16,
    /// From 1 to 12.
    pub month: u16,
    /// From 1 to 31.
    pub day: u16,
    /// From 0 to 23.
    pub hour: u16,
    /// From 0 to 59.
    pub minute: u16,
    /// From 0 to 59.
    pub second: u16,
}

impl Calendar {
    /// The current time in the user's time zone.
    pub fn now() -> Self {
        super::sys::local_time()
    }

    /// This time in UTC. Times before 1970 count as 1970, and those after 9999 as 9999.
    pub fn utc(time: Timestamp) -> Self {
        const DAY: i64 = 24 * 60 * 60;
        let seconds = time.seconds().max(0);
        let (mut days, rest) = (seconds / DAY, seconds % DAY);
        let (mut year, mut month) = (1970, 1);
        while days >= days_of_year(year) && year < 9999 {
            days -= days_of_year(year);
            year += 1;
        }
        while month < 12 && days >= days_of_month(year, month) {
            days -= days_of_month(year, month);
            month += 1;
        }
        let small = |number: i64| u16::try_from(number).unwrap_or(u16::MAX);
        Self {
            year,
            month,
            day: small(days + 1),
            hour: small(rest / 3600),
            minute: small(rest / 60 % 60),
            second: small(rest % 60),
        }
    }
}

fn is_leap_year(year: u16) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of_year(year: u16) -> i64 {
    if is_leap_year(year) { 366 } else { 365 }
}

fn days_of_month(year: u16, month: u16) -> i64 {
    match month {
        2 if is_leap_year(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_dates() {
        let fields = |seconds| {
            let Calendar { year, month, day, hour, minute, second } =
                Calendar::utc(Timestamp::from_parts(seconds, 0));
            [year, month, day, hour, minute, second]
        };
        assert_eq!(fields(0), [1970, 1, 1, 0, 0, 0]);
        assert_eq!(fields(951_825_599), [2000, 2, 29, 11, 59, 59]);
        assert_eq!(fields(1_700_000_000), [2023, 11, 14, 22, 13, 20]);
        assert_eq!(fields(4_102_444_799), [2099, 12, 31, 23, 59, 59]);
        assert_eq!(fields(4_107_542_400), [2100, 3, 1, 0, 0, 0]);
    }
}
