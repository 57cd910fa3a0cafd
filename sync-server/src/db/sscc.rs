//! Serial numbers for package labels, leased to devices in blocks that never overlap. A block whose
//! answer was lost is lost too: there are enough, and a number given twice would be two packages
//! with one name.

use domain::{clock::TimeMs, gs1::SsccBlock, ids::DeviceId, limits};

use super::{DbError, Tx};

/// GS1 company prefix of a server that has none set (`sscc_prefix` in `meta`): from the range 952,
/// which GS1 keeps for demonstrations.
const DEMO_PREFIX: &str = "9521234";

/// Leases the next block to a device.
///
/// # Errors
/// [`DbError`]; [`DbError::Impossible`] when the prefix is none or its numbers have run out.
pub fn lease(tx: &mut Tx, device: DeviceId, now: TimeMs) -> Result<SsccBlock, DbError> {
    let count = i64::from(limits::SSCC_BLOCK_SIZE);
    tx.exec(
        "insert into meta (key, value) values ('sscc_next', '1') on conflict (key) do nothing",
        &[],
    )?;
    let next: String = tx.query_one(
        "update meta set value = cast(cast(value as bigint) + $1 as text) where key = 'sscc_next'
         returning value",
        &[&count],
        |row| row.get(0),
    )?;
    let wrong = || DbError::impossible("meta", "sscc_next", next.clone());
    let start = next.parse::<i64>().map_err(|_| wrong())? - count;
    tx.exec(
        "insert into sscc_blocks (device_id, first_serial, serial_count, leased_at_ms)
         values ($1, $2, $3, $4)",
        &[&device.to_string(), &start, &count, &now.0],
    )?;
    SsccBlock::new(prefix(tx)?, 0, start.unsigned_abs(), count.unsigned_abs())
        .map_err(|error| DbError::impossible("meta", "sscc_prefix", error.to_string()))
}

/// Leaves out the next `count` numbers; the first one that will be leased then, or `None` when the
/// prefix has no room for a block behind them: nothing is left out then.
///
/// # Errors
/// [`DbError`].
pub fn skip(tx: &mut Tx, count: u64) -> Result<Option<u64>, DbError> {
    let next = tx.query_opt("select value from meta where key = 'sscc_next'", &[], |row| {
        let text: String = row.get(0)?;
        text.parse::<u64>().map_err(|_| DbError::impossible("meta", "sscc_next", text))
    })?;
    let start = next.unwrap_or(1).saturating_add(count);
    if SsccBlock::new(prefix(tx)?, 0, start, u64::from(limits::SSCC_BLOCK_SIZE)).is_err() {
        return Ok(None);
    }
    tx.exec(
        "insert into meta (key, value) values ('sscc_next', $1)
         on conflict (key) do update set value = excluded.value",
        &[&start.to_string()],
    )?;
    Ok(Some(start))
}

fn prefix(tx: &mut Tx) -> Result<String, DbError> {
    let set = tx.query_opt("select value from meta where key = 'sscc_prefix'", &[], |row| {
        row.get::<String>(0)
    })?;
    Ok(set.unwrap_or_else(|| DEMO_PREFIX.to_owned()))
}
