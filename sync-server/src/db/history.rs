//! What happened to an order, for people to read. It decides nothing: the fulfillments, the ledger
//! and the command log are the record.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    clock::TimeMs,
    ids::{DeviceId, FulfillmentId, OrderId},
};
use serde::{Deserialize, Serialize};

use super::{DbError, Row, Rows, Tx};

/// One line of an order's history.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The order.
    pub order: OrderId,
    /// When, by the clock of whoever did it.
    pub at: TimeMs,
    /// A command's type, `order.placed`, `order.sourced` …
    pub kind: String,
    /// Associate, operator, channel or `server`.
    pub actor: String,
    /// The rest.
    pub body: Body,
}

/// What a line says beside when and who. Never a customer's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// What happened, in words.
    pub sentence: String,
    /// On which tablet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// To whose work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fulfillment: Option<FulfillmentId>,
}

/// Writes lines, in order.
///
/// # Errors
/// [`DbError`].
pub fn append(tx: &mut Tx, entries: &[Entry]) -> Result<(), DbError> {
    let body = |entry: &Entry| serde_json::to_string(&entry.body).expect("plain data");
    let orders: Vec<String> = entries.iter().map(|entry| entry.order.to_string()).collect();
    let bodies: Vec<String> = entries.iter().map(body).collect();
    let rows = Rows::new()
        .i64("place", 0..i64::try_from(entries.len()).unwrap_or(i64::MAX))
        .text("order_id", orders.iter().map(String::as_str))
        .i64("at_ms", entries.iter().map(|entry| entry.at.0))
        .text("kind", entries.iter().map(|entry| entry.kind.as_str()))
        .text("actor", entries.iter().map(|entry| entry.actor.as_str()))
        .text("body", bodies.iter().map(String::as_str));
    tx.exec_bulk(
        "insert into order_history (order_id, at_ms, kind, actor, body)
         select order_id, at_ms, kind, actor, body from {rows} order by place",
        &[],
        &rows,
    )?;
    Ok(())
}

/// The history of an order, the oldest first.
///
/// # Errors
/// [`DbError`].
pub fn read(tx: &mut Tx, order: OrderId) -> Result<Vec<Entry>, DbError> {
    tx.query(
        "select at_ms, kind, actor, body from order_history where order_id = $1 order by seq",
        &[&order.to_string()],
        |row| {
            let (at, kind, actor) = (TimeMs(row.get(0)?), row.get(1)?, row.get(2)?);
            Ok(Entry { order, at, kind, actor, body: row.json(3)? })
        },
    )
}

/// What people and tablets of a history are called, by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// Associates by number.
    pub people: BTreeMap<String, String>,
    /// Tablets by id.
    pub devices: BTreeMap<String, String>,
}

/// Reads them; who is not known any more is left out.
///
/// # Errors
/// [`DbError`].
pub fn names(tx: &mut Tx, entries: &[Entry]) -> Result<Names, DbError> {
    let actors: BTreeSet<&str> = entries.iter().map(|entry| entry.actor.as_str()).collect();
    let devices: BTreeSet<String> =
        entries.iter().filter_map(|entry| entry.body.device).map(|id| id.to_string()).collect();
    let pair = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let people = people(tx, &actors)?;
    let devices = tx.query_bulk(
        "select d.id, d.name from {rows} join devices d on d.id = rows.id",
        &[],
        &Rows::new().text("id", devices.iter().map(String::as_str)),
        pair,
    )?;
    Ok(Names { people, devices: devices.into_iter().collect() })
}

/// The names of associates by their numbers; who is not known any more is left out.
///
/// # Errors
/// [`DbError`].
pub fn people(tx: &mut Tx, numbers: &BTreeSet<&str>) -> Result<BTreeMap<String, String>, DbError> {
    if numbers.is_empty() {
        return Ok(BTreeMap::new());
    }
    let people = tx.query_bulk(
        "select a.id, a.name from {rows} join associates a on a.id = rows.id",
        &[],
        &Rows::new().text("id", numbers.iter().copied()),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(people.into_iter().collect())
}
