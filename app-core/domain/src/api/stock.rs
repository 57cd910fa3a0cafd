//! Stock in numbers. What moves it is in [`crate::stock`].

use serde::{Deserialize, Serialize};

use crate::{
    clock::{TimeMs, rfc3339},
    ids::{LocationId, Sku},
    location::Coordinates,
};

/// Stock of a SKU, everywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SkuStock {
    /// The SKU.
    pub sku: Sku,
    /// Name of the item.
    pub name: String,
    /// GTINs.
    pub barcodes: Vec<String>,
    /// Picture, see [`crate::item::Item::picture`].
    pub picture: Option<String>,
    /// Sums over all locations.
    pub total: StockNumbers,
    /// By location, a bounded number, the most available first.
    pub locations: Vec<LocationStock>,
    /// Locations in all.
    pub locations_total: u32,
}

/// Units by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StockNumbers {
    /// On the shelf.
    pub on_hand: i64,
    /// Promised and not yet picked.
    pub reserved: i64,
    /// Never promised.
    pub safety: i64,
    /// Can be promised.
    pub available: i64,
    /// In totes and on benches.
    pub picked: i64,
    /// In slots.
    pub staged: i64,
    /// Not to be sold.
    pub damaged: i64,
    /// Promised but not there.
    pub shortage: i64,
    /// Display pieces.
    pub display: i64,
    /// Held until somebody has looked at them.
    pub quality: i64,
}

/// Stock of a SKU at one location.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LocationStock {
    /// Where.
    pub location: LocationId,
    /// Its name.
    pub name: String,
    /// Where on the earth.
    pub coordinates: Coordinates,
    /// The numbers.
    pub stock: StockNumbers,
    /// How far the number on hand is to be believed, in percent.
    #[cfg_attr(feature = "schema", schema(maximum = 100))]
    pub confidence: u8,
}

/// One row of the ledger: units of an item that went from one place to another at a location, or were
/// promised there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct MovementRow {
    /// Its number; a later row has a larger one.
    pub id: i64,
    /// Where from: `shelf`, `received` …; `none` when only a promise changed.
    pub from: String,
    /// Where to.
    pub to: String,
    /// Units.
    pub quantity: i64,
    /// Units that are promised more, or less when negative.
    pub reserved: i64,
    /// Why, in a word: a command's type, `order.sourced`, `count_less` …
    pub cause: String,
    /// The command, order, event or batch.
    pub cause_id: String,
    /// The source that says so; absent: our own floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When it happened, by the clock of whoever says so.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub happened_at: TimeMs,
    /// When we heard of it.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub at: TimeMs,
}
