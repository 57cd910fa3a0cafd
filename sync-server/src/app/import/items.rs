//! Rows of the catalogue.

use std::collections::BTreeMap;

use domain::{gs1::Gtin, ids::Sku, sync::kind};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Numbered, Refused, Written, append, last_of_each, text, up};
use crate::{
    atp::scope,
    db::{
        DbError, Tx, cards,
        items::{self, Imported},
        locations,
    },
};

/// The dearest unit: the same bound as an order line's.
const PRICE_MAX: i64 = 1_000_000_000;
/// The heaviest unit, a hundred tonnes.
const WEIGHT_MAX_G: i64 = 100_000_000;

/// An item of the catalogue as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = ImportItem, example = json!({
    "sku": "100023", "name": "Oat Milk", "gtin": "04006381333931", "department": "Dairy",
    "category": "Plant based", "size": "32 OZ", "price_minor": 449, "currency": "USD",
    "weight_g": 980, "attributes": { "organic": "yes", "storage": "chilled" }
}))]
pub struct Row {
    /// The retailer's number.
    sku: Sku,
    /// Its name.
    #[schema(max_length = 200)]
    name: String,
    /// GTIN of 8 to 14 digits with its check digit.
    #[serde(default)]
    gtin: Option<String>,
    /// Department.
    #[serde(default)]
    #[schema(max_length = 200)]
    department: String,
    /// Category.
    #[serde(default)]
    #[schema(max_length = 200)]
    category: String,
    /// Size in words.
    #[serde(default)]
    #[schema(max_length = 200)]
    size: String,
    /// Price in the currency's smallest unit.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    price_minor: i64,
    /// ISO 4217 code.
    #[schema(pattern = "^[A-Z]{3}$")]
    currency: String,
    /// Weight in grams.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000_000)]
    weight_g: i64,
    /// Where the picture is.
    #[serde(default)]
    #[schema(max_length = 200)]
    picture: Option<String>,
    /// What else is said of it, at most 32: keys of 1 to 50 letters, digits, `-`, `_` or `.`, values of 1
    /// to 100 characters. Rules may be about it.
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

/// Checks a row by itself.
///
/// # Errors
/// [`Refused`].
pub fn check(row: Row) -> Result<Imported, Refused> {
    text("name", &row.name, false)?;
    let picture = row.picture.unwrap_or_default();
    let optional = [
        ("department", &row.department),
        ("category", &row.category),
        ("size", &row.size),
        ("picture", &picture),
    ];
    optional.iter().try_for_each(|(field, value)| text(field, value, true))?;
    if row.currency.len() != 3 || !row.currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(Refused::new("invalid_currency", "currency is three capital letters"));
    }
    if !(0..=PRICE_MAX).contains(&row.price_minor) {
        return Err(Refused::new("invalid_price", format!("price_minor is 0 to {PRICE_MAX}")));
    }
    if !(0..=WEIGHT_MAX_G).contains(&row.weight_g) {
        return Err(Refused::new("invalid_weight", format!("weight_g is 0 to {WEIGHT_MAX_G}")));
    }
    let attributes = scope::stored(&row.attributes).ok_or_else(|| {
        let sizes = "at most 32 attributes, keys of up to 50 letters, values of up to 100";
        Refused::new("invalid_attributes", sizes)
    })?;
    Ok(Imported {
        attributes,
        gtin: gtin(row.gtin.as_deref())?,
        sku: row.sku,
        name: row.name,
        department: row.department,
        category: row.category,
        size: row.size,
        price_minor: row.price_minor,
        currency: row.currency,
        weight_g: row.weight_g,
        picture,
    })
}

fn gtin(text: Option<&str>) -> Result<String, Refused> {
    match text {
        None | Some("") => Ok(String::new()),
        Some(digits) => Gtin::new(digits)
            .map(|gtin| gtin.as_str().to_owned())
            .map_err(|why| Refused::new("invalid_gtin", format!("gtin: {why}"))),
    }
}

/// Writes checked rows, and tells the tablets that hold an item that changed.
///
/// # Errors
/// [`DbError`].
pub fn write(tx: &mut Tx, rows: &[Numbered<Imported>]) -> Result<Written, DbError> {
    let last = last_of_each(rows, |item| item.sku.clone());
    let (fit, refused) = refuse_taken_barcodes(tx, &last)?;
    let changed = items::put(tx, &fit)?;
    let mut written = Written { accepted: changed.len() as u64, refused, ..Written::default() };
    if changed.is_empty() {
        return Ok(written);
    }
    for key in locations::with_devices(tx)? {
        let held = items::held_at(tx, key, &changed)?;
        let cards = cards::items(tx, &held)?;
        let feed: Vec<_> =
            cards.iter().map(|item| up(kind::ITEM, item.sku.to_string(), None, item)).collect();
        written.pokes.extend(append(tx, key, &feed)?);
    }
    Ok(written)
}

/// A barcode names one item, in the database and among these rows.
fn refuse_taken_barcodes(
    tx: &mut Tx,
    rows: &[&Numbered<Imported>],
) -> Result<(Vec<Imported>, Vec<Numbered<Refused>>), DbError> {
    let barcodes: Vec<&str> = rows.iter().map(|row| row.1.gtin.as_str()).collect();
    let mut owners: BTreeMap<String, String> =
        items::barcode_owners(tx, &barcodes)?.into_iter().collect();
    let (mut fit, mut refused) = (Vec::with_capacity(rows.len()), Vec::new());
    for (line, item) in rows {
        let sku = item.sku.as_str();
        if item.gtin.is_empty() {
            fit.push(item.clone());
            continue;
        }
        let owner = owners.entry(item.gtin.clone()).or_insert_with(|| sku.to_owned());
        if owner == sku {
            fit.push(item.clone());
        } else {
            let message = format!("gtin {} belongs to the item {owner}", item.gtin);
            refused.push((*line, Refused::new("gtin_taken", message)));
        }
    }
    Ok((fit, refused))
}
