//! The calendars of locations, as they are stated. Who works when is `calendar.rs`'s to say; how many
//! orders a day has is in `capacity.rs`.

use domain::{
    api::{Holiday, LocationCalendar},
    ids::LocationId,
    location::LocationKind,
};

use super::{DbError, Row, Rows, Tx, locations, search};
use crate::calendar::Calendar;

/// What is stated of a location, with what a reader must know beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stated {
    /// The location's key.
    pub key: i64,
    /// Its number.
    pub id: LocationId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: LocationKind,
    /// Customers can pick up here.
    pub pickup: bool,
    /// Parcels leave from here.
    pub ships: bool,
    /// When it works.
    pub calendar: LocationCalendar,
}

impl Stated {
    /// When it works; `None` where it has not said so. Rows of older versions may say what none can be:
    /// those have not either.
    #[must_use]
    pub fn calendar(&self) -> Option<Calendar> {
        Calendar::of(self.kind, &self.calendar).ok().flatten()
    }
}

/// What one location states.
///
/// # Errors
/// [`DbError`].
pub fn one(tx: &mut Tx, key: i64) -> Result<Option<Stated>, DbError> {
    Ok(of(tx, &[key])?.pop())
}

/// What these locations state, by ascending key.
///
/// # Errors
/// [`DbError`].
pub fn of(tx: &mut Tx, keys: &[i64]) -> Result<Vec<Stated>, DbError> {
    tx.query_bulk(
        "select l.key, l.id, l.name, l.kind, l.pickup, l.ships, l.time_zone, l.hours_json,
            l.holidays_json, l.cut_off, l.picking_minutes, l.capacity
         from {rows} join locations l on l.key = rows.key order by l.key",
        &[],
        &Rows::new().i64("key", keys.iter().copied()),
        read,
    )
}

/// What all locations state, by ascending key.
///
/// # Errors
/// [`DbError`].
pub fn all(tx: &mut Tx) -> Result<Vec<Stated>, DbError> {
    tx.query(
        "select key, id, name, kind, pickup, ships, time_zone, hours_json, holidays_json, cut_off,
            picking_minutes, capacity
         from locations order by key",
        &[],
        read,
    )
}

fn read(row: &Row<'_>) -> Result<Stated, DbError> {
    let (kind, hours): (String, String) = (row.get(3)?, row.get(7)?);
    let number = |column: usize| {
        let found: Option<i64> = row.get(column)?;
        Ok::<_, DbError>(found.map(search::small))
    };
    Ok(Stated {
        key: row.get(0)?,
        id: locations::read_id(row.get(1)?)?,
        name: row.get(2)?,
        kind: match kind.as_str() {
            "store" => LocationKind::Store,
            "warehouse" => LocationKind::Warehouse,
            other => return Err(DbError::impossible("locations", "kind", other)),
        },
        pickup: row.get::<i64>(4)? == 1,
        ships: row.get::<i64>(5)? == 1,
        calendar: LocationCalendar {
            time_zone: row.get(6)?,
            hours: if hours == "{}" { Default::default() } else { row.json(7)? },
            holidays: row.json::<Vec<Holiday>>(8)?,
            cut_off: row.get(9)?,
            picking_minutes: number(10)?,
            capacity: number(11)?,
        },
    })
}

/// States the calendar of a location, all of it; `false` when that is what it stated already.
///
/// # Errors
/// [`DbError`].
pub fn put(tx: &mut Tx, key: i64, stated: &LocationCalendar) -> Result<bool, DbError> {
    let changed = tx.exec(
        "update locations set time_zone = $2, hours_json = $3, holidays_json = $4, cut_off = $5,
            picking_minutes = $6, capacity = $7
         where key = $1 and (time_zone, hours_json, holidays_json, cut_off, picking_minutes, capacity)
            is distinct from ($2, $3, $4, $5, $6, $7)",
        &[
            &key,
            &stated.time_zone,
            &serde_json::to_string(&stated.hours).expect("hours are plain data"),
            &serde_json::to_string(&stated.holidays).expect("holidays are plain data"),
            &stated.cut_off,
            &stated.picking_minutes.map(i64::from),
            &stated.capacity.map(i64::from),
        ],
    )?;
    Ok(changed == 1)
}

/// What a row of an import says beside the weekly hours; what it does not say stays as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Said {
    /// Days with other hours.
    pub holidays: Option<Vec<Holiday>>,
    /// The order cut-off.
    pub cut_off: Option<String>,
    /// Open minutes of picking.
    pub picking_minutes: Option<u32>,
    /// Orders in a day.
    pub capacity: Option<u32>,
}

/// Writes what locations say, each once; returns the keys of those that it changed.
///
/// # Errors
/// [`DbError`].
pub fn say(tx: &mut Tx, said: &[(&LocationId, &Said)]) -> Result<Vec<i64>, DbError> {
    let said: Vec<_> = said.iter().filter(|(_, said)| **said != Said::default()).collect();
    let json = |stated: &Vec<Holiday>| serde_json::to_string(stated).expect("plain data");
    let holidays: Vec<_> = said.iter().map(|(_, said)| said.holidays.as_ref().map(json)).collect();
    let each = || said.iter();
    tx.query_bulk(
        "update locations set holidays_json = coalesce(said_holidays, holidays_json),
            cut_off = coalesce(said_cut_off, cut_off),
            picking_minutes = coalesce(said_minutes, picking_minutes),
            capacity = coalesce(said_capacity, capacity)
         from {rows} where locations.id = rows.location
            and (coalesce(said_holidays, holidays_json), coalesce(said_cut_off, cut_off),
                coalesce(said_minutes, picking_minutes), coalesce(said_capacity, capacity))
                is distinct from (holidays_json, cut_off, picking_minutes, capacity)
         returning key",
        &[],
        &Rows::new()
            .text("location", each().map(|(id, _)| id.as_str()))
            .text("said_holidays", holidays.iter().map(Option::as_deref))
            .text("said_cut_off", each().map(|(_, said)| said.cut_off.as_deref()))
            .i64("said_minutes", each().map(|(_, said)| said.picking_minutes.map(i64::from)))
            .i64("said_capacity", each().map(|(_, said)| said.capacity.map(i64::from))),
        |row| row.get(0),
    )
}
