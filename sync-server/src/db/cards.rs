//! What a location's tablets need to know beside their work: the bodies of a feed for items,
//! customers, associates and the location itself. Read only; each has its writer elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    clock::TimeMs,
    ids::{AssociateId, LocationId, OrderId, Sku, SlotId},
    item::Item,
    location::{Coordinates, Location, LocationKind},
    measure::Money,
    order::Address,
    people::Associate,
    sync::{CustomerCard, LocationCard},
};

use super::{DbError, Row, Rows, Tx};

/// Slots of a location that has none set up: P1 to P12.
const DEFAULT_SLOTS: u32 = 12;

/// Items by their keys, in the keys' order; unknown ones are left out.
///
/// # Errors
/// [`DbError`].
pub fn items(tx: &mut Tx, keys: &[i64]) -> Result<Vec<Item>, DbError> {
    let rows = || Rows::new().i64("item_key", keys.iter().copied());
    let mut found = tx.query_bulk(
        "select i.key, i.sku, i.name, i.department, i.category, i.size_text, i.price_minor,
            i.currency, i.weight_g, i.picture, coalesce(i.gtin, '')
         from {rows} join items i on i.key = rows.item_key order by i.key",
        &[],
        &rows(),
        |row| Ok((row.get::<i64>(0)?, read_item(row)?)),
    )?;
    let barcodes = tx.query_bulk(
        "select b.item_key, b.barcode from {rows} join item_barcodes b
            on b.item_key = rows.item_key order by b.item_key, b.barcode",
        &[],
        &rows(),
        |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?)),
    )?;
    for (key, barcode) in barcodes {
        let at = found.binary_search_by_key(&key, |(key, _)| *key);
        let item = &mut found[at.expect("joined on the same keys")].1;
        if !item.barcodes.contains(&barcode) {
            item.barcodes.push(barcode);
        }
    }
    Ok(found.into_iter().map(|(_, item)| item).collect())
}

/// The item with its first barcode; zero and empty mean unknown in these columns.
fn read_item(row: &Row<'_>) -> Result<Item, DbError> {
    let some = |text: String| (!text.is_empty()).then_some(text);
    let (price, weight): (i64, i64) = (row.get(6)?, row.get(8)?);
    Ok(Item {
        sku: id(row.get(1)?, "items", "sku", Sku::new)?,
        name: row.get(2)?,
        department: row.get(3)?,
        category: row.get(4)?,
        size: row.get(5)?,
        barcodes: some(row.get(10)?).into_iter().collect(),
        price: (price > 0).then_some(Money { minor: price, currency: row.get(7)? }),
        weight_g: u32::try_from(weight).ok().filter(|grams| *grams > 0),
        picture: some(row.get(9)?),
    })
}

/// The customer of an order as the location sees it; `None` once forgotten.
///
/// # Errors
/// [`DbError`].
pub fn customer(tx: &mut Tx, order: OrderId) -> Result<Option<CustomerCard>, DbError> {
    tx.query_opt(
        "select name, phone, address_json, notes from customers where order_id = $1",
        &[&order.to_string()],
        read_customer,
    )
}

/// Reads `name`, `phone`, `address_json` and `notes`, in this order.
pub(crate) fn read_customer(row: &Row<'_>) -> Result<CustomerCard, DbError> {
    let some = |text: String| (!text.is_empty()).then_some(text);
    let address: String = row.get(2)?;
    let address = match address.as_str() {
        "" | "{}" | "null" => None,
        _ => Some(row.json::<Address>(2)?),
    };
    Ok(CustomerCard {
        name: row.get(0)?,
        phone: some(row.get(1)?),
        address,
        note: some(row.get(3)?),
    })
}

/// The people of a location, also those who left lately, with their revisions.
///
/// # Errors
/// [`DbError`].
pub fn associates(tx: &mut Tx, location_key: i64) -> Result<Vec<(Associate, u64)>, DbError> {
    tx.query(
        "select id, name, role, pin_verifier, valid_from_ms, valid_to_ms, rev from associates
         where location_key = $1 order by id",
        &[&location_key],
        |row| Ok((read_associate(row)?, row.get::<i64>(6)?.unsigned_abs())),
    )
}

/// Somebody at a location.
pub type Place<'a> = (i64, &'a AssociateId);

/// People by where they are and who; those who are not known there are left out.
///
/// # Errors
/// [`DbError`].
pub fn associates_by(
    tx: &mut Tx,
    places: &BTreeSet<Place<'_>>,
) -> Result<BTreeMap<(i64, AssociateId), Associate>, DbError> {
    let found = tx.query_bulk(
        "select a.id, a.name, a.role, a.pin_verifier, a.valid_from_ms, a.valid_to_ms, a.location_key
         from {rows} join associates a on a.location_key = rows.location_key and a.id = rows.id",
        &[],
        &Rows::new()
            .i64("location_key", places.iter().map(|(at, _)| *at))
            .text("id", places.iter().map(|(_, id)| id.as_str())),
        |row| Ok((row.get::<i64>(6)?, read_associate(row)?)),
    )?;
    Ok(found.into_iter().map(|(at, person)| ((at, person.id.clone()), person)).collect())
}

fn read_associate(row: &Row<'_>) -> Result<Associate, DbError> {
    let role: String = row.get(2)?;
    Ok(Associate {
        id: id(row.get(0)?, "associates", "id", AssociateId::new)?,
        name: row.get(1)?,
        role: role.parse().map_err(|_| DbError::impossible("associates", "role", role))?,
        pin_verifier: row.get(3)?,
        valid_from: TimeMs(row.get(4)?),
        valid_to: row.get::<Option<i64>>(5)?.map(TimeMs),
    })
}

/// The location and its staging slots.
///
/// # Errors
/// [`DbError`]; there is always a row for a key that another row refers to.
pub fn location(tx: &mut Tx, location_key: i64) -> Result<LocationCard, DbError> {
    let location = tx.query_one(
        "select id, name, kind, street, city, region, postcode, country, lat_e6, lon_e6,
            time_zone, hours_json, pickup, ships
         from locations where key = $1",
        &[&location_key],
        read_location,
    )?;
    let slots = tx.query(
        "select slot from staging_slots where location_key = $1 order by place",
        &[&location_key],
        |row| id(row.get(0)?, "staging_slots", "slot", SlotId::new),
    )?;
    let slots = if slots.is_empty() { default_slots() } else { slots };
    Ok(LocationCard { location, slots })
}

fn default_slots() -> Vec<SlotId> {
    (1..=DEFAULT_SLOTS).map(|n| SlotId::new(format!("P{n}")).expect("a short code")).collect()
}

fn read_location(row: &Row<'_>) -> Result<Location, DbError> {
    let (kind, hours): (String, String) = (row.get(2)?, row.get(11)?);
    Ok(Location {
        id: id(row.get(0)?, "locations", "id", LocationId::new)?,
        name: row.get(1)?,
        kind: match kind.as_str() {
            "store" => LocationKind::Store,
            "warehouse" => LocationKind::Warehouse,
            other => return Err(DbError::impossible("locations", "kind", other)),
        },
        street: row.get(3)?,
        city: row.get(4)?,
        region: row.get(5)?,
        postcode: row.get(6)?,
        country: row.get(7)?,
        coordinates: Coordinates { lat_e6: row.get(8)?, lon_e6: row.get(9)? },
        time_zone: row.get(10)?,
        hours: if hours == "{}" { Default::default() } else { row.json(11)? },
        pickup: row.get::<i64>(12)? == 1,
        ships: row.get::<i64>(13)? == 1,
    })
}

/// Reads an identifier; one that is none is an impossible row.
fn id<T, E>(
    text: String,
    table: &'static str,
    column: &'static str,
    new: impl Fn(String) -> Result<T, E>,
) -> Result<T, DbError> {
    new(text.clone()).map_err(|_| DbError::impossible(table, column, text))
}
