//! Stock positions, their ledger, and the guard that every promise rests on.
//!
//! Every change of a position is a [`StockEvent`] of the movement table in `domain::stock`: one
//! update of the row and one row of the ledger for each event, in one transaction. What it
//! deliberately does not do: decide anything, or write to a feed; its callers do.

use domain::{
    clock::TimeMs,
    ids::{FulfillmentId, OrderId},
    stock::{Position, StockEvent},
    sync::StockCard,
};

use super::{DbError, Rows, Tx};

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
    let changed = shift(tx, item_key, location_key, &delta, cause.happened_at)?;
    let rows: Vec<_> =
        events.iter().map(|&(event, units)| Entry { item_key, event, units, cause }).collect();
    record(tx, location_key, &rows)?;
    Ok(changed)
}

/// One row of the ledger before it is written.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The item.
    pub item_key: i64,
    /// What happened.
    pub event: StockEvent,
    /// To how many units.
    pub units: u32,
    /// Why.
    pub cause: Cause<'a>,
}

/// Writes the ledger of changes that [`shift`] has made to one location's positions.
///
/// # Errors
/// [`DbError`].
pub fn record(tx: &mut Tx, location_key: i64, entries: &[Entry<'_>]) -> Result<(), DbError> {
    let each = || entries.iter();
    let place = |at: fn(&Entry<'_>) -> &'static str| each().map(at);
    let from = |e: &Entry<'_>| e.event.movement().places.map_or("none", |(from, _)| from.as_str());
    let to = |e: &Entry<'_>| e.event.movement().places.map_or("none", |(_, to)| to.as_str());
    let rows = Rows::new()
        .i64("item_key", each().map(|e| e.item_key))
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
         select item_key, $1, cause, cause_id, from_bucket, to_bucket, quantity, promised,
            happened_at_ms, at_ms
         from {rows}",
        &[&location_key],
        &rows,
    )?;
    Ok(())
}

/// Adds a difference to a position, whose units moved at `moved_at`. Callers write the ledger with
/// [`record`].
///
/// # Errors
/// See [`apply`].
pub fn shift(
    tx: &mut Tx,
    item_key: i64,
    location_key: i64,
    delta: &Position,
    moved_at: TimeMs,
) -> Result<Changed, DbError> {
    if let Some(changed) = try_shift(tx, item_key, location_key, delta, moved_at)? {
        return Ok(changed);
    }
    tx.exec(
        "insert into stock_positions (item_key, location_key) values ($1, $2)
         on conflict (item_key, location_key) do nothing",
        &[&item_key, &location_key],
    )?;
    Ok(try_shift(tx, item_key, location_key, delta, moved_at)?.expect("the row has just been made"))
}

fn try_shift(
    tx: &mut Tx,
    item_key: i64,
    location_key: i64,
    delta: &Position,
    moved_at: TimeMs,
) -> Result<Option<Changed>, DbError> {
    let moved_at = if delta.on_hand == 0 { TimeMs(0) } else { moved_at };
    tx.query_opt(
        "update stock_positions set
            on_hand = on_hand + $3, reserved = reserved + $4, damaged = damaged + $5,
            picked = picked + $6, staged = staged + $7, handed_over = handed_over + $8,
            shipped = shipped + $9, sold = sold + $10, received = received + $11,
            returned = returned + $12, adjusted_out = adjusted_out + $13,
            shortage = case when reserved + $4 > on_hand + $3
                then reserved + $4 - on_hand - $3 else 0 end,
            moved_at_ms = case when $14 > moved_at_ms then $14 else moved_at_ms end,
            rev = rev + 1
         where item_key = $1 and location_key = $2
         returning on_hand, reserved, rev",
        &[
            &item_key,
            &location_key,
            &delta.on_hand,
            &delta.reserved,
            &delta.damaged,
            &delta.picked,
            &delta.staged,
            &delta.handed_over,
            &delta.shipped,
            &delta.sold,
            &delta.received,
            &delta.returned,
            &delta.adjusted_out,
            &moved_at.0,
        ],
        read_changed,
    )
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
    keep_promise(tx, promise)?;
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
        let entry = Entry { item_key, event: StockEvent::Reserve, units, cause };
        record(tx, location_key, &[entry])?;
    }
    Ok(set == 1)
}

/// States how many units of a fulfillment's line are promised now; none ends the promise.
///
/// # Errors
/// [`DbError`].
pub fn keep_promise(tx: &mut Tx, promise: &Promise) -> Result<(), DbError> {
    let (fulfillment, line) = (promise.fulfillment.to_string(), i64::from(promise.line));
    if promise.units == 0 {
        tx.exec(
            "delete from reservations where fulfillment_id = $1 and line = $2",
            &[&fulfillment, &line],
        )?;
        return Ok(());
    }
    tx.exec(
        "insert into reservations
            (fulfillment_id, line, order_id, item_key, location_key, quantity)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (fulfillment_id, line) do update set quantity = excluded.quantity",
        &[
            &fulfillment,
            &line,
            &promise.order.to_string(),
            &promise.item_key,
            &promise.location_key,
            &i64::from(promise.units),
        ],
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
