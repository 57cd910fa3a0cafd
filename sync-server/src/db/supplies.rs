//! What is on its way to locations: the newest word of each line holds. Every word is a line of the
//! ledger, too, so that the index of what can be promised hears of it.

use domain::clock::TimeMs;

use super::{DbError, Rows, Tx, stock_log};

/// One line of future supply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// How it comes, in a word.
    pub kind: &'static str,
    /// Number of the purchase order, notice or transfer.
    pub reference: String,
    /// Line of it.
    pub line: String,
    /// The item.
    pub item_key: i64,
    /// Where it goes.
    pub location_key: i64,
    /// Units still to come when it was stated.
    pub units: i64,
    /// When.
    pub expected_at: TimeMs,
    /// When the source said so.
    pub stated_at: TimeMs,
}

/// Writes lines; older words than the known ones are left out. Says how many were written. Give
/// each (reference, line) once.
///
/// # Errors
/// [`DbError`].
pub fn put(tx: &mut Tx, source_key: i64, lines: &[Line], now: TimeMs) -> Result<u64, DbError> {
    let each = || lines.iter();
    let rows = || {
        Rows::new()
            .text("kind", each().map(|line| line.kind))
            .text("reference", each().map(|line| line.reference.as_str()))
            .text("line", each().map(|line| line.line.as_str()))
            .i64("item_key", each().map(|line| line.item_key))
            .i64("location_key", each().map(|line| line.location_key))
            .i64("quantity", each().map(|line| line.units))
            .i64("expected_at_ms", each().map(|line| line.expected_at.0))
            .i64("stated_at_ms", each().map(|line| line.stated_at.0))
    };
    // Whoever follows the log learns which items to look at: those that a line was about, too.
    tx.exec_bulk(
        "insert into stock_movements (item_key, location_key, cause, cause_id, from_bucket, to_bucket,
            quantity, happened_at_ms, at_ms, source_key)
         select s.item_key, s.location_key, $2, s.reference, 'none', 'none', 0, rows.stated_at_ms,
            $3, $1
         from {rows} join supplies s on s.source_key = $1 and s.reference = rows.reference
            and s.line = rows.line and s.item_key <> rows.item_key",
        &[&source_key, &stock_log::SUPPLY, &now.0],
        &rows(),
    )?;
    tx.exec_bulk(
        "insert into stock_movements (item_key, location_key, cause, cause_id, from_bucket, to_bucket,
            quantity, happened_at_ms, at_ms, source_key)
         select item_key, location_key, $2, reference, 'none', 'none', quantity, stated_at_ms, $3, $1
         from {rows}",
        &[&source_key, &stock_log::SUPPLY, &now.0],
        &rows(),
    )?;
    tx.exec_bulk(
        "insert into supplies (source_key, kind, reference, line, item_key, location_key, quantity,
            expected_at_ms, stated_at_ms)
         select $1, kind, reference, line, item_key, location_key, quantity, expected_at_ms,
            stated_at_ms
         from {rows} where true
         on conflict (source_key, reference, line) do update set kind = excluded.kind,
            item_key = excluded.item_key, location_key = excluded.location_key,
            quantity = excluded.quantity, expected_at_ms = excluded.expected_at_ms,
            stated_at_ms = excluded.stated_at_ms,
            received = case when excluded.stated_at_ms >= supplies.received_at_ms then 0
                else supplies.received end
         where excluded.stated_at_ms >= supplies.stated_at_ms",
        &[&source_key],
        &rows(),
    )
}

/// Units that have come with supply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Came<'a> {
    /// Number of the purchase order, notice or transfer.
    pub reference: &'a str,
    /// Its line; any of the item, if absent.
    pub line: Option<&'a str>,
    /// The item.
    pub item_key: i64,
    /// Where to.
    pub location_key: i64,
    /// How many.
    pub units: u32,
    /// When.
    pub at: TimeMs,
}

/// Takes units that have come off what is still to come, the earliest lines first, whoever stated them.
/// More than was expected changes nothing.
///
/// # Errors
/// [`DbError`].
pub fn receive(tx: &mut Tx, came: &[Came<'_>], now: TimeMs) -> Result<(), DbError> {
    for one in came {
        let mut left = i64::from(one.units);
        let open = tx.query(
            "select key, quantity - received from supplies
             where item_key = $1 and location_key = $2 and reference = $3
                and ($4 = '' or line = $4) and quantity > received and stated_at_ms <= $5
             order by expected_at_ms, key",
            &[
                &one.item_key,
                &one.location_key,
                &one.reference,
                &one.line.unwrap_or_default(),
                &one.at.0,
            ],
            |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)),
        )?;
        for (key, expected) in open {
            let units = left.min(expected);
            left -= units;
            take(tx, key, units, one, now)?;
        }
    }
    Ok(())
}

fn take(tx: &mut Tx, key: i64, units: i64, came: &Came<'_>, now: TimeMs) -> Result<(), DbError> {
    if units == 0 {
        return Ok(());
    }
    tx.exec(
        "update supplies set received = received + $2, received_at_ms = $3 where key = $1",
        &[&key, &units, &came.at.0],
    )?;
    tx.exec(
        "insert into stock_movements (item_key, location_key, cause, cause_id, from_bucket, to_bucket,
            quantity, happened_at_ms, at_ms)
         values ($1, $2, $3, $4, 'none', 'none', $5, $6, $7)",
        &[
            &came.item_key,
            &came.location_key,
            &stock_log::SUPPLY,
            &came.reference,
            &units,
            &came.at.0,
            &now.0,
        ],
    )?;
    Ok(())
}

/// What is still to come of an item: location key, kind, units, when. The earliest first.
///
/// # Errors
/// [`DbError`].
pub fn of_item(
    tx: &mut Tx,
    item_key: i64,
    rows_max: u32,
) -> Result<Vec<(i64, String, i64, TimeMs)>, DbError> {
    tx.query(
        "select location_key, kind, quantity - received, expected_at_ms from supplies
         where item_key = $1 and quantity > received order by expected_at_ms, key limit $2",
        &[&item_key, &i64::from(rows_max)],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, TimeMs(row.get(3)?))),
    )
}
