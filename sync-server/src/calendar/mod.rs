//! When a location works, and so when it gets an order ready: opening hours of its weekdays, holidays, the
//! order cut-off, open minutes of picking, and orders a day. Pure: the instant and the days that are full
//! are arguments.
//!
//! The rule: an order is begun when it comes, or, after the cut-off, on the next day that is open. It is
//! ready at the first instant at which the location is open and has been open for as many minutes as
//! picking takes. **A day that takes no more orders is as good as closed.** What it deliberately does not
//! do: count orders (`app/capacity.rs` does, on rows), or know a customer.

mod day;
mod hours;
mod stated;
#[cfg(test)]
mod tests;
pub mod transit;

use std::collections::BTreeMap;

use domain::clock::TimeMs;
use jiff::{Timestamp, ToSpan, tz::TimeZone};

pub use day::Day;
pub use hours::Hours;

/// How far ahead a location is looked at; who has no place within them takes no orders.
pub const HORIZON_DAYS: i32 = 60;

/// When a location works. It is open on some day of the week, or on some holiday.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    zone: TimeZone,
    week: [Option<Hours>; 7],
    holidays: BTreeMap<Day, Option<Hours>>,
    cut_off_min: Option<u16>,
    picking_min: u32,
    capacity: Option<u32>,
}

/// When an order is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The local day: its capacity is used.
    pub day: Day,
    /// When the customer can come; the location is open then.
    pub ready_at: TimeMs,
    /// When the day's parcels leave: when it closes.
    pub leaves_at: TimeMs,
}

/// One day's opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// The local day.
    pub day: Day,
    /// When it opens.
    pub opens: TimeMs,
    /// When it closes: from then on it is closed.
    pub closes: TimeMs,
}

impl Calendar {
    /// Orders that it gets ready in a day; `None` is any number.
    #[must_use]
    pub const fn capacity(&self) -> Option<u32> {
        self.capacity
    }

    /// The local day of an instant.
    #[must_use]
    pub fn day(&self, at: TimeMs) -> Day {
        let at = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
        Day::of(self.zone.to_datetime(at).date())
    }

    /// The hours of a local day; `None` is closed.
    #[must_use]
    pub fn hours(&self, day: Day) -> Option<Hours> {
        let weekday = usize::from(day.weekday());
        self.holidays.get(&day).copied().unwrap_or(self.week[weekday])
    }

    /// A local day as instants; `None` is closed. Hours that the clock jumps over are none.
    #[must_use]
    pub fn opening(&self, day: Day) -> Option<Opening> {
        let hours = self.hours(day)?;
        let (opens, closes) = (self.at(day, hours.from_min()), self.at(day, hours.to_min()));
        (opens < closes).then_some(Opening { day, opens, closes })
    }

    /// When an order of an instant is ready, where some days take no more; `None` where none of the
    /// next [`HORIZON_DAYS`] does. Later orders are never ready earlier.
    #[must_use]
    pub fn due(&self, ordered: TimeMs, is_full: impl Fn(Day) -> bool) -> Option<Due> {
        if self.capacity == Some(0) {
            return None;
        }
        let today = self.day(ordered);
        let mut left_ms = i64::from(self.picking_min) * 60_000;
        let days = (0..HORIZON_DAYS).map(|ahead| today.plus(ahead));
        for opening in days.filter(|day| !is_full(*day)).filter_map(|day| self.opening(day)) {
            let Opening { day, opens, closes } = opening;
            if opening.day == today && self.is_after_cut_off(day, ordered) {
                continue;
            }
            let begins = opens.max(ordered);
            let ready_at = begins.plus_ms(left_ms);
            if ready_at < closes {
                return Some(Due { day, ready_at, leaves_at: closes });
            }
            left_ms -= closes.since_ms(begins).clamp(0, left_ms);
        }
        None
    }

    fn is_after_cut_off(&self, day: Day, ordered: TimeMs) -> bool {
        self.cut_off_min.is_some_and(|cut_off| ordered > self.at(day, cut_off))
    }

    /// A local time as an instant: of a time that comes twice the first, of one that never comes the
    /// same stretch later.
    fn at(&self, day: Day, minute: u16) -> TimeMs {
        let (hour, minute) = (minute / 60, minute % 60);
        let small = |number: u16| i8::try_from(number).expect("of a day");
        let midnight = day.date().at(0, 0, 0, 0);
        let local = match hour {
            24 => midnight.saturating_add(1.day()),
            _ => day.date().at(small(hour), small(minute), 0, 0),
        };
        let instant = self.zone.to_ambiguous_timestamp(local).compatible();
        TimeMs(instant.map_or(i64::MAX, Timestamp::as_millisecond))
    }
}
