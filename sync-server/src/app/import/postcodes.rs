//! Rows that say where postcodes lie.

use serde::Deserialize;

use super::{Numbered, Refused, Written, coordinates, country, last_of_each, text};
use crate::db::{
    DbError, Tx,
    postcodes::{self, Postcode},
};

/// A row as it is sent.
#[derive(Debug, Deserialize)]
pub struct Row {
    country: String,
    postcode: String,
    #[serde(default)]
    place: String,
    lat: f64,
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
