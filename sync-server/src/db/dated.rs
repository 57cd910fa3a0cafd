//! What is to come of items, and what orders and baskets need that no position has set aside: read as
//! the index and the guard of promises count it.

use std::sync::Arc;

use domain::{clock::TimeMs, ids::OrderId};

use super::{DbError, Row, Rows, Tx};
use crate::atp::dated::{Demand, Supply};

/// A line of supply or demand: item key, and the rest with its location's key.
pub type Of<T> = (i64, T);

const WAITING: &str = "select l.item_key, o.channel, o.pickup_key, o.promise_at_ms,
        cast(sum(l.unsourced) as bigint)
     from order_lines l join orders o on o.id = l.order_id
     where l.unsourced > 0 group by l.item_key, o.channel, o.pickup_key, o.promise_at_ms
     union all
     select t.item_key, h.channel, t.pickup_key, t.at_ms, t.quantity
     from hold_later t join holds h on h.id = t.hold_id where h.state = 'open'";

/// Everything that orders wait for, and that baskets were promised for later.
///
/// # Errors
/// [`DbError`].
pub fn waiting(tx: &mut Tx) -> Result<Vec<Of<Demand<i64>>>, DbError> {
    tx.query(WAITING, &[], read_demand)
}

/// The same of these items only, but for the basket `but` itself.
///
/// # Errors
/// [`DbError`].
pub fn waiting_of(
    tx: &mut Tx,
    item_keys: &[i64],
    but: &str,
) -> Result<Vec<Of<Demand<i64>>>, DbError> {
    let mut waiting = tx.query_bulk(
        "select l.item_key, o.channel, o.pickup_key, o.promise_at_ms,
            cast(sum(l.unsourced) as bigint)
         from {rows} join order_lines l on l.item_key = rows.key and l.unsourced > 0
         join orders o on o.id = l.order_id
         group by l.item_key, o.channel, o.pickup_key, o.promise_at_ms",
        &[],
        &Rows::new().i64("key", item_keys.iter().copied()),
        read_demand,
    )?;
    waiting.extend(of_baskets(tx, item_keys, but)?);
    Ok(waiting)
}

/// What an order must not take of these items: what was promised for later to baskets and to other orders.
/// One that was promised for later itself comes before those that were promised for a later day, and after
/// the others.
///
/// # Errors
/// [`DbError`].
pub fn promised_of(
    tx: &mut Tx,
    item_keys: &[i64],
    but: OrderId,
) -> Result<Vec<Of<Demand<i64>>>, DbError> {
    let but = but.to_string();
    let rows = || Rows::new().i64("key", item_keys.iter().copied());
    let mut promised = tx.query_bulk(
        "select l.item_key, h.channel, t.pickup_key, o.promise_at_ms, l.unsourced
         from {rows} join hold_later t on t.item_key = rows.key
         join holds h on h.id = t.hold_id and h.state in ('ordered', 'waiting')
         join orders o on o.id = h.order_id
         join order_lines l on l.order_id = o.id and l.item_key = t.item_key and l.unsourced > 0
         left join (select p.item_key, p.at_ms, p.hold_id from hold_later p
            join holds w on w.id = p.hold_id and w.state in ('ordered', 'waiting')
            where w.order_id = $1) own on own.item_key = t.item_key
         where o.id <> $1
            and (own.hold_id is null or (t.at_ms, t.hold_id) < (own.at_ms, own.hold_id))",
        &[&but],
        &rows(),
        read_demand,
    )?;
    promised.extend(tx.query_bulk(
        "select t.item_key, h.channel, t.pickup_key, t.at_ms, t.quantity
         from {rows} join hold_later t on t.item_key = rows.key
         join holds h on h.id = t.hold_id and h.state = 'open'
         left join (select p.item_key, p.at_ms, p.hold_id from hold_later p
            join holds w on w.id = p.hold_id and w.state in ('ordered', 'waiting')
            where w.order_id = $1) own on own.item_key = t.item_key
         where own.hold_id is null or (t.at_ms, t.hold_id) < (own.at_ms, own.hold_id)",
        &[&but],
        &rows(),
        read_demand,
    )?);
    Ok(promised)
}

fn of_baskets(tx: &mut Tx, item_keys: &[i64], but: &str) -> Result<Vec<Of<Demand<i64>>>, DbError> {
    tx.query_bulk(
        "select t.item_key, h.channel, t.pickup_key, t.at_ms, t.quantity
         from {rows} join hold_later t on t.item_key = rows.key
         join holds h on h.id = t.hold_id and h.state = 'open' where h.id <> $1",
        &[&but],
        &Rows::new().i64("key", item_keys.iter().copied()),
        read_demand,
    )
}

fn read_demand(row: &Row<'_>) -> Result<Of<Demand<i64>>, DbError> {
    let channel: Arc<str> = row.get::<String>(1)?.into();
    let (only, by, units) = (row.get(2)?, TimeMs(row.get(3)?), row.get(4)?);
    Ok((row.get(0)?, Demand { channel, only, by, units }))
}

/// A page of what is to come after `now`, by ascending item behind `after`, whole items only: at least
/// `rows_max` lines unless it is the last.
///
/// # Errors
/// [`DbError`].
pub fn coming(
    tx: &mut Tx,
    now: TimeMs,
    after: i64,
    rows_max: u32,
) -> Result<Vec<Of<Supply<i64>>>, DbError> {
    tx.query(
        "select item_key, location_key, expected_at_ms, quantity - received from supplies
         where quantity > received and expected_at_ms > $1 and item_key > $2
            and item_key <= coalesce((select item_key from supplies where item_key > $2
                order by item_key limit 1 offset $3), 9223372036854775807)
         order by item_key",
        &[&now.0, &after, &i64::from(rows_max)],
        read_supply,
    )
}

/// What is to come of these items after `now`.
///
/// # Errors
/// [`DbError`].
pub fn coming_of(
    tx: &mut Tx,
    now: TimeMs,
    item_keys: &[i64],
) -> Result<Vec<Of<Supply<i64>>>, DbError> {
    tx.query_bulk(
        "select s.item_key, s.location_key, s.expected_at_ms, s.quantity - s.received
         from {rows} join supplies s on s.item_key = rows.key
         where s.quantity > s.received and s.expected_at_ms > $1",
        &[&now.0],
        &Rows::new().i64("key", item_keys.iter().copied()),
        read_supply,
    )
}

fn read_supply(row: &Row<'_>) -> Result<Of<Supply<i64>>, DbError> {
    let (location, at, units) = (row.get(1)?, TimeMs(row.get(2)?), row.get(3)?);
    Ok((row.get(0)?, Supply { location, at, units }))
}
