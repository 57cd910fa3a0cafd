//! Google's local inventory: `store_code`, `id`, `quantity`, `availability`, and how long a pickup takes.
//! Fields and words are those of the Local inventory data specification (Merchant Center help, 14819809).
//!
//! How long is as of the file's time, by the store's calendar. An increment has the items whose numbers
//! have changed: what it does not name keeps the days that it was told with, so whoever shows them asks
//! for everything each day.

use std::fmt::Write as _;

use domain::clock::TimeMs;
use serde_json::Value;

use super::{Made, availability};
use crate::atp::directory::Calendars;

pub(super) const HEAD: &str = "store_code\tid\tquantity\tavailability\tpickup_method\tpickup_sla\n";

/// How soon a pickup is ready, in days of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sla {
    /// In so many days; 0 is today.
    Days(i64),
    /// The store takes no more orders.
    Never,
}

impl Sla {
    /// By a store's calendar; one that has not said when it works is ready on the day.
    pub(super) fn of(calendars: &Calendars, location: u32, at: TimeMs) -> Self {
        let Some(calendar) = calendars.of(location) else { return Self::Days(0) };
        let due = calendars.due(location, at);
        due.map_or(Self::Never, |due| Self::Days(due.day.number() - calendar.day(at).number()))
    }

    /// `pickup_method` and `pickup_sla`.
    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Days(i64::MIN..=0) => ("buy", "same_day"),
            Self::Days(1) => ("buy", "next_day"),
            Self::Days(2) => ("buy", "2-day"),
            Self::Days(3) => ("buy", "3-day"),
            Self::Days(4) => ("buy", "4-day"),
            Self::Days(5) => ("buy", "5-day"),
            Self::Days(6) => ("buy", "6-day"),
            Self::Days(_) => ("buy", "multi-week"),
            Self::Never => ("not_supported", ""),
        }
    }
}

/// Writes the rows of an item: one for each of its locations.
pub(super) fn rows(made: &Made<'_>, item: u32, out: &mut String) -> u64 {
    let sku = made.sku(item);
    let at = made.at_locations(item);
    for (store, units, sla) in &at {
        let (word, (method, sla)) = (availability(*units), sla.words());
        writeln!(out, "{store}\t{sku}\t{units}\t{word}\t{method}\t{sla}")
            .expect("writing to a string cannot fail");
    }
    at.len() as u64
}

/// The same as documents of the API.
pub(super) fn documents(made: &Made<'_>, item: u32, out: &mut String) -> u64 {
    let sku = Value::from(made.sku(item));
    let at = made.at_locations(item);
    for (store, units, sla) in &at {
        let (store, word, (method, sla)) = (Value::from(*store), availability(*units), sla.words());
        write!(
            out,
            r#"{{"storeCode":{store},"offerId":{sku},"quantity":{units},"availability":"{word}","pickupMethod":"{method}""#
        )
        .expect("writing to a string cannot fail");
        // No pickup, no word for how long it takes.
        if !sla.is_empty() {
            write!(out, r#","pickupSla":"{sla}""#).expect("writing to a string cannot fail");
        }
        out.push_str("}\n");
    }
    at.len() as u64
}

#[cfg(test)]
mod tests {
    use domain::{api::LocationCalendar, location::LocationKind};

    use super::*;
    use crate::calendar::{Calendar, Day};

    #[test]
    fn how_long_it_takes_follows_the_calendar() {
        let stated = LocationCalendar {
            time_zone: "America/Chicago".into(),
            hours: std::array::from_fn(|_| Some(("09:00".into(), "21:00".into()))),
            holidays: Vec::new(),
            cut_off: Some("17:00".into()),
            picking_minutes: Some(60),
            capacity: Some(2),
        };
        let calendar = Calendar::of(LocationKind::Store, &stated).expect("valid").expect("open");
        let mut calendars = Calendars::default();
        calendars.put([(3, calendar)].into_iter());
        let at = |text: &str| {
            let at = TimeMs::from_rfc3339(text).expect("an instant");
            move |calendars: &Calendars| Sla::of(calendars, 3, at).words()
        };
        let noon = at("2026-11-23T18:00:00Z");
        assert_eq!(noon(&calendars), ("buy", "same_day"));
        assert_eq!(
            at("2026-11-24T00:00:00Z")(&calendars),
            ("buy", "next_day"),
            "after the cut-off"
        );
        let monday = Day::parse("2026-11-23").expect("a day");
        let full = |days: i32| (0..days).map(move |ahead| (3, monday.plus(ahead)));
        for (days, word) in
            [(1, "next_day"), (2, "2-day"), (6, "6-day"), (7, "multi-week"), (59, "multi-week")]
        {
            calendars.fill(full(days));
            assert_eq!(noon(&calendars), ("buy", word));
        }
        calendars.fill(full(60));
        assert_eq!(noon(&calendars), ("not_supported", ""));
        assert_eq!(Sla::of(&calendars, 4, TimeMs(0)).words(), ("buy", "same_day"), "nothing said");
    }
}
