//! Everything that a location's tablets hold, entity by entity, for a snapshot. Rows are handed on as
//! they are read, so that a large location is never in memory twice.

use std::collections::BTreeSet;

use domain::{
    clock::TimeMs,
    sync::{StockCard, kind},
};

use super::{DbError, Tx, cards};

/// How long closed work stays on tablets.
const CLOSED_KEPT_MS: i64 = 3 * 24 * 3_600_000;
/// Items looked up at a time.
const ITEMS_AT_ONCE: usize = 2_000;

/// One entity.
#[derive(Debug)]
pub struct Entity {
    /// See `domain::sync::kind`.
    pub kind: &'static str,
    /// Which.
    pub id: String,
    /// Its revision; `None` takes the snapshot's cursor.
    pub rev: Option<u64>,
    /// Its state, JSON.
    pub body: String,
}

/// Takes entities as they are read.
pub type Sink<'a> = &'a mut dyn FnMut(Entity) -> Result<(), DbError>;

/// Reads a location's entities: itself and its people, items that its work names or its feed has
/// named, stock, customers of open work, and work that is open or was closed lately.
///
/// # Errors
/// [`DbError`].
pub fn read(tx: &mut Tx, location_key: i64, now: TimeMs, sink: Sink<'_>) -> Result<(), DbError> {
    let card = cards::location(tx, location_key)?;
    let id = card.location.id.to_string();
    sink(entity(kind::LOCATION, id, None, &card))?;
    for (person, rev) in cards::associates(tx, location_key)? {
        sink(entity(kind::ASSOCIATE, person.id.to_string(), Some(rev), &person))?;
    }
    let since = now.plus_ms(-CLOSED_KEPT_MS);
    items(tx, location_key, since, sink)?;
    stock(tx, location_key, sink)?;
    customers(tx, location_key, sink)?;
    work(tx, location_key, since, sink)
}

/// What the feed has named counts as known to every tablet, so a snapshot must hold it.
fn items(tx: &mut Tx, location_key: i64, since: TimeMs, sink: Sink<'_>) -> Result<(), DbError> {
    let mut keys: BTreeSet<i64> = BTreeSet::new();
    keys.extend(tx.query(
        "select distinct l.item_key from fulfillments f join order_lines l on l.order_id = f.order_id
         where f.location_key = $1 and (f.closed_at_ms is null or f.closed_at_ms > $2)",
        &[&location_key, &since.0],
        |row| row.get::<i64>(0),
    )?);
    keys.extend(tx.query(
        "select i.key from items i join feed f on f.id = i.sku
         where f.location_key = $1 and f.kind = 'item'",
        &[&location_key],
        |row| row.get::<i64>(0),
    )?);
    let keys: Vec<i64> = keys.into_iter().collect();
    for keys in keys.chunks(ITEMS_AT_ONCE) {
        for item in cards::items(tx, keys)? {
            sink(entity(kind::ITEM, item.sku.to_string(), None, &item))?;
        }
    }
    Ok(())
}

fn stock(tx: &mut Tx, location_key: i64, sink: Sink<'_>) -> Result<(), DbError> {
    tx.query(
        "select i.sku, p.on_hand, p.reserved, p.rev from stock_positions p
         join items i on i.key = p.item_key where p.location_key = $1 order by p.item_key",
        &[&location_key],
        |row| {
            let card = StockCard { on_hand: row.get(1)?, reserved: row.get(2)? };
            let rev = row.get::<i64>(3)?.unsigned_abs();
            sink(entity(kind::STOCK, row.get(0)?, Some(rev), &card))
        },
    )?;
    Ok(())
}

fn customers(tx: &mut Tx, location_key: i64, sink: Sink<'_>) -> Result<(), DbError> {
    let mut last = String::new();
    tx.query(
        "select c.name, c.phone, c.address_json, c.notes, f.order_id
         from fulfillments f join customers c on c.order_id = f.order_id
         where f.location_key = $1 and f.closed_at_ms is null and f.units_open > 0
         order by f.order_id",
        &[&location_key],
        |row| {
            let order: String = row.get(4)?;
            if order == last {
                return Ok(());
            }
            last.clone_from(&order);
            sink(entity(kind::CUSTOMER, order, None, &cards::read_customer(row)?))
        },
    )?;
    Ok(())
}

fn work(tx: &mut Tx, location_key: i64, since: TimeMs, sink: Sink<'_>) -> Result<(), DbError> {
    tx.query(
        "select id, rev, body from fulfillments
         where location_key = $1 and (closed_at_ms is null or closed_at_ms > $2) order by id",
        &[&location_key, &since.0],
        |row| {
            let rev = Some(row.get::<i64>(1)?.unsigned_abs());
            let (id, body) = (row.get(0)?, row.get(2)?);
            sink(Entity { kind: kind::FULFILLMENT, id, rev, body })
        },
    )?;
    Ok(())
}

fn entity(
    kind: &'static str,
    id: String,
    rev: Option<u64>,
    body: &impl serde::Serialize,
) -> Entity {
    let body = serde_json::to_string(body).expect("plain data");
    Entity { kind, id, rev, body }
}
