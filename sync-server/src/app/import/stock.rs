//! Rows that state what stands on shelves. What a shelf has more or less than our books is counted
//! in; what is promised, picked or staged is ours and stays.

use std::collections::BTreeMap;

use domain::{
    clock::TimeMs,
    ids::{LocationId, Sku},
    sync::kind,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Numbered, Refused, Written, append, last_of_each, up};
use crate::db::{
    DbError, Tx, cards, items, locations,
    positions::{self, Stated},
    stock,
};

/// The fullest shelf.
const UNITS_MAX: i64 = 1_000_000_000;

/// What stands on a shelf, as it is sent.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ImportStock, example = json!({"location": "S0001", "sku": "100023", "on_hand": 12, "safety": 2}))]
pub struct Row {
    /// Where.
    location: LocationId,
    /// The retailer's number.
    sku: Sku,
    /// Units that stand on the shelf.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    on_hand: i64,
    /// Units that are never promised.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    safety: i64,
}

/// Checks a row by itself.
///
/// # Errors
/// [`Refused`].
pub fn check(row: Row) -> Result<Row, Refused> {
    for (field, units) in [("on_hand", row.on_hand), ("safety", row.safety)] {
        if !(0..=UNITS_MAX).contains(&units) {
            let message = format!("{field} is 0 to {UNITS_MAX}");
            return Err(Refused::new("invalid_quantity", message));
        }
    }
    Ok(row)
}

/// Writes checked rows, and tells the tablets of the locations whose shelves changed.
///
/// # Errors
/// [`DbError`].
pub fn write(
    tx: &mut Tx,
    rows: &[Numbered<Row>],
    import: &str,
    now: TimeMs,
) -> Result<Written, DbError> {
    let last = last_of_each(rows, |row| (row.location.clone(), row.sku.clone()));
    let keys = Keys::read(tx, &last)?;
    let (mut stated, mut refused) = (Vec::with_capacity(last.len()), Vec::new());
    for (line, row) in last {
        match keys.of(row) {
            Ok(row) => stated.push(row),
            Err(why) => refused.push((*line, why)),
        }
    }
    let differences = positions::differences(tx, &stated)?;
    positions::restate(tx, &differences, import, now)?;
    let moved: Vec<_> = differences.iter().map(|d| (d.item_key, d.location_key)).collect();
    let pokes = tell(tx, &moved)?;
    Ok(Written { accepted: differences.len() as u64, refused, pokes })
}

/// Keys of the locations and items that rows name.
struct Keys {
    locations: BTreeMap<String, i64>,
    items: BTreeMap<String, i64>,
}

impl Keys {
    fn read(tx: &mut Tx, rows: &[&Numbered<Row>]) -> Result<Self, DbError> {
        let distinct = |of: fn(&Row) -> &str| {
            let mut texts: Vec<_> = rows.iter().map(|row| of(&row.1)).collect();
            texts.sort_unstable();
            texts.dedup();
            texts
        };
        let locations = locations::keys(tx, &distinct(|row| row.location.as_str()))?;
        let items = items::keys(tx, &distinct(|row| row.sku.as_str()))?;
        Ok(Self { locations: locations.into_iter().collect(), items: items.into_iter().collect() })
    }

    fn of(&self, row: &Row) -> Result<Stated, Refused> {
        let (location, sku) = (&row.location, &row.sku);
        let location_key = self.locations.get(location.as_str()).copied().ok_or_else(|| {
            Refused::new("unknown_location", format!("there is no location {location}"))
        })?;
        let item_key = self.items.get(sku.as_str()).copied();
        let item_key = item_key
            .ok_or_else(|| Refused::new("unknown_sku", format!("there is no item {sku}")))?;
        Ok(Stated { item_key, location_key, on_hand: row.on_hand, safety: row.safety })
    }
}

/// Tells the tablets of the locations whose shelves changed, given as (item key, location key) by
/// ascending location and item; says whom to poke after the commit.
///
/// # Errors
/// [`DbError`].
pub(crate) fn tell(tx: &mut Tx, moved: &[(i64, i64)]) -> Result<Vec<(LocationId, u64)>, DbError> {
    let mut pokes = Vec::new();
    if moved.is_empty() {
        return Ok(pokes);
    }
    for location in locations::with_devices(tx)? {
        let keys: Vec<i64> =
            moved.iter().filter(|place| place.1 == location).map(|place| place.0).collect();
        let figures = stock::cards(tx, location, &keys)?;
        let items = cards::items(tx, &keys)?;
        let mut feed: Vec<_> =
            items.iter().map(|item| up(kind::ITEM, item.sku.to_string(), None, item)).collect();
        feed = crate::db::feed::without_known(tx, location, feed)?;
        // Both lists are by ascending key, and every position has an item.
        feed.extend(figures.iter().zip(&items).map(|((_, now), item)| {
            up(kind::STOCK, item.sku.to_string(), Some(now.rev), &now.card)
        }));
        pokes.extend(append(tx, location, &feed)?);
    }
    Ok(pokes)
}
