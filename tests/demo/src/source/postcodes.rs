//! US postcodes with their coordinates (GeoNames).
//!
//! Two postcodes are listed twice, once as a military post office abroad: the civil place wins.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::DemoError;
use crate::source::read_csv;

/// A postcode; `state` is empty for a military post office.
#[derive(Clone, Debug, Deserialize)]
pub struct Postcode {
    #[serde(rename = "zipcode")]
    pub code: String,
    pub place: String,
    #[serde(rename = "state_code")]
    pub state: String,
    #[serde(rename = "latitude")]
    pub lat: f64,
    #[serde(rename = "longitude")]
    pub lon: f64,
}

/// Postcodes by their five digits.
pub type Postcodes = BTreeMap<String, Postcode>;

/// Reads them all.
pub fn read(data: &Path) -> Result<Postcodes, DemoError> {
    let mut found = Postcodes::new();
    for postcode in read_csv::<Postcode>(&data.join("postcodes/us.csv.gz"))? {
        if postcode.state.is_empty() && found.contains_key(&postcode.code) {
            continue;
        }
        found.insert(postcode.code.clone(), postcode);
    }
    Ok(found)
}
