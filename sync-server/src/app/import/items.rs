//! Rows of the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    api::{Backorder, ItemTerms, KitComponent, PreOrder},
    clock::TimeMs,
    gs1::Gtin,
    ids::Sku,
    order::FieldError,
    sync::kind,
};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::{Numbered, Refused, Written, append, last_of_each, text, up};
use crate::{
    app::terms,
    atp::scope,
    db::{
        self, DbError, Tx, cards,
        items::{self, Imported},
        locations, sourcing,
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
    /// Units that are promised beyond what is there and coming; null takes it back, absent leaves it.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<Backorder>)]
    backorder: Option<Option<Backorder>>,
    /// When it is released; null takes it back, absent leaves it.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<PreOrder>)]
    pre_order: Option<Option<PreOrder>>,
    /// The items that it is a kit of, which are known already; none takes it back, absent leaves it.
    #[serde(default)]
    components: Option<Vec<KitComponent>>,
}

/// A field that is null is another thing than one that is absent.
fn said<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

/// A checked row.
#[derive(Debug, Clone)]
pub struct Checked {
    item: Imported,
    terms: Said,
}

/// What a row says about terms.
#[derive(Debug, Clone)]
struct Said {
    backorder: Option<Option<Backorder>>,
    pre_order: Option<Option<PreOrder>>,
    components: Option<Vec<KitComponent>>,
}

impl Said {
    fn is_nothing(&self) -> bool {
        self.backorder.is_none() && self.pre_order.is_none() && self.components.is_none()
    }

    /// These terms with what the row says.
    fn over(&self, known: ItemTerms) -> ItemTerms {
        ItemTerms {
            backorder: self.backorder.unwrap_or(known.backorder),
            pre_order: self.pre_order.unwrap_or(known.pre_order),
            components: self.components.clone().unwrap_or(known.components),
        }
    }
}

/// Checks a row by itself.
///
/// # Errors
/// [`Refused`].
pub fn check(row: Row) -> Result<Checked, Refused> {
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
    let Row { backorder, pre_order, components, .. } = row;
    let terms = Said { backorder, pre_order, components };
    // What else holds of it is looked at when it is written.
    if let Some(fault) = terms.over(ItemTerms::default()).faults(&row.sku).first() {
        return Err(not_sold_so(fault));
    }
    let item = Imported {
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
    };
    Ok(Checked { item, terms })
}

fn not_sold_so(fault: &FieldError) -> Refused {
    Refused::new("invalid_terms", format!("{}: {}", fault.field, fault.message))
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
pub fn write(tx: &mut Tx, rows: &[Numbered<Checked>], now: TimeMs) -> Result<Written, DbError> {
    let last = last_of_each(rows, |row| row.item.sku.clone());
    let (fit, mut refused) = refuse_taken_barcodes(tx, &last)?;
    let items: Vec<Imported> = fit.iter().map(|row| row.1.item.clone()).collect();
    let changed = items::put(tx, &items)?;
    let sold = write_terms(tx, &fit, now)?;
    refused.extend(sold.refused);
    let accepted = changed.iter().copied().chain(sold.changed);
    let accepted: BTreeSet<i64> = accepted.filter(|key| !sold.wrong.contains(key)).collect();
    let mut written = Written { accepted: accepted.len() as u64, refused, ..Written::default() };
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

/// What became of the terms of rows, by the keys of their items.
#[derive(Default)]
struct Sold {
    /// Sold otherwise than before.
    changed: Vec<i64>,
    /// Those that cannot be sold so; the rest of their rows is written.
    wrong: BTreeSet<i64>,
    refused: Vec<Numbered<Refused>>,
}

fn write_terms(tx: &mut Tx, rows: &[Numbered<Checked>], now: TimeMs) -> Result<Sold, DbError> {
    let with: Vec<_> = rows.iter().filter(|row| !row.1.terms.is_nothing()).collect();
    let mut sold = Sold::default();
    if with.is_empty() {
        return Ok(sold);
    }
    let rev = db::terms::begin(tx)?;
    let skus: Vec<&str> = with.iter().map(|row| row.1.item.sku.as_str()).collect();
    let keys: BTreeMap<String, i64> = items::keys(tx, &skus)?.into_iter().collect();
    for (line, Checked { item, terms: said }) in with {
        let key = keys[item.sku.as_str()];
        let new = said.over(terms::of_item(tx, key)?);
        match terms::state(tx, (&item.sku, key), &new, rev)? {
            Ok(true) => sold.changed.push(key),
            Ok(false) => {}
            Err(faults) => {
                sold.wrong.insert(key);
                sold.refused.extend(faults.first().map(|fault| (*line, not_sold_so(fault))));
            }
        }
    }
    sourcing::hurry(tx, &sold.changed, now)?;
    Ok(sold)
}

/// Rows that can be written, and those that cannot.
type Sorted = (Vec<Numbered<Checked>>, Vec<Numbered<Refused>>);

/// A barcode names one item, in the database and among these rows.
fn refuse_taken_barcodes(tx: &mut Tx, rows: &[&Numbered<Checked>]) -> Result<Sorted, DbError> {
    let barcodes: Vec<&str> = rows.iter().map(|row| row.1.item.gtin.as_str()).collect();
    let mut owners: BTreeMap<String, String> =
        items::barcode_owners(tx, &barcodes)?.into_iter().collect();
    let (mut fit, mut refused) = (Vec::with_capacity(rows.len()), Vec::new());
    for row @ (line, Checked { item, .. }) in rows {
        let sku = item.sku.as_str();
        if item.gtin.is_empty() {
            fit.push((*row).clone());
            continue;
        }
        let owner = owners.entry(item.gtin.clone()).or_insert_with(|| sku.to_owned());
        if owner == sku {
            fit.push((*row).clone());
        } else {
            let message = format!("gtin {} belongs to the item {owner}", item.gtin);
            refused.push((*line, Refused::new("gtin_taken", message)));
        }
    }
    Ok((fit, refused))
}
