//! Items: their keys, imports and search. The card that tablets get is in `cards.rs`.

use domain::{api::ItemRow, ids::Sku};

use super::{DbError, Row, Rows, Tx, search};

/// One item of an import, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The retailer's number.
    pub sku: Sku,
    /// Name.
    pub name: String,
    /// As 14 digits; empty when unknown.
    pub gtin: String,
    /// Department.
    pub department: String,
    /// Category.
    pub category: String,
    /// Size in words.
    pub size: String,
    /// Price; 0 when unknown.
    pub price_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Weight; 0 when unknown.
    pub weight_g: i64,
    /// Picture; empty when there is none.
    pub picture: String,
    /// Attributes as [`crate::atp::scope::stored`] writes them.
    pub attributes: String,
}

/// Keys of known items by SKU.
///
/// # Errors
/// [`DbError`].
pub fn keys(tx: &mut Tx, skus: &[&str]) -> Result<Vec<(String, i64)>, DbError> {
    tx.query_bulk(
        "select i.sku, i.key from {rows} join items i on i.sku = rows.sku",
        &[],
        &Rows::new().text("sku", skus.iter().copied()),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Adds items that only a source has named so far, and says their keys. Give each SKU once.
///
/// # Errors
/// [`DbError`].
pub fn draft(tx: &mut Tx, skus: &[&str]) -> Result<Vec<(String, i64)>, DbError> {
    let rows = Rows::new().text("sku", skus.iter().copied());
    tx.exec_bulk(
        "insert into items (sku, name, currency, draft)
         select sku, sku, coalesce((select currency from items limit 1), 'USD'), 1
         from {rows} where true on conflict (sku) do nothing",
        &[],
        &rows,
    )?;
    keys(tx, skus)
}

/// The SKUs that barcodes belong to: barcode, SKU.
///
/// # Errors
/// [`DbError`].
pub fn barcode_owners(tx: &mut Tx, barcodes: &[&str]) -> Result<Vec<(String, String)>, DbError> {
    tx.query_bulk(
        "select b.barcode, i.sku from {rows} join item_barcodes b on b.barcode = rows.barcode
         join items i on i.key = b.item_key",
        &[],
        &Rows::new().text("barcode", barcodes.iter().copied()),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// Writes items, each once; returns the keys of those that are new or changed.
///
/// # Errors
/// [`DbError`].
pub fn put(tx: &mut Tx, items: &[Imported]) -> Result<Vec<i64>, DbError> {
    let each = || items.iter();
    let rows = Rows::new()
        .text("sku", each().map(|i| i.sku.as_str()))
        .text("name", each().map(|i| i.name.as_str()))
        .text("gtin", each().map(|i| (!i.gtin.is_empty()).then_some(i.gtin.as_str())))
        .text("department", each().map(|i| i.department.as_str()))
        .text("category", each().map(|i| i.category.as_str()))
        .text("size_text", each().map(|i| i.size.as_str()))
        .i64("price_minor", each().map(|i| i.price_minor))
        .text("currency", each().map(|i| i.currency.as_str()))
        .i64("weight_g", each().map(|i| i.weight_g))
        .text("picture", each().map(|i| i.picture.as_str()))
        .text("attributes_json", each().map(|i| i.attributes.as_str()));
    let changed = tx.query_bulk(
        "insert into items (sku, name, gtin, department, category, size_text, price_minor,
            currency, weight_g, picture, attributes_json)
         select sku, name, gtin, department, category, size_text, price_minor, currency,
            weight_g, picture, attributes_json from {rows} where true
         on conflict (sku) do update set name = excluded.name, gtin = excluded.gtin,
            department = excluded.department, category = excluded.category,
            size_text = excluded.size_text, price_minor = excluded.price_minor,
            currency = excluded.currency, weight_g = excluded.weight_g,
            picture = excluded.picture, attributes_json = excluded.attributes_json
         where (items.name, items.gtin, items.department, items.category, items.size_text,
            items.price_minor, items.currency, items.weight_g, items.picture,
            items.attributes_json)
            is distinct from (excluded.name, excluded.gtin, excluded.department,
            excluded.category, excluded.size_text, excluded.price_minor, excluded.currency,
            excluded.weight_g, excluded.picture, excluded.attributes_json)
         returning key",
        &[],
        &rows,
        |row| row.get(0),
    )?;
    put_barcodes(tx, items)?;
    Ok(changed)
}

/// A barcode that belongs to another item stays there: the caller has refused such rows.
fn put_barcodes(tx: &mut Tx, items: &[Imported]) -> Result<(), DbError> {
    let with = || items.iter().filter(|i| !i.gtin.is_empty());
    tx.exec_bulk(
        "insert into item_barcodes (barcode, item_key)
         select rows.barcode, i.key from {rows} join items i on i.sku = rows.sku where true
         on conflict (barcode) do nothing",
        &[],
        &Rows::new()
            .text("barcode", with().map(|i| i.gtin.as_str()))
            .text("sku", with().map(|i| i.sku.as_str())),
    )?;
    Ok(())
}

/// Items by name, SKU or barcode, by ascending SKU.
///
/// # Errors
/// [`DbError`].
pub fn find(tx: &mut Tx, typed: &str, after: &str, rows_max: u32) -> Result<Vec<ItemRow>, DbError> {
    let typed = typed.trim();
    let digits = typed.bytes().all(|b| b.is_ascii_digit()) && typed.len() >= 8;
    let gtin = if digits { format!("{typed:0>14}") } else { String::new() };
    tx.query(
        "select i.sku, i.name, i.department, i.size_text, i.picture, i.attributes_json from items i
         where i.sku > $3 and (lower(i.name) like $1 escape '\\' or lower(i.sku) like $1 escape '\\'
            or i.key in (select b.item_key from item_barcodes b where b.barcode = $2))
         order by i.sku limit $4",
        &[&search::pattern(typed), &gtin, &after, &i64::from(rows_max)],
        read_row,
    )
}

fn read_row(row: &Row<'_>) -> Result<ItemRow, DbError> {
    let picture: String = row.get(4)?;
    let attributes: Vec<String> = row.json(5)?;
    let pair =
        |word: &String| word.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
    Ok(ItemRow {
        sku: read_sku(row.get(0)?)?,
        name: row.get(1)?,
        department: row.get(2)?,
        size: row.get(3)?,
        picture: (!picture.is_empty()).then_some(picture),
        attributes: attributes.iter().filter_map(pair).collect(),
    })
}

/// A SKU from a column.
pub(super) fn read_sku(text: String) -> Result<Sku, DbError> {
    Sku::new(text.clone()).map_err(|_| DbError::impossible("items", "sku", text))
}

/// Which of these items a location has a position of: item keys.
///
/// # Errors
/// [`DbError`].
pub fn held_at(tx: &mut Tx, location_key: i64, items: &[i64]) -> Result<Vec<i64>, DbError> {
    tx.query_bulk(
        "select p.item_key from {rows} join stock_positions p
            on p.item_key = rows.item_key and p.location_key = $1 order by p.item_key",
        &[&location_key],
        &Rows::new().i64("item_key", items.iter().copied()),
        |row| row.get(0),
    )
}
