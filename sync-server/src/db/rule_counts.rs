//! What was promised under rules that count, and who has taken how much of it.
//!
//! A count is a row; [`take`] is its guard. Takings say which hold or order gives back what: the sum of
//! them is the count, always. Lock counts last and in their order, then two transactions never wait for
//! each other in a circle. What it deliberately does not do: know any rule.

use std::collections::BTreeMap;

use super::{DbError, Row, Rows, Tx};

/// The item of a count that is of all items of its rule together.
pub const TOGETHER: i64 = 0;

/// Which count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Counter {
    /// The rule, by its id.
    pub rule: String,
    /// The item, or [`TOGETHER`].
    pub item_key: i64,
    /// Whose; empty: everybody's.
    pub customer: String,
}

/// Units of an item that are taken from a count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taking {
    /// Which count.
    pub counter: Counter,
    /// The item.
    pub item_key: i64,
    /// How many, above 0.
    pub units: i64,
}

/// What stands in counts; a count that nobody has taken from is left out.
///
/// # Errors
/// [`DbError`].
pub fn units(tx: &mut Tx, counters: &[Counter]) -> Result<BTreeMap<Counter, i64>, DbError> {
    let each = || counters.iter();
    let found = tx.query_bulk(
        "select c.rule_id, c.item_key, c.customer, c.units from {rows}
         join rule_counts c on c.rule_id = rows.rule_id and c.item_key = rows.item_key
            and c.customer = rows.customer",
        &[],
        &Rows::new()
            .text("rule_id", each().map(|counter| counter.rule.as_str()))
            .i64("item_key", each().map(|counter| counter.item_key))
            .text("customer", each().map(|counter| counter.customer.as_str())),
        |row| {
            let (rule, item_key, customer) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok((Counter { rule, item_key, customer }, row.get(3)?))
        },
    )?;
    Ok(found.into_iter().collect())
}

/// Takes units from a count of which no more than `limit` may be taken in all; `false`, and nothing is
/// written, when that many are not left. Whose they are is the caller's to store.
///
/// # Errors
/// [`DbError`].
pub fn take(tx: &mut Tx, counter: &Counter, units: i64, limit: i64) -> Result<bool, DbError> {
    if units > limit {
        return Ok(false);
    }
    let taken = tx.exec(
        "insert into rule_counts (rule_id, item_key, customer, units) values ($1, $2, $3, $4)
         on conflict (rule_id, item_key, customer) do update
            set units = rule_counts.units + excluded.units
            where rule_counts.units + excluded.units <= $5",
        &[&counter.rule, &counter.item_key, &counter.customer, &units, &limit],
    )?;
    Ok(taken == 1)
}

/// Gives units back to a count.
///
/// # Errors
/// [`DbError`].
pub fn give(tx: &mut Tx, counter: &Counter, units: i64) -> Result<(), DbError> {
    tx.exec(
        "update rule_counts set units = units - $4
         where rule_id = $1 and item_key = $2 and customer = $3",
        &[&counter.rule, &counter.item_key, &counter.customer, &units],
    )?;
    Ok(())
}

/// What a hold or an order has taken, by ascending count.
///
/// # Errors
/// [`DbError`].
pub fn takings(tx: &mut Tx, owner: &str) -> Result<Vec<Taking>, DbError> {
    tx.query(
        "select rule_id, counted_key, customer, item_key, units from rule_takings where owner = $1
         order by rule_id, counted_key, customer, item_key",
        &[&owner],
        read,
    )
}

/// States what a hold or an order has taken, in place of what it had.
///
/// # Errors
/// [`DbError`].
pub fn put_takings(tx: &mut Tx, owner: &str, takings: &[Taking]) -> Result<(), DbError> {
    tx.exec("delete from rule_takings where owner = $1", &[&owner])?;
    let each = || takings.iter();
    tx.exec_bulk(
        "insert into rule_takings (owner, rule_id, counted_key, customer, item_key, units)
         select $1, rule_id, counted_key, customer, item_key, units from {rows}",
        &[&owner],
        &Rows::new()
            .text("rule_id", each().map(|taking| taking.counter.rule.as_str()))
            .i64("counted_key", each().map(|taking| taking.counter.item_key))
            .text("customer", each().map(|taking| taking.counter.customer.as_str()))
            .i64("item_key", each().map(|taking| taking.item_key))
            .i64("units", each().map(|taking| taking.units)),
    )?;
    Ok(())
}

/// What one has taken is another's from now on: a hold's is its order's.
///
/// # Errors
/// [`DbError`].
pub fn pass_on(tx: &mut Tx, from: &str, to: &str) -> Result<(), DbError> {
    tx.exec("update rule_takings set owner = $2 where owner = $1", &[&from, &to])?;
    Ok(())
}

/// Units that everybody together was promised: rule, item key, units.
pub type Sold = (String, i64, i64);

/// Every count of everybody.
///
/// # Errors
/// [`DbError`].
pub fn sold(tx: &mut Tx) -> Result<Vec<Sold>, DbError> {
    let all = "select rule_id, item_key, units from rule_counts where customer = ''";
    tx.query(all, &[], read_sold)
}

/// The counts of everybody that are of these items, of kits that they are part of, or of items together.
///
/// # Errors
/// [`DbError`].
pub fn sold_of(tx: &mut Tx, item_keys: &[i64]) -> Result<Vec<Sold>, DbError> {
    let keys = item_keys.iter().copied().chain([TOGETHER]);
    tx.query_bulk(
        "select c.rule_id, c.item_key, c.units from {rows}
         join rule_counts c on c.item_key = rows.key and c.customer = ''
         union
         select c.rule_id, c.item_key, c.units from {rows}
         join kit_parts k on k.item_key = rows.key
         join rule_counts c on c.item_key = k.kit_key and c.customer = ''",
        &[],
        &Rows::new().i64("key", keys.collect::<Vec<_>>()),
        read_sold,
    )
}

fn read_sold(row: &Row<'_>) -> Result<Sold, DbError> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

fn read(row: &Row<'_>) -> Result<Taking, DbError> {
    let counter = Counter { rule: row.get(0)?, item_key: row.get(1)?, customer: row.get(2)? };
    Ok(Taking { counter, item_key: row.get(3)?, units: row.get(4)? })
}
