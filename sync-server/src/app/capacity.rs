//! Places in the days of locations: when an order of now is ready there, and its place in that day.
//!
//! A location that states a capacity gets no more orders ready in a day than that: whoever takes a place
//! goes through the day's gate and counts what is there, in the transaction that promises. Where it states
//! none the place is noted all the same, so that a capacity stated later counts whatever is due. What
//! it deliberately does not do: refuse an order. Where there is no place within the horizon, nothing is
//! promised and sourcing asks another location.

use std::collections::{BTreeMap, BTreeSet};

use domain::{clock::TimeMs, fulfillment::Method};

use crate::{
    calendar::{Calendar, Day, Due},
    db::{
        DbError, Tx, calendars,
        capacity::{self, Place},
        sourcing::Keyed,
    },
};

/// What came of asking for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The location has not said when it works: nothing is known of its times.
    Unknown,
    /// It takes no more orders within the horizon.
    Never,
    /// It is ready then.
    At(Due),
}

impl Taken {
    /// When the customer can come, where that is known.
    #[must_use]
    pub const fn ready_at(self) -> Option<TimeMs> {
        match self {
            Self::Unknown | Self::Never => None,
            Self::At(due) => Some(due.ready_at),
        }
    }
}

impl Due {
    /// When work is due that leaves by a method.
    #[must_use]
    pub const fn by(self, method: Method) -> TimeMs {
        match method {
            Method::Pickup => self.ready_at,
            Method::Ship => self.leaves_at,
        }
    }
}

/// When an order of `from` would be ready at a location, as it stands; nothing is taken. `None` where it
/// is not known, or never.
///
/// # Errors
/// [`DbError`].
pub fn look(tx: &mut Tx, location_key: i64, from: TimeMs) -> Result<Option<Due>, DbError> {
    match look_for(tx, "", location_key, from)? {
        Taken::At(due) => Ok(Some(due)),
        Taken::Unknown | Taken::Never => Ok(None),
    }
}

/// The same for whoever may have places already: those are theirs.
///
/// # Errors
/// [`DbError`].
pub fn look_for(
    tx: &mut Tx,
    owner: &str,
    location_key: i64,
    from: TimeMs,
) -> Result<Taken, DbError> {
    let Some(calendar) = calendar_of(tx, location_key)? else { return Ok(Taken::Unknown) };
    let full = full_days(tx, owner, location_key, &calendar, from)?;
    Ok(calendar.due(from, |day| full.contains(&day)).map_or(Taken::Never, Taken::At))
}

/// Takes a place for an order of `from` in the first day that has one. Ask after positions and before
/// feeds, by ascending location.
///
/// # Errors
/// [`DbError`].
pub fn take(
    tx: &mut Tx,
    owner: &str,
    location_key: i64,
    from: TimeMs,
    method: Method,
) -> Result<Taken, DbError> {
    let Some(calendar) = calendar_of(tx, location_key)? else { return Ok(Taken::Unknown) };
    let mut full = full_days(tx, owner, location_key, &calendar, from)?;
    loop {
        let Some(due) = calendar.due(from, |day| full.contains(&day)) else {
            return Ok(Taken::Never);
        };
        if let Some(most) = calendar.capacity() {
            capacity::pass(tx, location_key, due.day)?;
            if capacity::used(tx, location_key, due.day, owner)? >= most {
                full.insert(due.day);
                continue;
            }
        }
        let place = Place { location_key, day: due.day, due_at: due.by(method) };
        capacity::put(tx, owner, place)?;
        return Ok(Taken::At(due));
    }
}

/// Takes away candidates that take no more orders within the horizon, and marks those whose other orders
/// put this one off to another day; they come by ascending key. `owner` may have places already.
///
/// # Errors
/// [`DbError`].
pub fn keep(
    tx: &mut Tx,
    candidates: &mut [Keyed],
    owner: &str,
    now: TimeMs,
) -> Result<(), DbError> {
    let keys: Vec<i64> = candidates.iter().map(|keyed| keyed.key).collect();
    let mut full: BTreeMap<i64, BTreeSet<Day>> = BTreeMap::new();
    for (key, day) in capacity::full(tx, &keys, before(now), owner)? {
        full.entry(key).or_default().insert(day);
    }
    if full.is_empty() {
        return Ok(());
    }
    let keys: Vec<i64> = full.keys().copied().collect();
    for stated in calendars::of(tx, &keys)? {
        let Some(calendar) = stated.calendar() else { continue };
        let days = &full[&stated.key];
        let due = calendar.due(now, |day| days.contains(&day));
        let at = candidates.binary_search_by_key(&stated.key, |keyed| keyed.key);
        let candidate = &mut candidates[at.expect("asked about candidates only")].candidate;
        candidate.takes_no_more = due.is_none();
        candidate.is_put_off = due.is_some() && due != calendar.due(now, |_| false);
    }
    Ok(())
}

fn calendar_of(tx: &mut Tx, location_key: i64) -> Result<Option<Calendar>, DbError> {
    Ok(calendars::one(tx, location_key)?.and_then(|stated| stated.calendar()))
}

/// A day before which nobody asks.
fn before(now: TimeMs) -> Day {
    Day::of_utc(now).plus(-1)
}

fn full_days(
    tx: &mut Tx,
    owner: &str,
    location_key: i64,
    calendar: &Calendar,
    from: TimeMs,
) -> Result<BTreeSet<Day>, DbError> {
    if calendar.capacity().is_none() {
        return Ok(BTreeSet::new());
    }
    let full = capacity::full(tx, &[location_key], before(from), owner)?;
    Ok(full.into_iter().map(|(_, day)| day).collect())
}
