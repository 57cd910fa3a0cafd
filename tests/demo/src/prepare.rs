//! Makes `assets/demo` from the open data: the same data and seed give the same bytes.
//!
//! Stock levels are not among the files: they are many and a few lines of code (see [`crate::stock`]).

use std::fs;
use std::path::Path;

use crate::DEMO_LOCATION;
use crate::error::DemoError;
use crate::files;
use crate::rows::PostcodeRow;
use crate::seed::Seed;
use crate::source::postcodes::Postcodes;
use crate::source::{postcodes, products, shop, stores, till};
use crate::staff;
use crate::wording::Wording;

pub mod baskets;
pub mod customers;
pub mod items;
pub mod package;

/// The seed of the files in the repository.
pub const SEED: Seed = Seed(20_251);

/// Names of the files, in the order in which they are loaded.
pub const LOCATIONS: &str = "locations.ndjson.zst";
pub const ITEMS: &str = "items.ndjson.zst";
pub const POSTCODES: &str = "postcodes.ndjson.zst";
pub const ASSOCIATES: &str = "associates.ndjson";
pub const BASKETS: &str = "baskets.ndjson.zst";

/// A file that was written.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    pub name: &'static str,
    pub rows: usize,
    pub bytes: usize,
}

/// Reads the folder of open data and writes every file of the demo into `out`.
pub fn prepare(data: &Path, out: &Path, seed: Seed) -> Result<Vec<Written>, DemoError> {
    fs::create_dir_all(out).map_err(DemoError::write(out))?;
    let places = postcodes::read(data)?;
    let locations = stores::read(data, &places)?;
    let home = locations
        .iter()
        .find(|location| location.id == DEMO_LOCATION)
        .ok_or_else(|| DemoError::data(DEMO_LOCATION, "not among the stores"))?;
    let homes = customers::Homes::around(home, &places);
    let (products, sales) = (products::read(data)?, till::read(data)?);
    let items = items::items(&products, &sales, seed, &Wording::default());
    let baskets = baskets::baskets(&shop::read(data)?, &items, &homes, seed);
    let written = |name, rows, bytes| Written { name, rows, bytes };
    let (place_rows, staff) = (postcode_rows(&places), staff::associates(seed));
    Ok(vec![
        written(LOCATIONS, locations.len(), files::write(&out.join(LOCATIONS), &locations)?),
        written(ITEMS, items.len(), files::write(&out.join(ITEMS), &items)?),
        written(POSTCODES, place_rows.len(), files::write(&out.join(POSTCODES), &place_rows)?),
        written(ASSOCIATES, staff.len(), files::write(&out.join(ASSOCIATES), &staff)?),
        written(BASKETS, baskets.len(), files::write(&out.join(BASKETS), &baskets)?),
    ])
}

fn postcode_rows(places: &Postcodes) -> Vec<PostcodeRow> {
    let row = |place: &postcodes::Postcode| PostcodeRow {
        country: "US".into(),
        postcode: place.code.clone(),
        place: place.place.clone(),
        lat: place.lat,
        lon: place.lon,
    };
    places.values().map(row).collect()
}
