//! Places in the days of locations: one row for each order that is to be ready on a day, and the gate of
//! a day that does not take any number.
//!
//! A row belongs to a hold, then to its order, then to the work at the location. Whoever counts goes
//! through the gate first ([`pass`]); giving a place back needs none.

use domain::clock::TimeMs;

use super::{DbError, Rows, Tx, search};
use crate::calendar::Day;

/// A place in a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The location.
    pub location_key: i64,
    /// The local day.
    pub day: Day,
    /// When it is to be ready, or to leave.
    pub due_at: TimeMs,
}

/// Goes through the gate of a day: whoever comes next waits until this transaction ends. Ask after
/// positions and before feeds, by ascending location and day.
///
/// # Errors
/// [`DbError`].
pub fn pass(tx: &mut Tx, location_key: i64, day: Day) -> Result<(), DbError> {
    tx.exec(
        "insert into capacity_days (location_key, day, rev) values ($1, $2, 1)
         on conflict (location_key, day) do update set rev = capacity_days.rev + 1",
        &[&location_key, &day.number()],
    )?;
    Ok(())
}

/// Places of a day that others than `owner` have.
///
/// # Errors
/// [`DbError`].
pub fn used(tx: &mut Tx, location_key: i64, day: Day, owner: &str) -> Result<u32, DbError> {
    tx.query_one(
        "select count(*) from capacity_uses where location_key = $1 and day = $2 and owner <> $3",
        &[&location_key, &day.number(), &owner],
        |row| Ok(search::small(row.get(0)?)),
    )
}

/// Places of the days from `from` on, by day.
///
/// # Errors
/// [`DbError`].
pub fn by_day(tx: &mut Tx, location_key: i64, from: Day) -> Result<Vec<(Day, u32)>, DbError> {
    tx.query(
        "select day, count(*) from capacity_uses where location_key = $1 and day >= $2
         group by day order by day",
        &[&location_key, &from.number()],
        |row| Ok((read_day(row.get(0)?)?, search::small(row.get(1)?))),
    )
}

/// Days from `from` on that take no more, whoever of `owner` has a place in them: location and day. A
/// location that takes no orders at all is among them, with some day.
///
/// # Errors
/// [`DbError`].
pub fn full(
    tx: &mut Tx,
    location_keys: &[i64],
    from: Day,
    owner: &str,
) -> Result<Vec<(i64, Day)>, DbError> {
    tx.query_bulk(
        "select l.key, coalesce(u.day, $1) from {rows}
         join locations l on l.key = rows.location_key and l.capacity is not null
         left join capacity_uses u on u.location_key = l.key and u.day >= $1 and u.owner <> $2
         group by l.key, u.day, l.capacity having count(u.owner) >= l.capacity
         order by l.key, u.day",
        &[&from.number(), &owner],
        &Rows::new().i64("location_key", location_keys.iter().copied()),
        |row| Ok((row.get(0)?, read_day(row.get(1)?)?)),
    )
}

/// The same of all locations, whoever has the places.
///
/// # Errors
/// [`DbError`].
pub fn all_full(tx: &mut Tx, from: Day) -> Result<Vec<(i64, Day)>, DbError> {
    tx.query(
        "select l.key, u.day from locations l
         join capacity_uses u on u.location_key = l.key and u.day >= $1
         where l.capacity is not null
         group by l.key, u.day, l.capacity having count(*) >= l.capacity order by l.key, u.day",
        &[&from.number()],
        |row| Ok((row.get(0)?, read_day(row.get(1)?)?)),
    )
}

/// Gives `owner` a place; one that it has already stays as it is.
///
/// # Errors
/// [`DbError`].
pub fn put(tx: &mut Tx, owner: &str, place: Place) -> Result<(), DbError> {
    let Place { location_key, day, due_at } = place;
    tx.exec(
        "insert into capacity_uses (owner, location_key, day, due_at_ms) values ($1, $2, $3, $4)
         on conflict (owner, location_key, day) do nothing",
        &[&owner, &location_key, &day.number(), &due_at.0],
    )?;
    Ok(())
}

/// The places that `owner` has, the earliest first.
///
/// # Errors
/// [`DbError`].
pub fn of(tx: &mut Tx, owner: &str) -> Result<Vec<Place>, DbError> {
    tx.query(
        "select location_key, day, due_at_ms from capacity_uses where owner = $1
         order by day, location_key",
        &[&owner],
        |row| {
            let (location_key, due_at) = (row.get(0)?, TimeMs(row.get(2)?));
            Ok(Place { location_key, day: read_day(row.get(1)?)?, due_at })
        },
    )
}

/// All places of `from` are `to`'s from now on.
///
/// # Errors
/// [`DbError`].
pub fn hand_on(tx: &mut Tx, from: &str, to: &str) -> Result<(), DbError> {
    tx.exec("update capacity_uses set owner = $2 where owner = $1", &[&from, &to])?;
    Ok(())
}

/// One place of `from` is `to`'s from now on.
///
/// # Errors
/// [`DbError`].
pub fn hand_on_one(tx: &mut Tx, from: &str, to: &str, place: Place) -> Result<(), DbError> {
    tx.exec(
        "update capacity_uses set owner = $2 where owner = $1 and location_key = $3 and day = $4",
        &[&from, &to, &place.location_key, &place.day.number()],
    )?;
    Ok(())
}

/// Gives back every place that `owner` has.
///
/// # Errors
/// [`DbError`].
pub fn free(tx: &mut Tx, owner: &str) -> Result<(), DbError> {
    tx.exec("delete from capacity_uses where owner = $1", &[&owner])?;
    Ok(())
}

/// Forgets days before one, whoever had places in them.
///
/// # Errors
/// [`DbError`].
pub fn forget(tx: &mut Tx, before: Day) -> Result<(), DbError> {
    tx.exec("delete from capacity_uses where day < $1", &[&before.number()])?;
    tx.exec("delete from capacity_days where day < $1", &[&before.number()])?;
    Ok(())
}

fn read_day(number: i64) -> Result<Day, DbError> {
    Day::from_number(number)
        .ok_or_else(|| DbError::impossible("capacity_uses", "day", number.to_string()))
}
