//! Rows of stores and warehouses.

use domain::{
    api::{Holiday, LocationCalendar},
    ids::LocationId,
    location::{Location, LocationKind},
    order::FieldError,
    sync::kind,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Numbered, Refused, Written, append, coordinates, country, last_of_each, text, up};
use crate::{
    calendar::Calendar,
    db::{
        DbError, Tx,
        calendars::{self, Said},
        cards, locations,
    },
};

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
    "holidays": [{ "date": "2026-12-25", "name": "Christmas Day" }],
    "cut_off": "17:00", "picking_minutes": 45, "capacity": 60,
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
    /// Opening hours Monday to Sunday as `["HH:MM", "HH:MM"]`, the first before the second, or null;
    /// absent: closed. A location that is never open has not said when it works.
    #[serde(default)]
    #[schema(value_type = Vec<Option<[String; 2]>>, min_items = 7, max_items = 7)]
    hours: [Option<(String, String)>; 7],
    /// Days with other hours; absent, here and in the next three: as it was.
    #[schema(max_items = 200)]
    holidays: Option<Vec<Holiday>>,
    /// What is ordered after this time of day, `HH:MM`, is begun on the next day that is open.
    cut_off: Option<String>,
    /// Open minutes that an order takes to get ready.
    #[schema(maximum = 2_880)]
    picking_minutes: Option<u32>,
    /// Orders that it can get ready in a day.
    #[schema(maximum = 100_000)]
    capacity: Option<u32>,
    /// Customers can pick up here.
    pickup: bool,
    /// Parcels leave from here.
    ships: bool,
}

/// A location, and what its row says of its calendar beside the weekly hours.
pub type Checked = (Location, Said);

/// Checks a row by itself.
///
/// # Errors
/// [`Refused`].
pub fn check(row: Row) -> Result<Checked, Refused> {
    text("name", &row.name, false)?;
    let optional = [
        ("street", &row.street),
        ("city", &row.city),
        ("region", &row.region),
        ("postcode", &row.postcode),
    ];
    optional.iter().try_for_each(|(field, value)| text(field, value, true))?;
    country(&row.country)?;
    Calendar::of(row.kind, &stated(&row)).map_err(|faults| refused(&faults))?;
    let said = Said {
        holidays: row.holidays,
        cut_off: row.cut_off,
        picking_minutes: row.picking_minutes,
        capacity: row.capacity,
    };
    let location = Location {
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
    };
    Ok((location, said))
}

/// The calendar as far as the row says it.
fn stated(row: &Row) -> LocationCalendar {
    LocationCalendar {
        time_zone: row.time_zone.clone(),
        hours: row.hours.clone(),
        holidays: row.holidays.clone().unwrap_or_default(),
        cut_off: row.cut_off.clone(),
        picking_minutes: row.picking_minutes,
        capacity: row.capacity,
    }
}

/// A row has one code: that of the first thing that is wrong.
fn refused(faults: &[FieldError]) -> Refused {
    let first = &faults[0];
    let code = match first.field.split(['[', '.']).next() {
        Some("time_zone") => "invalid_time_zone",
        Some("hours") => "invalid_hours",
        _ => "invalid_calendar",
    };
    Refused::new(code, format!("{}: {}", first.field, first.message))
}

/// Writes checked rows, and tells the tablets of locations that changed.
///
/// # Errors
/// [`DbError`].
pub fn write(tx: &mut Tx, rows: &[Numbered<Checked>]) -> Result<Written, DbError> {
    let last = last_of_each(rows, |(location, _)| location.id.clone());
    let locations: Vec<Location> = last.iter().map(|row| row.1.0.clone()).collect();
    let mut changed = locations::put(tx, &locations)?;
    let said: Vec<_> = last.iter().map(|row| (&row.1.0.id, &row.1.1)).collect();
    changed.extend(calendars::say(tx, &said)?);
    changed.sort_unstable();
    changed.dedup();
    let mut written = Written { accepted: changed.len() as u64, ..Written::default() };
    let watched = locations::with_devices(tx)?;
    for key in changed.into_iter().filter(|key| watched.contains(key)) {
        written.pokes.extend(tell(tx, key)?);
    }
    Ok(written)
}

/// Tells the tablets of a location what it is like now.
///
/// # Errors
/// [`DbError`].
pub fn tell(tx: &mut Tx, key: i64) -> Result<Option<(LocationId, u64)>, DbError> {
    let card = cards::location(tx, key)?;
    let row = up(kind::LOCATION, card.location.id.to_string(), None, &card);
    append(tx, key, &[row])
}
