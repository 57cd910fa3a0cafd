//! Stock positions, their ledger, and the guard that every promise rests on.
//!
//! Every change of a position is a [`StockEvent`] of the movement table in `domain::stock`: one
//! update of the row and one row of the ledger for each event, in one transaction. What it
//! deliberately does not do: decide anything, or write to a feed; its callers do.

use std::{collections::BTreeMap, slice};

use domain::{
    clock::TimeMs,
    ids::{FulfillmentId, OrderId},
    stock::{Position, StockEvent},
    sync::StockCard,
};

use super::{DbError, Rows, Tx, shelves::Key};

/// What a row of the ledger names as its reason.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'a> {
    /// In a word: a command's type, `order.sourced`, `import` …
    pub kind: &'a str,
    /// The command, order or import.
    pub id: &'a str,
    /// When it happened, by the clock of whoever says so.
    pub happened_at: TimeMs,
    /// When we heard of it, by the server's clock.
    pub at: TimeMs,
}

/// The figures of a position after a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// As tablets show them.
    pub card: StockCard,
    /// Grows with every change of the position.
    pub rev: u64,
}

/// Units to promise to one line of a fulfillment.
#[derive(Debug, Clone, Copy)]
pub struct Promise {
    /// The order.
    pub order: OrderId,
    /// The fulfillment that will do the work.
    pub fulfillment: FulfillmentId,
    /// The order line.
    pub line: u32,
    /// Its item.
    pub item_key: i64,
    /// Where.
    pub location_key: i64,
    /// How many units.
    pub units: u32,
}

/// Applies one event to a position, which is made when it is missing.
///
/// # Errors
/// [`DbError`]; a position never refuses a fact, so a broken `check` is a bug.
pub fn apply(
    tx: &mut Tx,
    item_key: i64,
    location_key: i64,
    event: StockEvent,
    units: u32,
    cause: Cause<'_>,
) -> Result<Changed, DbError> {
    apply_all(tx, item_key, location_key, &[(event, units)], cause)
}

/// Applies several events of one cause to one position: one update, a ledger row each.
///
/// # Errors
/// See [`apply`].
pub fn apply_all(
    tx: &mut Tx,
    item_key: i64,
    location_key: i64,
    events: &[(StockEvent, u32)],
    cause: Cause<'_>,
) -> Result<Changed, DbError> {
    let mut delta = Position::default();
    for (event, units) in events {
        delta.apply(*event, *units);
    }
    let key = (item_key, location_key);
    let shift = Shift { key, delta, moved_at: cause.happened_at };
    let changed = shift_all(tx, &[shift])?[&key];
    let entry = |&(event, units): &(StockEvent, u32)| Entry {
        key: (item_key, location_key),
        event,
        units,
        cause,
    };
    record(tx, &events.iter().map(entry).collect::<Vec<_>>())?;
    Ok(changed)
}

/// One row of the ledger before it is written.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The position.
    pub key: Key,
    /// What happened.
    pub event: StockEvent,
    /// To how many units.
    pub units: u32,
    /// Why.
    pub cause: Cause<'a>,
}

/// Writes the ledger of changes that [`shift_all`] has made.
///
/// # Errors
/// [`DbError`].
pub fn record(tx: &mut Tx, entries: &[Entry<'_>]) -> Result<(), DbError> {
    let each = || entries.iter();
    let place = |at: fn(&Entry<'_>) -> &'static str| each().map(at);
    let from = |e: &Entry<'_>| e.event.movement().places.map_or("none", |(from, _)| from.as_str());
    let to = |e: &Entry<'_>| e.event.movement().places.map_or("none", |(_, to)| to.as_str());
    let rows = Rows::new()
        .i64("item_key", each().map(|e| e.key.0))
        .i64("location_key", each().map(|e| e.key.1))
        .text("cause", each().map(|e| e.cause.kind))
        .text("cause_id", each().map(|e| e.cause.id))
        .text("from_bucket", place(from))
        .text("to_bucket", place(to))
        .i64("quantity", each().map(|e| i64::from(e.units)))
        .i64(
            "promised",
            each().map(|e| i64::from(e.event.movement().reserved) * i64::from(e.units)),
        )
        .i64("happened_at_ms", each().map(|e| e.cause.happened_at.0))
        .i64("at_ms", each().map(|e| e.cause.at.0));
    tx.exec_bulk(
        "insert into stock_movements (item_key, location_key, cause, cause_id, from_bucket,
            to_bucket, quantity, reserved_delta, happened_at_ms, at_ms)
         select item_key, location_key, cause, cause_id, from_bucket, to_bucket, quantity, promised,
            happened_at_ms, at_ms
         from {rows}",
        &[],
        &rows,
    )?;
    Ok(())
}

/// What becomes of one position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Which.
    pub key: Key,
    /// Added to its counters.
    pub delta: Position,
    /// When its units moved.
    pub moved_at: TimeMs,
}

/// Adds differences to positions, locked by ascending location and item; those that are missing are made.
/// Give each once. Callers write the ledger with [`record`].
///
/// # Errors
/// See [`apply`].
pub fn shift_all(tx: &mut Tx, shifts: &[Shift]) -> Result<BTreeMap<Key, Changed>, DbError> {
    let mut changed = shift_known(tx, shifts)?;
    if changed.len() < shifts.len() {
        let is_missing = |shift: &&Shift| !changed.contains_key(&shift.key);
        let missing: Vec<Shift> = shifts.iter().filter(is_missing).copied().collect();
        make(tx, &missing)?;
        changed.extend(shift_known(tx, &missing)?);
    }
    Ok(changed)
}

fn make(tx: &mut Tx, missing: &[Shift]) -> Result<(), DbError> {
    tx.exec_bulk(
        "insert into stock_positions (item_key, location_key) select item, place from {rows} where true
         on conflict (item_key, location_key) do nothing",
        &[],
        &Rows::new()
            .i64("item", missing.iter().map(|shift| shift.key.0))
            .i64("place", missing.iter().map(|shift| shift.key.1)),
    )?;
    Ok(())
}

fn shift_known(tx: &mut Tx, shifts: &[Shift]) -> Result<BTreeMap<Key, Changed>, DbError> {
    let of = |counter: fn(&Position) -> i64| shifts.iter().map(move |shift| counter(&shift.delta));
    let moved_at = |shift: &Shift| if shift.delta.on_hand == 0 { 0 } else { shift.moved_at.0 };
    let rows = Rows::new()
        .i64("item", shifts.iter().map(|shift| shift.key.0))
        .i64("place", shifts.iter().map(|shift| shift.key.1))
        .i64("d_on_hand", of(|p| p.on_hand))
        .i64("d_reserved", of(|p| p.reserved))
        .i64("d_damaged", of(|p| p.damaged))
        .i64("d_picked", of(|p| p.picked))
        .i64("d_staged", of(|p| p.staged))
        .i64("d_handed", of(|p| p.handed_over))
        .i64("d_shipped", of(|p| p.shipped))
        .i64("d_sold", of(|p| p.sold))
        .i64("d_received", of(|p| p.received))
        .i64("d_returned", of(|p| p.returned))
        .i64("d_adjusted", of(|p| p.adjusted_out))
        .i64("moved", shifts.iter().map(moved_at));
    let changed = tx.query_bulk(
        "update stock_positions set
            on_hand = on_hand + d_on_hand, reserved = reserved + d_reserved,
            damaged = damaged + d_damaged, picked = picked + d_picked, staged = staged + d_staged,
            handed_over = handed_over + d_handed, shipped = shipped + d_shipped,
            sold = sold + d_sold, received = received + d_received,
            returned = returned + d_returned, adjusted_out = adjusted_out + d_adjusted,
            shortage = case when reserved + d_reserved > on_hand + d_on_hand
                then reserved + d_reserved - on_hand - d_on_hand else 0 end,
            moved_at_ms = case when moved > moved_at_ms then moved else moved_at_ms end,
            rev = rev + 1
         from (select rows.* from {rows} join stock_positions p
                on p.item_key = rows.item and p.location_key = rows.place
               {lock by p.location_key, p.item_key}) held
         where stock_positions.item_key = held.item and stock_positions.location_key = held.place
         returning stock_positions.on_hand, stock_positions.reserved, stock_positions.rev,
            stock_positions.item_key, stock_positions.location_key",
        &[],
        &rows,
        |row| Ok(((row.get(3)?, row.get(4)?), read_changed(row)?)),
    )?;
    Ok(changed.into_iter().collect())
}

fn read_changed(row: &super::Row<'_>) -> Result<Changed, DbError> {
    let card = StockCard { on_hand: row.get(0)?, reserved: row.get(1)? };
    Ok(Changed { card, rev: row.get::<i64>(2)?.unsigned_abs() })
}

/// Promises units to a line if that many are free, with the ledger and the line's reservation;
/// `false`, and nothing is written, when there are not.
///
/// Reserve in ascending (location, item) order: then two transactions never wait for each other
/// in a circle.
///
/// # Errors
/// [`DbError`].
pub fn reserve(tx: &mut Tx, promise: &Promise, cause: Cause<'_>) -> Result<bool, DbError> {
    let place = (promise.item_key, promise.location_key);
    if !set_aside(tx, place, promise.units, cause)? {
        return Ok(false);
    }
    keep_promises(tx, slice::from_ref(promise))?;
    Ok(true)
}

/// Counts units of a position (item key, location key) as reserved if that many are free (on hand −
/// reserved − safety): the guard of every promise. Whose they are is the caller's to store.
///
/// # Errors
/// [`DbError`].
pub fn set_aside(
    tx: &mut Tx,
    (item_key, location_key): (i64, i64),
    units: u32,
    cause: Cause<'_>,
) -> Result<bool, DbError> {
    let set = tx.exec(
        "update stock_positions set reserved = reserved + $3, rev = rev + 1
         where item_key = $1 and location_key = $2 and on_hand - reserved - safety >= $3",
        &[&item_key, &location_key, &i64::from(units)],
    )?;
    if set == 1 {
        let key = (item_key, location_key);
        record(tx, &[Entry { key, event: StockEvent::Reserve, units, cause }])?;
    }
    Ok(set == 1)
}

/// States how many units of fulfillments' lines are promised now; none ends the promise.
///
/// # Errors
/// [`DbError`].
pub fn keep_promises(tx: &mut Tx, promises: &[Promise]) -> Result<(), DbError> {
    let (kept, ended): (Vec<Promise>, Vec<Promise>) =
        promises.iter().partition(|promise| promise.units > 0);
    for Promise { fulfillment, line, .. } in ended {
        tx.exec(
            "delete from reservations where fulfillment_id = $1 and line = $2",
            &[&fulfillment.to_string(), &i64::from(line)],
        )?;
    }
    let work: Vec<String> = kept.iter().map(|promise| promise.fulfillment.to_string()).collect();
    let orders: Vec<String> = kept.iter().map(|promise| promise.order.to_string()).collect();
    let rows = Rows::new()
        .text("work", work.iter().map(String::as_str))
        .i64("line", kept.iter().map(|promise| i64::from(promise.line)))
        .text("order_id", orders.iter().map(String::as_str))
        .i64("item_key", kept.iter().map(|promise| promise.item_key))
        .i64("location_key", kept.iter().map(|promise| promise.location_key))
        .i64("quantity", kept.iter().map(|promise| i64::from(promise.units)));
    tx.exec_bulk(
        "insert into reservations
            (fulfillment_id, line, order_id, item_key, location_key, quantity)
         select work, line, order_id, item_key, location_key, quantity from {rows} where true
         on conflict (fulfillment_id, line) do update set quantity = excluded.quantity",
        &[],
        &rows,
    )?;
    Ok(())
}

/// The figures of some items at a location as they are now, by ascending item key. Missing
/// positions are left out.
///
/// # Errors
/// [`DbError`].
pub fn cards(
    tx: &mut Tx,
    location_key: i64,
    item_keys: &[i64],
) -> Result<Vec<(i64, Changed)>, DbError> {
    tx.query_bulk(
        "select p.on_hand, p.reserved, p.rev, p.item_key from {rows}
         join stock_positions p on p.item_key = rows.item_key and p.location_key = $1
         order by p.item_key",
        &[&location_key],
        &Rows::new().i64("item_key", item_keys.iter().copied()),
        |row| Ok((row.get(3)?, read_changed(row)?)),
    )
}
