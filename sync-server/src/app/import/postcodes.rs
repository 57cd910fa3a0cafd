//! Rows that say where postcodes lie.

use serde::Deserialize;
use utoipa::ToSchema;

use super::{Numbered, Refused, Written, coordinates, country, last_of_each, text};
use crate::db::{
    DbError, Tx,
    postcodes::{self, Postcode},
};

/// Where a postcode lies, as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ImportPostcode, example = json!({
    "country": "US", "postcode": "78701", "place": "Austin", "lat": 30.2713, "lon": -97.7426
}))]
pub struct Row {
    /// ISO 3166 country, two letters.
    #[schema(pattern = "^[A-Z]{2}$")]
    country: String,
    /// Postcode.
    #[schema(max_length = 200)]
    postcode: String,
    /// Its name.
    #[serde(default)]
    #[schema(max_length = 200)]
    place: String,
    /// Latitude in degrees.
    #[schema(minimum = -90, maximum = 90)]
    lat: f64,
    /// Longitude in degrees.
    #[schema(minimum = -180, maximum = 180)]
    lon: f64,
}

/// Checks a row by itself.
///
/// # Errors
/// [`Refused`].
pub fn check(row: Row) -> Result<Postcode, Refused> {
    country(&row.country)?;
    text("postcode", &row.postcode, false)?;
    text("place", &row.place, true)?;
    Ok(Postcode {
        coordinates: coordinates(row.lat, row.lon)?,
        country: row.country,
        postcode: row.postcode.trim().to_uppercase(),
        place: row.place,
    })
}

/// Writes checked rows.
///
/// # Errors
/// [`DbError`].
pub fn write(tx: &mut Tx, rows: &[Numbered<Postcode>]) -> Result<Written, DbError> {
    let last = last_of_each(rows, |row| (row.country.clone(), row.postcode.clone()));
    let last: Vec<Postcode> = last.into_iter().map(|row| row.1.clone()).collect();
    Ok(Written { accepted: postcodes::put(tx, &last)?, ..Written::default() })
}
