//! How often somebody guessed wrong, and how long they must wait. Survives a restart.

use domain::clock::TimeMs;
use rusqlite::{OptionalExtension as _, params};

use super::{Doing as _, Outbox, StoreError};

/// Wrong tries of one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lockout {
    /// In a row.
    pub failures: u32,
    /// No try before this instant.
    pub until: TimeMs,
}

impl Outbox {
    /// Wrong tries of a person or of a fulfillment's code.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn lockout(&self, subject: &str) -> Result<Lockout, StoreError> {
        let sql = "select failures, until from lockout where subject = ?1";
        let row = |row: &rusqlite::Row<'_>| {
            Ok(Lockout { failures: row.get(0)?, until: TimeMs(row.get(1)?) })
        };
        let found = self.conn.query_row(sql, [subject], row).optional();
        Ok(found.doing("read wrong tries")?.unwrap_or_default())
    }

    /// Writes them down before the answer is given.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_lockout(&self, subject: &str, lockout: Lockout) -> Result<(), StoreError> {
        let sql = "insert into lockout (subject, failures, until) values (?1, ?2, ?3)
            on conflict (subject) do update set failures = excluded.failures, until = excluded.until";
        let row = params![subject, lockout.failures, lockout.until.0];
        self.conn.execute(sql, row).map(drop).doing("count a wrong try")
    }

    /// Forgets them after a right one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn clear_lockout(&self, subject: &str) -> Result<(), StoreError> {
        let sql = "delete from lockout where subject = ?1";
        self.conn.execute(sql, [subject]).map(drop).doing("forget wrong tries")
    }
}
