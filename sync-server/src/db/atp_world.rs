//! Items and locations, as far as the index of what can be promised looks at them. Stock itself is in
//! `stock_log.rs`, what is to come and to be given in `dated.rs`.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use domain::location::Coordinates;

use super::{DbError, Row, Rows, Tx};
use crate::atp::scope::{Attributes, ItemFacts, LocationFacts};

/// Items behind a key, by ascending key: key and facts.
///
/// # Errors
/// [`DbError`].
pub fn items(tx: &mut Tx, after: i64, rows_max: u32) -> Result<Vec<(i64, ItemFacts)>, DbError> {
    let mut words = Words::default();
    tx.query(
        "select key, sku, category, department, attributes_json from items
         where key > $1 order by key limit $2",
        &[&after, &i64::from(rows_max)],
        |row| words.item(row),
    )
}

/// The items with these keys.
///
/// # Errors
/// [`DbError`].
pub fn items_of(tx: &mut Tx, keys: &[i64]) -> Result<Vec<(i64, ItemFacts)>, DbError> {
    let mut words = Words::default();
    tx.query_bulk(
        "select i.key, i.sku, i.category, i.department, i.attributes_json
         from {rows} join items i on i.key = rows.key",
        &[],
        &Rows::new().i64("key", keys.iter().copied()),
        |row| words.item(row),
    )
}

/// All locations, by ascending key: key and facts.
///
/// # Errors
/// [`DbError`].
pub fn locations(tx: &mut Tx) -> Result<Vec<(i64, LocationFacts)>, DbError> {
    let mut words = Words::default();
    tx.query(
        "select key, id, name, kind, country, region, sales_region, ships, pickup, lat_e6, lon_e6
         from locations order by key",
        &[],
        |row| words.location(row),
    )
}

/// The locations with these keys.
///
/// # Errors
/// [`DbError`].
pub fn locations_of(tx: &mut Tx, keys: &[i64]) -> Result<Vec<(i64, LocationFacts)>, DbError> {
    let mut words = Words::default();
    tx.query_bulk(
        "select l.key, l.id, l.name, l.kind, l.country, l.region, l.sales_region, l.ships, l.pickup,
            l.lat_e6, l.lon_e6
         from {rows} join locations l on l.key = rows.key",
        &[],
        &Rows::new().i64("key", keys.iter().copied()),
        |row| words.location(row),
    )
}

/// Words that stand in many rows are kept once.
#[derive(Default)]
struct Words {
    words: HashSet<Arc<str>>,
    attributes: HashMap<String, Attributes>,
}

impl Words {
    fn get(&mut self, row: &Row<'_>, column: usize) -> Result<Arc<str>, DbError> {
        let text: String = row.get(column)?;
        if let Some(known) = self.words.get(text.as_str()) {
            return Ok(Arc::clone(known));
        }
        let word: Arc<str> = text.into();
        self.words.insert(Arc::clone(&word));
        Ok(word)
    }

    fn attributes(&mut self, row: &Row<'_>, column: usize) -> Result<Attributes, DbError> {
        let text: String = row.get(column)?;
        if let Some(known) = self.attributes.get(&text) {
            return Ok(Arc::clone(known));
        }
        let words: Vec<Box<str>> = row.json(column)?;
        let attributes: Attributes = words.into();
        self.attributes.insert(text, Arc::clone(&attributes));
        Ok(attributes)
    }

    fn location(&mut self, row: &Row<'_>) -> Result<(i64, LocationFacts), DbError> {
        let (region, sales_region) = (self.get(row, 5)?, self.get(row, 6)?);
        let facts = LocationFacts {
            id: self.get(row, 1)?,
            name: self.get(row, 2)?,
            kind: self.get(row, 3)?,
            country: self.get(row, 4)?,
            region: if sales_region.is_empty() { region } else { sales_region },
            ships: row.get::<i64>(7)? == 1,
            pickup: row.get::<i64>(8)? == 1,
            coordinates: Coordinates { lat_e6: row.get(9)?, lon_e6: row.get(10)? },
        };
        Ok((row.get(0)?, facts))
    }

    fn item(&mut self, row: &Row<'_>) -> Result<(i64, ItemFacts), DbError> {
        let sku = row.get::<String>(1)?.into();
        let (category, department) = (self.get(row, 2)?, self.get(row, 3)?);
        let attributes = self.attributes(row, 4)?;
        Ok((row.get(0)?, ItemFacts { sku, category, department, attributes }))
    }
}
