//! Locations: their keys, imports and lists. The card that tablets get is in `cards.rs`.

use domain::{
    api::LocationRow,
    clock::TimeMs,
    ids::LocationId,
    location::{Location, LocationKind},
};

use super::{DbError, Rows, Tx};

/// What an order needs to know of a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its key.
    pub key: i64,
    /// Customers can pick up there.
    pub pickup: bool,
    /// The country, two letters.
    pub country: String,
}

/// Finds a location by its number.
///
/// # Errors
/// [`DbError`].
pub fn find(tx: &mut Tx, id: &LocationId) -> Result<Option<Found>, DbError> {
    tx.query_opt(
        "select key, pickup, country from locations where id = $1",
        &[&id.as_str()],
        |row| {
            let pickup = row.get::<i64>(1)? == 1;
            Ok(Found { key: row.get(0)?, pickup, country: row.get(2)? })
        },
    )
}

/// The country of a location, two letters; `None` where there is no such location.
///
/// # Errors
/// [`DbError`].
pub fn country_of(tx: &mut Tx, id: &LocationId) -> Result<Option<String>, DbError> {
    tx.query_opt("select country from locations where id = $1", &[&id.as_str()], |row| row.get(0))
}

/// Number and name of a location.
///
/// # Errors
/// [`DbError`]; there is always a row for a key that another row refers to.
pub fn name_of(tx: &mut Tx, key: i64) -> Result<(LocationId, String), DbError> {
    tx.query_one("select id, name from locations where key = $1", &[&key], |row| {
        Ok((read_id(row.get(0)?)?, row.get(1)?))
    })
}

/// A location's number from a column.
pub(super) fn read_id(text: String) -> Result<LocationId, DbError> {
    LocationId::new(text.clone()).map_err(|_| DbError::impossible("locations", "id", text))
}

/// Writes locations, each once; returns the keys of those that are new or changed.
///
/// # Errors
/// [`DbError`].
pub fn put(tx: &mut Tx, locations: &[Location]) -> Result<Vec<i64>, DbError> {
    let hours: Vec<String> = locations
        .iter()
        .map(|l| serde_json::to_string(&l.hours).expect("hours are plain data"))
        .collect();
    let each = || locations.iter();
    let kind = |l: &Location| match l.kind {
        LocationKind::Store => "store",
        LocationKind::Warehouse => "warehouse",
    };
    let rows = Rows::new()
        .text("id", each().map(|l| l.id.as_str()))
        .text("name", each().map(|l| l.name.as_str()))
        .text("kind", each().map(kind))
        .text("street", each().map(|l| l.street.as_str()))
        .text("city", each().map(|l| l.city.as_str()))
        .text("region", each().map(|l| l.region.as_str()))
        .text("postcode", each().map(|l| l.postcode.as_str()))
        .text("country", each().map(|l| l.country.as_str()))
        .i64("lat_e6", each().map(|l| l.coordinates.lat_e6))
        .i64("lon_e6", each().map(|l| l.coordinates.lon_e6))
        .text("time_zone", each().map(|l| l.time_zone.as_str()))
        .text("hours_json", hours.iter().map(String::as_str))
        .i64("pickup", each().map(|l| i64::from(l.pickup)))
        .i64("ships", each().map(|l| i64::from(l.ships)));
    tx.query_bulk(
        "insert into locations (id, name, kind, street, city, region, postcode, country, lat_e6,
            lon_e6, time_zone, hours_json, pickup, ships)
         select id, name, kind, street, city, region, postcode, country, lat_e6, lon_e6,
            time_zone, hours_json, pickup, ships from {rows} where true
         on conflict (id) do update set name = excluded.name, kind = excluded.kind,
            street = excluded.street, city = excluded.city, region = excluded.region,
            postcode = excluded.postcode, country = excluded.country, lat_e6 = excluded.lat_e6,
            lon_e6 = excluded.lon_e6, time_zone = excluded.time_zone,
            hours_json = excluded.hours_json, pickup = excluded.pickup, ships = excluded.ships
         where (locations.name, locations.kind, locations.street, locations.city,
            locations.region, locations.postcode, locations.country, locations.lat_e6,
            locations.lon_e6, locations.time_zone, locations.hours_json, locations.pickup,
            locations.ships)
            is distinct from (excluded.name, excluded.kind, excluded.street, excluded.city,
            excluded.region, excluded.postcode, excluded.country, excluded.lat_e6,
            excluded.lon_e6, excluded.time_zone, excluded.hours_json, excluded.pickup,
            excluded.ships)
         returning key",
        &[],
        &rows,
        |row| row.get(0),
    )
}

/// Keys of known locations by number.
///
/// # Errors
/// [`DbError`].
pub fn keys(tx: &mut Tx, ids: &[&str]) -> Result<Vec<(String, i64)>, DbError> {
    tx.query_bulk(
        "select l.id, l.key from {rows} join locations l on l.id = rows.id",
        &[],
        &Rows::new().text("id", ids.iter().copied()),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// A page of locations by number, with what is open there. `only` is one location's key.
///
/// # Errors
/// [`DbError`].
pub fn list(
    tx: &mut Tx,
    search: &str,
    only: Option<i64>,
    after: &str,
    rows_max: u32,
    now: TimeMs,
) -> Result<Vec<LocationRow>, DbError> {
    let like = super::search::pattern(search);
    tx.query(
        "select l.id, l.name, l.city, l.region, l.time_zone,
            (select count(*) from fulfillments f
                where f.location_key = l.key and f.closed_at_ms is null),
            (select count(*) from fulfillments f
                where f.location_key = l.key and f.closed_at_ms is null
                and f.promise_at_ms < $5 and f.at_risk_from_ms < $5),
            (select count(*) from devices d where d.location_key = l.key and d.state = 'active')
         from locations l
         where ($1 = 0 or l.key = $1) and l.id > $2
            and (lower(l.name) like $3 escape '\\' or lower(l.city) like $3 escape '\\'
                or lower(l.id) like $3 escape '\\' or lower(l.region) like $3 escape '\\')
         order by l.id limit $4",
        &[&only.unwrap_or(0), &after, &like, &i64::from(rows_max), &now.0],
        |row| {
            Ok(LocationRow {
                id: read_id(row.get(0)?)?,
                name: row.get(1)?,
                city: row.get(2)?,
                region: row.get(3)?,
                time_zone: row.get(4)?,
                open: super::search::small(row.get(5)?),
                late: super::search::small(row.get(6)?),
                devices: super::search::small(row.get(7)?),
            })
        },
    )
}

/// Keys of locations that have an active tablet: only their feeds have a reader.
///
/// # Errors
/// [`DbError`].
pub fn with_devices(tx: &mut Tx) -> Result<Vec<i64>, DbError> {
    tx.query(
        "select distinct location_key from devices where state = 'active' order by location_key",
        &[],
        |row| row.get(0),
    )
}
