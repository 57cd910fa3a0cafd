//! Rows of stores and warehouses.

use domain::{
    ids::LocationId,
    location::{Location, LocationKind},
    sync::kind,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Numbered, Refused, Written, append, coordinates, country, last_of_each, text, up};
use crate::db::{DbError, Tx, cards, locations};

/// A store or a warehouse as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ImportLocation, example = json!({
    "id": "S0001", "name": "Main Street", "kind": "store", "street": "1 Main Street",
    "city": "Austin", "region": "TX", "country": "US", "postcode": "78701",
    "lat": 30.2672, "lon": -97.7431, "time_zone": "America/Chicago",
    "hours": [
        ["09:00", "21:00"], ["09:00", "21:00"], ["09:00", "21:00"], ["09:00", "21:00"],
        ["09:00", "21:00"], ["10:00", "18:00"], null
    ],
    "pickup": true, "ships": true
}))]
pub struct Row {
    /// Its number.
    id: LocationId,
    /// Its name.
    #[schema(max_length = 200)]
    name: String,
    /// What it is.
    kind: LocationKind,
    /// Street and number.
    #[serde(default)]
    #[schema(max_length = 200)]
    street: String,
    /// City.
    #[serde(default)]
    #[schema(max_length = 200)]
    city: String,
    /// State or province.
    #[serde(default)]
    #[schema(max_length = 200)]
    region: String,
    /// ISO 3166 country, two letters.
    #[schema(pattern = "^[A-Z]{2}$")]
    country: String,
    /// Postcode.
    #[serde(default)]
    #[schema(max_length = 200)]
    postcode: String,
    /// Latitude in degrees.
    #[schema(minimum = -90, maximum = 90)]
    lat: f64,
    /// Longitude in degrees.
    #[schema(minimum = -180, maximum = 180)]
    lon: f64,
    /// IANA time zone.
    #[schema(max_length = 200)]
    time_zone: String,
    /// Opening hours Monday to Sunday as `["HH:MM", "HH:MM"]` or null; absent: closed.
    #[serde(default)]
    #[schema(value_type = Vec<Option<[String; 2]>>, min_items = 7, max_items = 7)]
    hours: [Option<(String, String)>; 7],
    /// Customers can pick up here.
    pickup: bool,
    /// Parcels leave from here.
    ships: bool,
}

/// Checks a row by itself.
///
/// # Errors
/// [`Refused`].
pub fn check(row: Row) -> Result<Location, Refused> {
    text("name", &row.name, false)?;
    let optional = [
        ("street", &row.street),
        ("city", &row.city),
        ("region", &row.region),
        ("postcode", &row.postcode),
    ];
    optional.iter().try_for_each(|(field, value)| text(field, value, true))?;
    text("time_zone", &row.time_zone, false)?;
    country(&row.country)?;
    for (from, to) in row.hours.iter().flatten() {
        if !is_time(from) || !is_time(to) {
            return Err(Refused::new("invalid_hours", "hours are [\"HH:MM\", \"HH:MM\"] or null"));
        }
    }
    Ok(Location {
        coordinates: coordinates(row.lat, row.lon)?,
        id: row.id,
        name: row.name,
        kind: row.kind,
        street: row.street,
        city: row.city,
        region: row.region,
        postcode: row.postcode,
        country: row.country,
        time_zone: row.time_zone,
        hours: row.hours,
        pickup: row.pickup,
        ships: row.ships,
    })
}

/// `00:00` to `24:00`.
fn is_time(text: &str) -> bool {
    let Some((hour, minute)) = text.split_once(':') else { return false };
    let two = |t: &str| (t.len() == 2).then(|| t.parse::<u32>().ok()).flatten();
    matches!((two(hour), two(minute)), (Some(0..=23), Some(0..=59)) | (Some(24), Some(0)))
}

/// Writes checked rows, and tells the tablets of locations that changed.
///
/// # Errors
/// [`DbError`].
pub fn write(tx: &mut Tx, rows: &[Numbered<Location>]) -> Result<Written, DbError> {
    let last = last_of_each(rows, |location| location.id.clone());
    let last: Vec<Location> = last.into_iter().map(|row| row.1.clone()).collect();
    let changed = locations::put(tx, &last)?;
    let mut written = Written { accepted: changed.len() as u64, ..Written::default() };
    let watched = locations::with_devices(tx)?;
    for key in changed.into_iter().filter(|key| watched.contains(key)) {
        let card = cards::location(tx, key)?;
        let row = up(kind::LOCATION, card.location.id.to_string(), None, &card);
        written.pokes.extend(append(tx, key, &[row])?);
    }
    Ok(written)
}
