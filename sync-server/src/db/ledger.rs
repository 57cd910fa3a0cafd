//! The ledger of stock, read: behind a number, and what a batch has changed. It is written in `stock.rs`,
//! `shelves.rs` and `positions.rs`.

use domain::{api::MovementRow, clock::TimeMs};

use super::{DbError, Tx};

/// The movements of a position before one, the newest first.
///
/// # Errors
/// [`DbError`].
pub fn of_position(
    tx: &mut Tx,
    (item_key, location_key): (i64, i64),
    before: i64,
    rows_max: u32,
) -> Result<Vec<MovementRow>, DbError> {
    tx.query(
        "select m.id, m.from_bucket, m.to_bucket, m.quantity, m.reserved_delta, m.cause, m.cause_id,
            s.id, coalesce(m.happened_at_ms, m.at_ms), m.at_ms
         from stock_movements m left join sources s on s.key = m.source_key
         where m.item_key = $1 and m.location_key = $2 and m.id < $3
         order by m.id desc limit $4",
        &[&item_key, &location_key, &before, &i64::from(rows_max)],
        |row| {
            Ok(MovementRow {
                id: row.get(0)?,
                from: row.get(1)?,
                to: row.get(2)?,
                quantity: row.get(3)?,
                reserved: row.get(4)?,
                cause: row.get(5)?,
                cause_id: row.get(6)?,
                source: row.get(7)?,
                happened_at: TimeMs(row.get(8)?),
                at: TimeMs(row.get(9)?),
            })
        },
    )
}

/// What a batch of counts found to be different from the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Its row in the ledger.
    pub id: i64,
    /// The item.
    pub sku: String,
    /// The location.
    pub location: String,
    /// Where units came from, or went to: the word of the place in the building.
    pub place: String,
    /// Units more than our books had, or fewer when negative.
    pub more: i64,
}

/// What the counts of a batch have changed, behind a row, in the order of the ledger.
///
/// # Errors
/// [`DbError`].
pub fn of_batch(
    tx: &mut Tx,
    source_key: i64,
    batch: &str,
    after: i64,
    rows_max: u32,
) -> Result<Vec<Difference>, DbError> {
    tx.query(
        "select m.id, i.sku, l.id, m.from_bucket, m.to_bucket, m.quantity
         from stock_movements m join items i on i.key = m.item_key
         join locations l on l.key = m.location_key
         where m.cause_id = $1 and m.source_key = $2 and m.id > $3 order by m.id limit $4",
        &[&batch, &source_key, &after, &i64::from(rows_max)],
        |row| {
            let (from, to): (String, String) = (row.get(3)?, row.get(4)?);
            let quantity: i64 = row.get(5)?;
            let comes = matches!(from.as_str(), "received" | "returned" | "adjusted_out");
            let (place, more) = if comes { (to, quantity) } else { (from, -quantity) };
            Ok(Difference { id: row.get(0)?, sku: row.get(1)?, location: row.get(2)?, place, more })
        },
    )
}
