//! What must be said after a backup: commands in it are on a second medium, so tablets may forget what
//! they keep of them. Until it is said they keep everything.
//!
//! What it deliberately does not do: make the backup, or look whether there is one.

use domain::clock::TimeMs;

use crate::db::{DbError, Tx, commands};

/// Longer than any transaction takes: what was received this long before a backup began is in it.
const MARGIN_MS: i64 = 5 * 60_000;

/// Notes that a backup which began at `began` is complete and safe; how many tablets may forget more
/// than before. An earlier backup changes nothing.
///
/// # Errors
/// [`DbError`].
pub fn note(tx: &mut Tx, began: TimeMs) -> Result<u64, DbError> {
    commands::mark_durable(tx, began.plus_ms(-MARGIN_MS))
}
