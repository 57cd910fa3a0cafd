//! The days on which the made-up retailer keeps other hours: a rule, not data. American public holidays of
//! this year and the next, the same at every store. No capacity is stated: the demo places more orders at
//! one store than any could get ready.

use serde::Serialize;

use crate::{clock, rows::LocationRow};

/// A day with other hours; without them it is closed.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct Holiday {
    pub date: String,
    pub hours: Option<[&'static str; 2]>,
    pub name: &'static str,
}

/// A location as it is sent: as in the file, and with its holidays.
#[derive(Clone, Debug, Serialize)]
pub struct Dated<'a> {
    #[serde(flatten)]
    pub row: &'a LocationRow,
    pub holidays: &'a [Holiday],
}

/// The holidays of the year of an instant, and of the next.
pub fn around(now_ms: u64) -> Vec<Holiday> {
    let this: u64 = clock::rfc3339(now_ms)[..4].parse().expect("four digits");
    (this..this + 2).flat_map(of_year).collect()
}

fn of_year(year: u64) -> [Holiday; 5] {
    let thanksgiving = fourth_thursday(year, 11);
    let day = |month: u64, day: u64, hours, name| Holiday {
        date: format!("{year:04}-{month:02}-{day:02}"),
        hours,
        name,
    };
    [
        day(1, 1, Some(["10:00", "18:00"]), "New Year's Day"),
        day(11, thanksgiving, None, "Thanksgiving"),
        day(11, thanksgiving + 1, Some(["08:00", "22:00"]), "Black Friday"),
        day(12, 24, Some(["09:00", "18:00"]), "Christmas Eve"),
        day(12, 25, None, "Christmas Day"),
    ]
}

/// The day of the month.
fn fourth_thursday(year: u64, month: u64) -> u64 {
    // 1970-01-01 was one.
    let weekday = (clock::days(year, month, 1) - clock::days(1970, 1, 1)) % 7;
    1 + (7 - weekday) % 7 + 21
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thanksgiving_is_a_thursday() {
        let of = |year| of_year(year).map(|holiday| holiday.date)[1].clone();
        assert_eq!(
            [of(2024), of(2025), of(2026), of(2029)],
            ["2024-11-28", "2025-11-27", "2026-11-26", "2029-11-22"]
        );
        let (year_ms, names) = (1_767_225_600_000, around(1_767_225_600_000));
        assert_eq!((names.len(), names[0].date.as_str()), (10, "2026-01-01"));
        assert_eq!(around(year_ms + 1)[9].date, "2027-12-25");
    }
}
