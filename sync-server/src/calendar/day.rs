//! A day of the calendar, whatever the time zone.

use domain::clock::TimeMs;
use jiff::{ToSpan, civil::Date};

/// A local day, as days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

const FIRST: Date = jiff::civil::date(1970, 1, 1);

impl Day {
    /// The day of a date.
    #[must_use]
    pub fn of(date: Date) -> Self {
        Self((date - FIRST).get_days())
    }

    /// The day of an instant in UTC: one day or less from that of any location.
    #[must_use]
    pub fn of_utc(at: TimeMs) -> Self {
        Self(i32::try_from(at.0.div_euclid(86_400_000)).unwrap_or(0))
    }

    /// A day from a column, if it is one.
    #[must_use]
    pub fn from_number(days: i64) -> Option<Self> {
        i32::try_from(days).ok().map(Self)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0.into()
    }

    /// Reads `2026-12-25`, of the years 1970 to 2199; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let date: Date = text.parse().ok()?;
        let is_plain = date.to_string() == text;
        (is_plain && (1970..2200).contains(&date.year())).then(|| Self::of(date))
    }

    /// The day so many days later.
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The date; one outside of the years that can be written is the last of them.
    #[must_use]
    pub fn date(self) -> Date {
        FIRST.saturating_add(self.0.days())
    }

    /// Days since Monday, 0 to 6.
    #[must_use]
    pub fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        u8::try_from((self.0 + 3).rem_euclid(7)).expect("below seven")
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.date().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_written() {
        let christmas = Day::parse("2026-12-25").expect("a day");
        assert_eq!((christmas.to_string().as_str(), christmas.weekday()), ("2026-12-25", 4));
        assert_eq!(christmas.plus(7).to_string(), "2027-01-01");
        assert_eq!(Day::from_number(christmas.number()), Some(christmas));
        for wrong in ["", "2026-02-30", "20261225", "2026-12-25T10:00", "1969-12-31", "2200-01-01"]
        {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
    }
}
