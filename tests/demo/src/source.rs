//! Reads the open data as it is, dirt included, and repairs what can be repaired.
//!
//! One file a source. What a repaired row becomes in the demo is [`crate::prepare`]'s business.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;

use crate::error::DemoError;

pub mod hours;
pub mod postcodes;
pub mod products;
pub mod shop;
pub mod stores;
pub mod till;
pub mod zones;

/// Every row of a compressed CSV file with a header.
pub(crate) fn read_csv<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, DemoError> {
    let file = File::open(path).map_err(DemoError::read(path))?;
    let rows = csv::Reader::from_reader(GzDecoder::new(file)).into_deserialize();
    rows.collect::<Result<_, _>>().map_err(DemoError::csv(path))
}

/// The text of a compressed file.
pub(crate) fn read_gz(path: &Path) -> Result<Vec<u8>, DemoError> {
    let file = File::open(path).map_err(DemoError::read(path))?;
    let mut bytes = Vec::new();
    GzDecoder::new(file).read_to_end(&mut bytes).map_err(DemoError::read(path))?;
    Ok(bytes)
}

/// Kilometres between two places (latitude, longitude in degrees), on a sphere.
pub(crate) fn distance_km(a: (f64, f64), b: (f64, f64)) -> f64 {
    const EARTH_RADIUS_KM: f64 = 6_371.0;
    let (a_lat, b_lat) = (a.0.to_radians(), b.0.to_radians());
    let (half_lat, half_lon) = ((b_lat - a_lat) / 2.0, (b.1 - a.1).to_radians() / 2.0);
    let h = half_lat.sin().powi(2) + a_lat.cos() * b_lat.cos() * half_lon.sin().powi(2);
    2.0 * EARTH_RADIUS_KM * h.sqrt().asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_an_atlas() {
        let (minneapolis, chicago) = ((44.98, -93.27), (41.88, -87.63));
        let km = distance_km(minneapolis, chicago);
        assert!((565.0..575.0).contains(&km), "{km}");
        assert!(distance_km(chicago, chicago) < 0.001);
    }
}
