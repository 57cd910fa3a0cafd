//! One location with its calendar: shown, and stated anew.

use domain::{
    api::{CalendarDay, LocationCalendar, LocationDetail},
    clock::TimeMs,
    ids::LocationId,
};

use super::{
    capacity,
    import::locations::tell,
    refusal::{AppError, invalid},
};
use crate::{
    calendar::{Calendar, Day},
    db::{
        DbError, Tx,
        calendars::{self, Stated},
        capacity as stored,
    },
};

/// Days that a detail shows, today included.
const DAYS: i32 = 14;

/// A location with its calendar, and how its next days are taken.
///
/// # Errors
/// [`DbError`]; there is always a row for a key that was found in this transaction.
pub fn detail(tx: &mut Tx, key: i64, now: TimeMs) -> Result<LocationDetail, DbError> {
    let stated = calendars::one(tx, key)?.expect("the key was found in this transaction");
    let calendar = stated.calendar();
    let due = capacity::look(tx, key, now)?;
    let days = match &calendar {
        Some(calendar) => days(tx, &stated, calendar, now)?,
        None => Vec::new(),
    };
    Ok(LocationDetail {
        id: stated.id,
        name: stated.name,
        kind: stated.kind,
        pickup: stated.pickup,
        ships: stated.ships,
        calendar: stated.calendar,
        ready_at: due.map(|due| due.ready_at),
        days,
    })
}

fn days(
    tx: &mut Tx,
    stated: &Stated,
    calendar: &Calendar,
    now: TimeMs,
) -> Result<Vec<CalendarDay>, DbError> {
    let today = calendar.day(now);
    let used = stored::by_day(tx, stated.key, today)?;
    let name = |day: Day| {
        let date = day.to_string();
        let holiday = stated.calendar.holidays.iter().find(|holiday| holiday.date == date);
        holiday.map(|holiday| holiday.name.clone())
    };
    let one = |day: Day| {
        let used = used.iter().find(|(known, _)| *known == day).map_or(0, |(_, used)| *used);
        CalendarDay {
            date: day.to_string(),
            hours: calendar.hours(day).map(crate::calendar::Hours::to_words),
            holiday: name(day),
            used,
            is_full: calendar.capacity().is_some_and(|most| used >= most),
        }
    };
    Ok((0..DAYS).map(|ahead| one(today.plus(ahead))).collect())
}

/// States the calendar of a location, all of it, and tells its tablets; where its feed has moved, if
/// anything has changed. Orders that have their day keep it.
///
/// # Errors
/// `invalid_calendar`; [`AppError::Broken`].
pub fn change(
    tx: &mut Tx,
    key: i64,
    stated: &LocationCalendar,
) -> Result<Option<(LocationId, u64)>, AppError> {
    let known = calendars::one(tx, key)?.expect("the key was found in this transaction");
    Calendar::of(known.kind, stated)
        .map_err(|faults| invalid("invalid_calendar", "The calendar is not valid.", faults))?;
    match calendars::put(tx, key, stated)? {
        true => Ok(tell(tx, key)?),
        false => Ok(None),
    }
}
