//! Where postcodes lie.

use domain::location::Coordinates;

use super::{DbError, Rows, Tx};

/// One postcode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postcode {
    /// ISO 3166 country, two letters.
    pub country: String,
    /// In capital letters.
    pub postcode: String,
    /// Name of the place.
    pub place: String,
    /// Where it is.
    pub coordinates: Coordinates,
}

/// Finds a postcode as customers write it: with blanks, small letters, or a part for the delivery
/// round behind it (`12345-6789`, `SW1A 1AA`).
///
/// # Errors
/// [`DbError`].
pub fn find(tx: &mut Tx, country: &str, text: &str) -> Result<Option<Coordinates>, DbError> {
    let written = text.trim().to_uppercase();
    let joined: String = written.chars().filter(|c| !c.is_whitespace()).collect();
    let short = written.split([' ', '-']).next().unwrap_or_default();
    for form in [written.as_str(), &joined, short] {
        let found = tx.query_opt(
            "select lat_e6, lon_e6 from postcodes where country = $1 and postcode = $2",
            &[&country.to_uppercase(), &form],
            |row| Ok(Coordinates { lat_e6: row.get(0)?, lon_e6: row.get(1)? }),
        )?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Writes postcodes, each once; says how many are new or changed.
///
/// # Errors
/// [`DbError`].
pub fn put(tx: &mut Tx, postcodes: &[Postcode]) -> Result<u64, DbError> {
    let each = || postcodes.iter();
    let rows = Rows::new()
        .text("country", each().map(|p| p.country.as_str()))
        .text("postcode", each().map(|p| p.postcode.as_str()))
        .text("place", each().map(|p| p.place.as_str()))
        .i64("lat_e6", each().map(|p| p.coordinates.lat_e6))
        .i64("lon_e6", each().map(|p| p.coordinates.lon_e6));
    tx.exec_bulk(
        "insert into postcodes (country, postcode, place, lat_e6, lon_e6)
         select country, postcode, place, lat_e6, lon_e6 from {rows} where true
         on conflict (country, postcode) do update set
            place = excluded.place, lat_e6 = excluded.lat_e6, lon_e6 = excluded.lon_e6
         where postcodes.place <> excluded.place or postcodes.lat_e6 <> excluded.lat_e6
            or postcodes.lon_e6 <> excluded.lon_e6",
        &[],
        &rows,
    )
}
