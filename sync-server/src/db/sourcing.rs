//! What sourcing reads and writes beside stock and fulfillments: which orders wait, who might give
//! what, and why it was decided so.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    api::SourcingDetail,
    buckets::Bucket,
    clock::TimeMs,
    fulfillment::{Method, PartOf},
    ids::{ChannelId, ExternalNumber, LocationId, OrderId, Sku},
    location::Coordinates,
};

use super::{
    DbError, Row, Rows, Tx, fulfillments,
    holds::Held,
    items, locations, order_list,
    orders::{self, PromisedBy},
    search,
};
use crate::sourcing::{Candidate, Decision, Wanted};

/// Orders that should be sourced by now, the longest waiting first.
///
/// # Errors
/// [`DbError`].
pub fn due(tx: &mut Tx, now: TimeMs, rows_max: u32) -> Result<Vec<OrderId>, DbError> {
    tx.query(
        "select id from orders where next_source_at_ms is not null and next_source_at_ms <= $1
         order by next_source_at_ms, id limit $2",
        &[&now.0, &i64::from(rows_max)],
        |row| orders::read_id(row.get(0)?),
    )
}

/// An order that waits for locations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The sales channel.
    pub channel: ChannelId,
    /// The channel's number.
    pub external_number: ExternalNumber,
    /// How the goods leave.
    pub method: Method,
    /// Where the customer comes to, for a pickup.
    pub pickup_at: Option<LocationId>,
    /// Where the goods go to, for a shipment.
    pub to: Option<Coordinates>,
    /// The country of the customer; empty for orders of long ago.
    pub market: String,
    /// The customer, as a keyed hash; empty when nobody has said who that is.
    pub customer: String,
    /// When it is promised.
    pub promise_at: TimeMs,
    /// Who said so.
    pub promised_by: PromisedBy,
    /// Attempts so far.
    pub attempts: u32,
    /// Lines with units that no location has, by ascending line.
    pub lines: Vec<Wanted>,
    /// Their SKUs, in the same order.
    pub skus: Vec<Sku>,
    /// The kits that lines are part of.
    pub kits: Vec<WaitingKit>,
}

/// A kit of an order that waits: what it is made of is what it was made of when it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingKit {
    /// Item key of the kit.
    pub item: i64,
    /// What the work is told of it.
    pub part_of: PartOf,
    /// Line, item key and units in one kit of its components.
    pub parts: Vec<(u32, i64, u32)>,
}

#[derive(serde::Deserialize)]
struct WhereTo {
    location: Option<LocationId>,
}

/// Reads an order that waits; `None` when there is no such order. Its lines are empty when nothing
/// of it waits.
///
/// # Errors
/// [`DbError`].
pub fn waiting(tx: &mut Tx, id: OrderId) -> Result<Option<Waiting>, DbError> {
    let found = tx.query_opt(
        "select external_number, method, destination_json, lat_e6, lon_e6, promise_at_ms,
            source_attempts, channel, market, customer_hash, promised_by
         from orders where id = $1",
        &[&id.to_string()],
        read_waiting,
    )?;
    let Some(mut waiting) = found else { return Ok(None) };
    let lines = tx.query(
        "select line, item_key, unsourced, sku from order_lines
         where order_id = $1 and unsourced > 0 order by line",
        &[&id.to_string()],
        |row| {
            let (line, units) = (search::small(row.get(0)?), search::small(row.get(2)?));
            Ok((Wanted { line, item: row.get(1)?, units }, items::read_sku(row.get(3)?)?))
        },
    )?;
    (waiting.lines, waiting.skus) = lines.into_iter().unzip();
    if !waiting.lines.is_empty() {
        waiting.kits = kits(tx, id)?;
    }
    Ok(Some(waiting))
}

/// The kits of an order, by line, with what each was made of when the order was taken.
///
/// # Errors
/// [`DbError`].
pub fn kits(tx: &mut Tx, id: OrderId) -> Result<Vec<WaitingKit>, DbError> {
    let parts = tx.query(
        "select k.line, k.item_key, k.sku, i.name, l.line, l.item_key, l.ordered / k.ordered
         from order_kits k join items i on i.key = k.item_key
         join order_lines l on l.order_id = k.order_id and l.kit_line = k.line
         where k.order_id = $1 order by k.line, l.line",
        &[&id.to_string()],
        |row| {
            let line = search::small(row.get(0)?);
            let part_of = PartOf { line, sku: items::read_sku(row.get(2)?)?, name: row.get(3)? };
            let part = (search::small(row.get(4)?), row.get(5)?, search::small(row.get(6)?));
            Ok(WaitingKit { item: row.get(1)?, part_of, parts: vec![part] })
        },
    )?;
    let mut kits: Vec<WaitingKit> = Vec::new();
    for kit in parts {
        match kits.last_mut().filter(|last| last.part_of.line == kit.part_of.line) {
            Some(last) => last.parts.extend(kit.parts),
            None => kits.push(kit),
        }
    }
    Ok(kits)
}

fn read_waiting(row: &Row<'_>) -> Result<Waiting, DbError> {
    let number: String = row.get(0)?;
    let channel: String = row.get(7)?;
    let where_to: WhereTo = row.json(2)?;
    let to = match (row.get::<Option<i64>>(3)?, row.get::<Option<i64>>(4)?) {
        (Some(lat_e6), Some(lon_e6)) => Some(Coordinates { lat_e6, lon_e6 }),
        _ => None,
    };
    let wrong = |_| DbError::impossible("orders", "external_number", number.clone());
    let no_channel = |_| DbError::impossible("orders", "channel", channel.clone());
    Ok(Waiting {
        channel: ChannelId::new(channel.clone()).map_err(no_channel)?,
        external_number: ExternalNumber::new(number.clone()).map_err(wrong)?,
        method: order_list::read_method(&row.get::<String>(1)?)?,
        pickup_at: where_to.location,
        market: row.get(8)?,
        customer: row.get(9)?,
        to,
        promise_at: TimeMs(row.get(5)?),
        promised_by: PromisedBy::read(&row.get::<String>(10)?)?,
        attempts: search::small(row.get(6)?),
        lines: Vec::new(),
        skus: Vec::new(),
        kits: Vec::new(),
    })
}

/// A candidate with its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyed {
    /// The location's key.
    pub key: i64,
    /// What the plan sees.
    pub candidate: Candidate,
}

/// Who has something of an order's items that can be promised, and, for a pickup, the customer's
/// location in any case. What is held for the order already is theirs too. A stale read: the guarded
/// reservation is the judge.
///
/// # Errors
/// [`DbError`].
pub fn candidates(
    tx: &mut Tx,
    item_keys: &BTreeSet<i64>,
    pickup_at: Option<&LocationId>,
    held: &[Held],
) -> Result<Vec<Keyed>, DbError> {
    let pickup = pickup_at.map_or("", LocationId::as_str);
    let stock: Vec<(i64, i64, i64)> = tx.query_bulk(
        "select p.location_key, p.item_key, p.on_hand - p.reserved - p.safety
         from {rows} join stock_positions p on p.item_key = rows.item_key
         join locations l on l.key = p.location_key
         where p.on_hand - p.reserved - p.safety > 0
            and (($1 = '' and l.ships = 1) or l.id = $1)
         order by p.location_key, p.item_key",
        &[&pickup],
        &Rows::new().i64("item_key", item_keys.iter().copied()),
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let mut available: BTreeMap<i64, BTreeMap<i64, u32>> = BTreeMap::new();
    for (location, item, units) in stock {
        available.entry(location).or_default().insert(item, search::small(units));
    }
    for &Held { location_key, item_key, units } in held {
        *available.entry(location_key).or_default().entry(item_key).or_default() += units;
    }
    if let Some(location) = pickup_at
        && let Some(found) = locations::find(tx, location)?
    {
        available.entry(found.key).or_default();
    }
    describe(tx, available)
}

fn describe(
    tx: &mut Tx,
    mut available: BTreeMap<i64, BTreeMap<i64, u32>>,
) -> Result<Vec<Keyed>, DbError> {
    let keys: Vec<i64> = available.keys().copied().collect();
    tx.query_bulk(
        "select l.key, l.id, l.name, l.lat_e6, l.lon_e6, l.pickup, l.ships
         from {rows} join locations l on l.key = rows.location_key order by l.key",
        &[],
        &Rows::new().i64("location_key", keys),
        |row| {
            let key = row.get(0)?;
            let candidate = Candidate {
                location: locations::read_id(row.get(1)?)?,
                name: row.get(2)?,
                coordinates: Coordinates { lat_e6: row.get(3)?, lon_e6: row.get(4)? },
                pickup: row.get::<i64>(5)? == 1,
                ships: row.get::<i64>(6)? == 1,
                available: available.remove(&key).unwrap_or_default(),
                rejected: Vec::new(),
                takes_no_more: false,
                is_put_off: false,
            };
            Ok(Keyed { key, candidate })
        },
    )
}

/// The items that locations were asked for by this order and did not find: location key, item key.
///
/// # Errors
/// [`DbError`].
pub fn rejected(tx: &mut Tx, id: OrderId) -> Result<Vec<(i64, i64)>, DbError> {
    let keys: BTreeMap<u32, i64> = fulfillments::item_keys(tx, id)?.into_iter().collect();
    let mut rejected = Vec::new();
    for stored in fulfillments::of_order(tx, id)? {
        let not_found = stored.fulfillment.lines().iter();
        let not_found = not_found.filter(|line| line.buckets.get(Bucket::Rejected) > 0);
        rejected.extend(not_found.map(|line| (stored.location_key, keys[&line.number])));
    }
    Ok(rejected)
}

/// Takes units of a line off those that wait; `false` when fewer wait by now.
///
/// # Errors
/// [`DbError`].
pub fn take(tx: &mut Tx, id: OrderId, line: u32, units: u32) -> Result<bool, DbError> {
    let taken = tx.exec(
        "update order_lines set unsourced = unsourced - $3
         where order_id = $1 and line = $2 and unsourced >= $3",
        &[&id.to_string(), &i64::from(line), &i64::from(units)],
    )?;
    Ok(taken == 1)
}

/// Counts the attempt that follows `attempts` and plans the next one; `false` when another
/// attempt has been counted meanwhile. Locks the order.
///
/// # Errors
/// [`DbError`].
pub fn count_attempt(
    tx: &mut Tx,
    id: OrderId,
    attempts: u32,
    next_at: Option<TimeMs>,
) -> Result<bool, DbError> {
    let counted = tx.exec(
        "update orders set source_attempts = source_attempts + 1, next_source_at_ms = $3
         where id = $1 and source_attempts = $2",
        &[&id.to_string(), &i64::from(attempts), &next_at.map(|at| at.0)],
    )?;
    Ok(counted == 1)
}

/// Orders that wait for any of these items are looked at now, not when their turn comes.
///
/// # Errors
/// [`DbError`].
pub fn hurry(tx: &mut Tx, item_keys: &[i64], now: TimeMs) -> Result<(), DbError> {
    if item_keys.is_empty() {
        return Ok(());
    }
    tx.exec_bulk(
        "update orders set next_source_at_ms = $1
         where next_source_at_ms > $1 and id in (select l.order_id from {rows}
            join order_lines l on l.item_key = rows.key and l.unsourced > 0)",
        &[&now.0],
        &Rows::new().i64("key", item_keys.iter().copied()),
    )?;
    Ok(())
}

/// Stores why it was decided so.
///
/// # Errors
/// [`DbError`].
pub fn record(
    tx: &mut Tx,
    id: OrderId,
    attempt: u32,
    now: TimeMs,
    why: &Decision,
) -> Result<(), DbError> {
    let body = serde_json::to_string(why).expect("a decision is plain data");
    tx.exec(
        "insert into sourcing_decisions (order_id, attempt, at_ms, body) values ($1, $2, $3, $4)",
        &[&id.to_string(), &i64::from(attempt), &now.0, &body],
    )?;
    Ok(())
}

/// The decisions of an order, the newest last, at most `rows_max` of the newest.
///
/// # Errors
/// [`DbError`].
pub fn decisions(tx: &mut Tx, id: OrderId, rows_max: u32) -> Result<Vec<SourcingDetail>, DbError> {
    let mut newest = tx.query(
        "select attempt, at_ms, body from sourcing_decisions where order_id = $1
         order by attempt desc limit $2",
        &[&id.to_string(), &i64::from(rows_max)],
        |row| {
            let why: Decision = row.json(2)?;
            Ok(SourcingDetail {
                attempt: search::small(row.get(0)?),
                at: TimeMs(row.get(1)?),
                sentence: why.sentence,
                policy: why.policy,
                candidates: why.candidates,
                candidates_total: why.candidates_total,
                unsourced: why.unsourced,
            })
        },
    )?;
    newest.reverse();
    Ok(newest)
}
