//! Units that are held for baskets. The positions count them as reserved; `stock.rs` has the guard.

use domain::{clock::TimeMs, ids::OrderId};

use super::{DbError, Row, Rows, Tx};

/// A hold as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Its number.
    pub id: String,
    /// The channel.
    pub channel: String,
    /// The shop's name for the basket.
    pub basket: String,
    /// Hash of what was asked for.
    pub asked_sha: Vec<u8>,
    /// `open`, `ordered`, `waiting` (its order has the units that were there, and waits for the rest),
    /// `used` or `released`.
    pub state: String,
    /// When it ends.
    pub expires_at: TimeMs,
}

/// Units of a hold at one position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    /// The location.
    pub location_key: i64,
    /// The item.
    pub item_key: i64,
    /// How many.
    pub units: u32,
}

/// Units of a hold that are still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Later {
    /// The item.
    pub item_key: i64,
    /// How many.
    pub units: u32,
    /// When they can be there.
    pub at: TimeMs,
    /// The only location that they may come to, for a pickup.
    pub only: Option<i64>,
}

/// What a hold was promised for later, by item.
///
/// # Errors
/// [`DbError`].
pub fn later(tx: &mut Tx, id: &str) -> Result<Vec<Later>, DbError> {
    tx.query(
        "select item_key, quantity, at_ms, pickup_key from hold_later where hold_id = $1
         order by item_key",
        &[&id],
        |row| {
            let (units, at) = (super::search::small(row.get(1)?), TimeMs(row.get(2)?));
            Ok(Later { item_key: row.get(0)?, units, at, only: row.get(3)? })
        },
    )
}

/// Stores what a hold is promised for later.
///
/// # Errors
/// [`DbError`].
pub fn put_later(tx: &mut Tx, id: &str, later: &[Later]) -> Result<(), DbError> {
    for Later { item_key, units, at, only } in later {
        tx.exec(
            "insert into hold_later (hold_id, item_key, quantity, at_ms, pickup_key)
             values ($1, $2, $3, $4, $5)",
            &[&id, item_key, &i64::from(*units), &at.0, only],
        )?;
    }
    Ok(())
}

/// Finds a hold.
///
/// # Errors
/// [`DbError`].
pub fn find(tx: &mut Tx, id: &str) -> Result<Option<Hold>, DbError> {
    tx.query_opt(
        "select id, channel, basket, asked_sha, state, expires_at_ms from holds where id = $1",
        &[&id],
        read,
    )
}

/// Finds the hold of a basket, as it may be: [`end`] is the judge.
///
/// # Errors
/// [`DbError`].
pub fn of_basket(tx: &mut Tx, channel: &str, basket: &str) -> Result<Option<Hold>, DbError> {
    tx.query_opt(
        "select id, channel, basket, asked_sha, state, expires_at_ms from holds
         where channel = $1 and basket = $2",
        &[&channel, &basket],
        read,
    )
}

/// The hold that an order has presented and not used yet.
///
/// # Errors
/// [`DbError`].
pub fn of_order(tx: &mut Tx, order: OrderId) -> Result<Option<Hold>, DbError> {
    tx.query_opt(
        "select id, channel, basket, asked_sha, state, expires_at_ms from holds
         where order_id = $1 and state = 'ordered'",
        &[&order.to_string()],
        read,
    )
}

/// Units that an order's basket was promised, from the shelf or for later: item key, units.
///
/// # Errors
/// [`DbError`].
pub fn promised_to(tx: &mut Tx, order: OrderId) -> Result<Vec<(i64, i64)>, DbError> {
    tx.query(
        "select p.item_key, cast(sum(p.quantity) as bigint) from
            (select u.item_key, u.quantity from holds h join hold_units u on u.hold_id = h.id
             where h.order_id = $1
             union all
             select t.item_key, t.quantity from holds h join hold_later t on t.hold_id = h.id
             where h.order_id = $1) p
         group by p.item_key",
        &[&order.to_string()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// The units of a hold, by ascending location and item.
///
/// # Errors
/// [`DbError`].
pub fn units(tx: &mut Tx, id: &str) -> Result<Vec<Held>, DbError> {
    tx.query(
        "select location_key, item_key, quantity from hold_units where hold_id = $1
         order by location_key, item_key",
        &[&id],
        |row| {
            let units = super::search::small(row.get(2)?);
            Ok(Held { location_key: row.get(0)?, item_key: row.get(1)?, units })
        },
    )
}

/// Stores a hold, or takes the place of the same basket's, whose units have been released. `false`, and
/// nothing is written, when somebody else has just stored one.
///
/// # Errors
/// [`DbError`].
pub fn put(tx: &mut Tx, hold: &Hold, held: &[Held], now: TimeMs) -> Result<bool, DbError> {
    let Hold { id, channel, basket, asked_sha, expires_at, .. } = hold;
    tx.exec(
        "delete from hold_units where hold_id in
            (select id from holds where channel = $1 and basket = $2)",
        &[channel, basket],
    )?;
    tx.exec(
        "delete from hold_later where hold_id in
            (select id from holds where channel = $1 and basket = $2)",
        &[channel, basket],
    )?;
    tx.exec("delete from holds where channel = $1 and basket = $2", &[channel, basket])?;
    let stored = tx.exec(
        "insert into holds
            (id, channel, basket, asked_sha, state, expires_at_ms, created_at_ms)
         values ($1, $2, $3, $4, 'open', $5, $6) on conflict (channel, basket) do nothing",
        &[id, channel, basket, asked_sha, &expires_at.0, &now.0],
    )?;
    if stored == 0 {
        return Ok(false);
    }
    let each = || held.iter();
    tx.exec_bulk(
        "insert into hold_units (hold_id, item_key, location_key, quantity)
         select $1, item_key, location_key, quantity from {rows}",
        &[id],
        &Rows::new()
            .i64("item_key", each().map(|held| held.item_key))
            .i64("location_key", each().map(|held| held.location_key))
            .i64("quantity", each().map(|held| i64::from(held.units))),
    )?;
    Ok(true)
}

/// An open hold belongs to an order from now on, and its basket's name is free again; `false` when it is not open any more, or too old.
///
/// # Errors
/// [`DbError`].
pub fn give(tx: &mut Tx, id: &str, order: OrderId, now: TimeMs) -> Result<bool, DbError> {
    let given = tx.exec(
        "update holds set state = 'ordered', order_id = $2, basket = id
         where id = $1 and state = 'open' and expires_at_ms > $3",
        &[&id, &order.to_string(), &now.0],
    )?;
    Ok(given == 1)
}

/// Ends a hold that is in this state; `false` when it is in another by now.
///
/// # Errors
/// [`DbError`].
pub fn end(tx: &mut Tx, id: &str, from: &str, to: &str) -> Result<bool, DbError> {
    let ended =
        tx.exec("update holds set state = $3 where id = $1 and state = $2", &[&id, &from, &to])?;
    Ok(ended == 1)
}

/// Holds that are over: too old, or of orders that want nothing any more.
///
/// # Errors
/// [`DbError`].
pub fn over(tx: &mut Tx, now: TimeMs, rows_max: u32) -> Result<Vec<Hold>, DbError> {
    tx.query(
        "select id, channel, basket, asked_sha, state, expires_at_ms from holds h
         where (h.state = 'open' and h.expires_at_ms <= $1)
            or (h.state in ('ordered', 'waiting') and not exists (select 1 from order_lines l
                where l.order_id = h.order_id and l.unsourced > 0))
         order by h.expires_at_ms limit $2",
        &[&now.0, &i64::from(rows_max)],
        read,
    )
}

/// Forgets holds that ended before an instant.
///
/// # Errors
/// [`DbError`].
pub fn forget(tx: &mut Tx, before: TimeMs, rows_max: u32) -> Result<u64, DbError> {
    let old = tx.query(
        "select id from holds where state in ('used', 'released') and expires_at_ms < $1 limit $2",
        &[&before.0, &i64::from(rows_max)],
        |row| row.get::<String>(0),
    )?;
    let rows = || Rows::new().text("id", old.iter().map(String::as_str));
    tx.exec_bulk("delete from hold_units where hold_id in (select id from {rows})", &[], &rows())?;
    tx.exec_bulk("delete from hold_later where hold_id in (select id from {rows})", &[], &rows())?;
    tx.exec_bulk("delete from holds where id in (select id from {rows})", &[], &rows())
}

fn read(row: &Row<'_>) -> Result<Hold, DbError> {
    Ok(Hold {
        id: row.get(0)?,
        channel: row.get(1)?,
        basket: row.get(2)?,
        asked_sha: row.get(3)?,
        state: row.get(4)?,
        expires_at: TimeMs(row.get(5)?),
    })
}
