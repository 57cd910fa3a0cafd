//! The gate of an item: a row that is updated before a promise looks at several others, so that of two
//! promises of one item the second sees what the first has taken. Facts never wait for it.

use super::{DbError, Rows, Tx};

/// Goes through the gates of items, by ascending key whatever their order here; whoever comes next waits
/// until this transaction ends. Ask before any position is locked.
///
/// # Errors
/// [`DbError`].
pub fn pass(tx: &mut Tx, item_keys: impl Iterator<Item = i64>) -> Result<(), DbError> {
    let mut keys: Vec<i64> = item_keys.collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        return Ok(());
    }
    tx.exec_bulk(
        "insert into gates (item_key, rev) select item_key, 1 from {rows} where true
         order by item_key
         on conflict (item_key) do update set rev = gates.rev + 1",
        &[],
        &Rows::new().i64("item_key", keys),
    )?;
    Ok(())
}
