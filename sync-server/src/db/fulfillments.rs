//! Rows of fulfillments, of their exceptions, and what follows from them for their orders.
//!
//! The aggregate is the body; the other columns are there to find it. Use cases go through
//! `app::fulfillments`, which keeps rows, stock, promises and feed in step.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    buckets::Bucket,
    clock::TimeMs,
    exception::Exception,
    fulfillment::{Fulfillment, Stage},
    ids::{FulfillmentId, OrderId},
    order::{LineProgress, OrderStage},
};

use super::{DbError, Row, Rows, Tx};

/// How long before its promise open work is at risk.
const RISK_MS: i64 = 3_600_000;

/// A fulfillment as it is stored.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The aggregate.
    pub fulfillment: Fulfillment,
    /// Grows by one with every change.
    pub rev: u64,
    /// Where the work is done.
    pub location_key: i64,
}

/// Reads fulfillments and locks them until the end of the transaction, by ascending id; those that
/// do not exist are left out.
///
/// # Errors
/// [`DbError`]; [`DbError::Impossible`] names a damaged row.
pub fn lock(
    tx: &mut Tx,
    ids: impl IntoIterator<Item = FulfillmentId>,
) -> Result<Vec<Stored>, DbError> {
    let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
    tx.query_bulk(
        "select f.rev, f.location_key, f.body from {rows} join fulfillments f on f.id = rows.id
         order by f.id {lock}",
        &[],
        &Rows::new().text("id", ids.iter().map(String::as_str)),
        read_stored,
    )
}

/// Open work that is claimed by a tablet of which nothing was heard since `before`, with its
/// location; at most 500.
///
/// # Errors
/// [`DbError`]; [`DbError::Impossible`] names a damaged row.
pub fn claimed_by_silent(
    tx: &mut Tx,
    before: TimeMs,
) -> Result<Vec<(FulfillmentId, i64)>, DbError> {
    // A device's id is in the body only as the claim's: a filter that needs no column of its own.
    let claimed = tx.query(
        "select f.rev, f.location_key, f.body, d.id from devices d
         join fulfillments f on f.location_key = d.location_key
         where d.last_seen_ms < $1 and f.closed_at_ms is null and f.units_open > 0
            and f.body like '%' || d.id || '%'
         order by f.location_key, f.id limit 500",
        &[&before.0],
        |row| {
            let (stored, device): (Stored, String) = (read_stored(row)?, row.get(3)?);
            let claim = stored.fulfillment.claim();
            let is_his = claim.is_some_and(|claim| claim.device.to_string() == device);
            Ok(is_his.then(|| (stored.fulfillment.id(), stored.location_key)))
        },
    )?;
    Ok(claimed.into_iter().flatten().collect())
}

/// The fulfillments of an order, by ascending id.
///
/// # Errors
/// See [`lock`].
pub fn of_order(tx: &mut Tx, order: OrderId) -> Result<Vec<Stored>, DbError> {
    tx.query(
        "select rev, location_key, body from fulfillments where order_id = $1 order by id",
        &[&order.to_string()],
        read_stored,
    )
}

/// Reads `rev`, `location_key` and `body`, in this order.
fn read_stored(row: &Row<'_>) -> Result<Stored, DbError> {
    let body: String = row.get(2)?;
    let fulfillment = Fulfillment::from_json(&body)
        .map_err(|error| DbError::impossible("fulfillments", "body", error.to_string()))?;
    Ok(Stored { fulfillment, rev: row.get::<i64>(0)?.unsigned_abs(), location_key: row.get(1)? })
}

/// Adds a new fulfillment at revision 1.
///
/// # Errors
/// [`DbError`].
pub fn insert(tx: &mut Tx, location_key: i64, f: &Fulfillment) -> Result<(), DbError> {
    tx.exec(
        "insert into fulfillments (id, order_id, location_key, stage, kind, rev, body,
            promise_at_ms, at_risk_from_ms, units_open, created_at_ms)
         values ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10)",
        &[
            &f.id().to_string(),
            &f.order().to_string(),
            &location_key,
            &f.stage().as_str(),
            &f.method().as_str(),
            &f.to_json(),
            &f.promise_at().0,
            &at_risk_from_ms(f),
            &units_open(f),
            &f.created_at().0,
        ],
    )?;
    Ok(())
}

/// The next state of a fulfillment.
#[derive(Debug, Clone, Copy)]
pub struct Next<'a> {
    /// The aggregate.
    pub fulfillment: &'a Fulfillment,
    /// The same as JSON.
    pub body: &'a str,
    /// Its revision.
    pub rev: u64,
}

/// Writes the next states of fulfillments, each once. `now` becomes the time of closing of those that
/// close.
///
/// # Errors
/// [`DbError`].
pub fn update(tx: &mut Tx, next: &[Next<'_>], now: TimeMs) -> Result<(), DbError> {
    let ids: Vec<String> = next.iter().map(|next| next.fulfillment.id().to_string()).collect();
    let each = || next.iter().map(|next| next.fulfillment);
    let rows = Rows::new()
        .text("of", ids.iter().map(String::as_str))
        .text("to_stage", each().map(|f| f.stage().as_str()))
        .i64("to_rev", next.iter().map(|next| i64::try_from(next.rev).unwrap_or(i64::MAX)))
        .text("to_body", next.iter().map(|next| next.body))
        .i64("to_promise", each().map(|f| f.promise_at().0))
        .i64("to_risk", each().map(at_risk_from_ms))
        .i64("to_units", each().map(units_open))
        .i64("is_open", each().map(|f| i64::from(f.is_open())));
    tx.exec_bulk(
        "update fulfillments set stage = to_stage, rev = to_rev, body = to_body,
            promise_at_ms = to_promise, at_risk_from_ms = to_risk, units_open = to_units,
            closed_at_ms = case when is_open = 1 then null else coalesce(closed_at_ms, $1) end
         from {rows} where fulfillments.id = rows.of",
        &[&now.0],
        &rows,
    )?;
    Ok(())
}

/// Work that waits for the customer or the carrier has kept its promise: it is never at risk.
fn at_risk_from_ms(f: &Fulfillment) -> i64 {
    match f.stage() {
        Stage::Ready | Stage::AwaitingCarrier => i64::MAX,
        stage if stage.is_final() => i64::MAX,
        _ => f.promise_at().plus_ms(-RISK_MS).0,
    }
}

fn units_open(f: &Fulfillment) -> i64 {
    let units = f.totals();
    i64::from(units.sum() - units.closed())
}

/// Gives units that a location did not find back to sourcing.
///
/// # Errors
/// [`DbError`].
pub fn give_back(tx: &mut Tx, order: OrderId, line: u32, units: u32) -> Result<(), DbError> {
    tx.exec(
        "update order_lines set unsourced = unsourced + $3 where order_id = $1 and line = $2",
        &[&order.to_string(), &i64::from(line), &i64::from(units)],
    )?;
    Ok(())
}

/// Asks for the order to be sourced at `at`, or sooner when that was planned.
///
/// # Errors
/// [`DbError`].
pub fn source_again(tx: &mut Tx, order: OrderId, at: TimeMs) -> Result<(), DbError> {
    tx.exec(
        "update orders set next_source_at_ms = $2
         where id = $1 and (next_source_at_ms is null or next_source_at_ms > $2)",
        &[&order.to_string(), &at.0],
    )?;
    Ok(())
}

/// Where the units of an order's lines are, by ascending line.
///
/// # Errors
/// [`DbError`].
pub fn order_progress(tx: &mut Tx, order: OrderId) -> Result<Vec<(u32, LineProgress)>, DbError> {
    let id = order.to_string();
    let mut lines = tx.query(
        "select line, unsourced, cancelled from order_lines where order_id = $1 order by line",
        &[&id],
        |row| {
            let (unsourced, cancelled) = (small(row.get(1)?)?, small(row.get(2)?)?);
            let progress = LineProgress { unsourced, cancelled, ..LineProgress::default() };
            Ok((small(row.get(0)?)?, progress))
        },
    )?;
    for stored in of_order(tx, order)? {
        for line in stored.fulfillment.lines() {
            if let Ok(at) = lines.binary_search_by_key(&line.number, |(number, _)| *number) {
                lines[at].1.at_locations.add(&line.buckets);
            }
        }
    }
    Ok(lines)
}

/// Brings the stored stage of an order up to date with its lines. The order's row is locked first,
/// so that two locations that finish at once do not both miss the other.
///
/// # Errors
/// [`DbError`].
pub fn refresh_order(tx: &mut Tx, order: OrderId) -> Result<OrderStage, DbError> {
    let id = order.to_string();
    let state: String =
        tx.query_one("select state from orders where id = $1 {lock}", &[&id], |row| row.get(0))?;
    let lines: Vec<_> = order_progress(tx, order)?.into_iter().map(|(_, line)| line).collect();
    let stage = OrderStage::of(&lines);
    if stage.as_str() != state {
        tx.exec("update orders set state = $2 where id = $1", &[&id, &stage.as_str()])?;
    }
    Ok(stage)
}

/// Whether other work of the order goes on at the location.
///
/// # Errors
/// [`DbError`].
pub fn is_other_work_open(
    tx: &mut Tx,
    order: OrderId,
    location_key: i64,
    but: FulfillmentId,
) -> Result<bool, DbError> {
    let others = tx.query(
        "select stage from fulfillments where order_id = $1 and location_key = $2 and id <> $3",
        &[&order.to_string(), &location_key, &but.to_string()],
        |row| row.get::<String>(0),
    )?;
    let is_final = |word: &String| Stage::ALL.iter().any(|s| s.is_final() && s.as_str() == word);
    Ok(!others.iter().all(is_final))
}

/// Keys of the items of an order's lines: line, item key.
///
/// # Errors
/// [`DbError`].
pub fn item_keys(tx: &mut Tx, order: OrderId) -> Result<Vec<(u32, i64)>, DbError> {
    let keys = item_keys_of(tx, &BTreeSet::from([order]))?;
    Ok(keys.into_iter().map(|((_, line), key)| (line, key)).collect())
}

/// Keys of the items of orders' lines, by order and line.
///
/// # Errors
/// [`DbError`].
pub fn item_keys_of(
    tx: &mut Tx,
    orders: &BTreeSet<OrderId>,
) -> Result<BTreeMap<(OrderId, u32), i64>, DbError> {
    let ids: Vec<String> = orders.iter().map(ToString::to_string).collect();
    let orders: Vec<OrderId> = orders.iter().copied().collect();
    let places = 0..i64::try_from(orders.len()).unwrap_or(i64::MAX);
    let lines = tx.query_bulk(
        "select rows.place, l.line, l.item_key from {rows} join order_lines l on l.order_id = rows.id",
        &[],
        &Rows::new().i64("place", places).text("id", ids.iter().map(String::as_str)),
        |row| Ok((row.get::<i64>(0)?, small(row.get(1)?)?, row.get::<i64>(2)?)),
    )?;
    let order = |place: i64| usize::try_from(place).ok().and_then(|at| orders.get(at).copied());
    Ok(lines.into_iter().filter_map(|(at, line, key)| Some(((order(at)?, line), key))).collect())
}

/// Writes an exception as it is now, new or settled.
///
/// # Errors
/// [`DbError`].
pub fn put_exception(
    tx: &mut Tx,
    location_key: i64,
    f: &Fulfillment,
    exception: &Exception,
) -> Result<(), DbError> {
    let state = if exception.is_open() { "open" } else { "settled" };
    let body = serde_json::to_string(exception).expect("plain data");
    tx.exec(
        "insert into exceptions (id, order_id, fulfillment_id, location_key, kind, state, body,
            raised_at_ms, settled_at_ms)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set state = excluded.state, body = excluded.body,
            settled_at_ms = excluded.settled_at_ms, rev = exceptions.rev + 1",
        &[
            &exception.id.to_string(),
            &f.order().to_string(),
            &f.id().to_string(),
            &location_key,
            &exception.kind.as_str(),
            &state,
            &body,
            &exception.raised_at.0,
            &exception.settled.as_ref().map(|s| s.at.0),
        ],
    )?;
    Ok(())
}

/// Units of a line that this location gave back, by the difference of two states.
#[must_use]
pub fn given_back(before: &Fulfillment, next: &Fulfillment) -> Vec<(u32, u32)> {
    let rejected = |f: &Fulfillment, line| {
        f.line(line).map_or(0, |l: &domain::fulfillment::Line| l.buckets.get(Bucket::Rejected))
    };
    let more = next.lines().iter().map(|line| {
        let (before, next) = (rejected(before, line.number), rejected(next, line.number));
        (line.number, next.saturating_sub(before))
    });
    more.filter(|(_, units)| *units > 0).collect()
}

fn small(number: i64) -> Result<u32, DbError> {
    let wrong = |_| DbError::impossible("order_lines", "units", number.to_string());
    u32::try_from(number).map_err(wrong)
}
