//! Leased serial numbers of packages. A number is marked as taken in the commit that records the
//! package, so it is never used twice and never lost to a crash.

use domain::gs1::{Sscc, SsccBlock};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{Doing as _, Outbox, StoreError};

/// The next free number, not marked yet.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The number.
    pub sscc: Sscc,
    prefix: String,
    extension: u8,
    first: u64,
}

impl Outbox {
    /// The next number of the oldest block that has one. It is used up by passing it to
    /// [`Outbox::append`]; until then the same one is answered again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn next_number(&self) -> Result<Option<Taken>, StoreError> {
        let sql = "select prefix, extension, first, next, past from sscc_block
            where next < past order by prefix, extension, first limit 1";
        let row = self
            .conn
            .prepare_cached(sql)
            .and_then(|mut read| {
                let row =
                    |row: &rusqlite::Row<'_>| -> rusqlite::Result<(String, u8, u64, u64, u64)> {
                        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
                    };
                read.query_row([], row).optional()
            })
            .doing("read a package number")?;
        let Some((prefix, extension, first, next, past)) = row else { return Ok(None) };
        let impossible = |reason: &str| StoreError::Impossible {
            table: "sscc_block",
            row: format!("{prefix} {extension} {first}"),
            reason: reason.to_owned(),
        };
        let mut block = SsccBlock::new(prefix.clone(), extension, next, past - next)
            .map_err(|e| impossible(&e.to_string()))?;
        let sscc = block.next().ok_or_else(|| impossible("it is used up"))?;
        Ok(Some(Taken { sscc, prefix, extension, first }))
    }

    /// How many numbers are left.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn numbers_left(&self) -> Result<u32, StoreError> {
        let sql = "select coalesce(sum(past - next), 0) from sscc_block";
        self.conn.query_row(sql, [], |row| row.get(0)).doing("count package numbers")
    }
}

/// Takes a block in, once.
pub(super) fn add_block(conn: &Connection, block: &SsccBlock) -> Result<(), StoreError> {
    let sql = "insert into sscc_block (prefix, extension, first, next, past)
        values (?1, ?2, ?3, ?3, ?4) on conflict do nothing";
    let past = block.start() + block.remaining();
    conn.execute(sql, params![block.prefix(), block.extension(), block.start(), past])
        .map(drop)
        .doing("keep package numbers")
}

pub(super) fn mark_taken(tx: &Transaction<'_>, taken: &Taken) -> Result<(), StoreError> {
    let sql = "update sscc_block set next = next + 1
        where prefix = ?1 and extension = ?2 and first = ?3 and next < past";
    let rows = tx
        .execute(sql, params![taken.prefix, taken.extension, taken.first])
        .doing("use a package number")?;
    assert_eq!(rows, 1, "the number was read from this block by the only program that uses it");
    Ok(())
}
