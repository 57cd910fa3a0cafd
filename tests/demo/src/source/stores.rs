//! The real stores, repaired: postcodes that lost their leading zero or carry four more digits, blanks
//! around words, coordinates far from the store's own postcode, and the owner's name.
//!
//! Kinds and services of the real owner are its trade; only the size of the store is kept.

use std::fs::File;
use std::path::Path;

use serde::Deserialize;

use crate::RETAILER;
use crate::error::DemoError;
use crate::rows::LocationRow;
use crate::source::distance_km;
use crate::source::hours::parse_week;
use crate::source::postcodes::{Postcode, Postcodes};
use crate::source::zones::time_zone;

/// A store farther than this from its own postcode is where the postcode is. Real ones are within 60.
const MISPLACED_KM: f64 = 100.0;

#[derive(Debug, Deserialize)]
struct Store {
    id: u32,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    address: String,
    address2: Option<String>,
    city: String,
    state: String,
    zip: String,
    location: Coordinates,
    hours: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Coordinates {
    lat: f64,
    lon: f64,
}

/// Reads every store as a location, ordered by id.
pub fn read(data: &Path, postcodes: &Postcodes) -> Result<Vec<LocationRow>, DemoError> {
    let path = data.join("stores/stores.json");
    let file = File::open(&path).map_err(DemoError::read(&path))?;
    let stores: Vec<Store> = serde_json::from_reader(std::io::BufReader::new(file))
        .map_err(DemoError::json(path.display().to_string()))?;
    let mut rows =
        stores.iter().map(|store| to_location(store, postcodes)).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(rows)
}

fn to_location(store: &Store, postcodes: &Postcodes) -> Result<LocationRow, DemoError> {
    let row = || format!("store {}", store.id);
    let postcode = repair_postcode(&store.zip)
        .ok_or_else(|| DemoError::data(row(), format!("postcode {:?}", store.zip)))?;
    let place = repair_place(store.location, postcodes.get(&postcode));
    let hours = parse_week(&store.hours).map_err(|e| DemoError::data(row(), e.to_string()))?;
    let zone = time_zone(&store.state, place.lat, place.lon)
        .ok_or_else(|| DemoError::data(row(), format!("state {:?}", store.state)))?;
    let (suffix, pickup, ships) = match store.kind.as_str() {
        "BigBox" => ("", true, true),
        "Mobile" => (" (corner shop)", true, false),
        "Express" => (" (kiosk)", false, false),
        other => return Err(DemoError::data(row(), format!("type {other:?}"))),
    };
    Ok(LocationRow {
        id: format!("S{:04}", store.id),
        name: format!("{}{suffix}", neutral(&store.name)),
        kind: "store".into(),
        street: [store.address.trim(), store.address2.as_deref().unwrap_or_default().trim()]
            .join(" ")
            .trim()
            .to_owned(),
        city: store.city.trim().to_owned(),
        region: store.state.clone(),
        country: "US".into(),
        postcode,
        lat: place.lat,
        lon: place.lon,
        time_zone: zone.to_owned(),
        hours,
        pickup,
        ships,
    })
}

/// `2128` lost a zero on its way through a spreadsheet; `28786-6875` names one street too.
fn repair_postcode(text: &str) -> Option<String> {
    let digits = text.trim().split('-').next()?;
    let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    (all_digits && digits.len() <= 5).then(|| format!("{digits:0>5}"))
}

/// Two stores stand in another state by their coordinates: a thousand kilometres from their street.
fn repair_place(written: Coordinates, postcode: Option<&Postcode>) -> Coordinates {
    let Some(postcode) = postcode else { return written };
    let away_km = distance_km((written.lat, written.lon), (postcode.lat, postcode.lon));
    if away_km > MISPLACED_KM {
        return Coordinates { lat: postcode.lat, lon: postcode.lon };
    }
    written
}

fn neutral(name: &str) -> String {
    name.trim().replace("Best Buy", RETAILER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_are_repaired() {
        assert_eq!(repair_postcode("2128").as_deref(), Some("02128"));
        assert_eq!(repair_postcode("28786-6875").as_deref(), Some("28786"));
        assert_eq!(repair_postcode("55425").as_deref(), Some("55425"));
        for wrong in ["", "-1234", "554255", "K1A 0B1"] {
            assert_eq!(repair_postcode(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn a_store_far_from_its_postcode_is_moved_there() {
        let jonesboro = Postcode {
            code: "72401".into(),
            place: "Jonesboro".into(),
            state: "AR".into(),
            lat: 35.83,
            lon: -90.69,
        };
        let written = Coordinates { lat: 40.407, lon: -79.83 };
        assert!((repair_place(written, Some(&jonesboro)).lat - 35.83).abs() < 1e-9);
        assert!((repair_place(written, None).lat - 40.407).abs() < 1e-9);
        let near = Coordinates { lat: 35.9, lon: -90.7 };
        assert!((repair_place(near, Some(&jonesboro)).lat - 35.9).abs() < 1e-9);
    }
}
