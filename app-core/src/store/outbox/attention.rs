//! Outcomes that a person must read.

use domain::{
    clock::TimeMs,
    ids::{CommandId, FulfillmentId},
    outcome::Outcome,
};

use super::{Outbox, parsed};
use crate::store::{Doing as _, StoreError};

/// An outcome that a person must read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attention {
    /// The command.
    pub command: CommandId,
    /// What it acted on.
    pub fulfillment: FulfillmentId,
    /// What the server said.
    pub outcome: Outcome,
    /// When the tablet heard it.
    pub at: TimeMs,
}

impl Outbox {
    /// Outcomes that nobody has read, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn attention(&self) -> Result<Vec<Attention>, StoreError> {
        let doing = "read unread outcomes";
        let sql = "select id, fulfillment, outcome, coalesce(decided_at, made_at) from command
            where attention = 1 and seen = 0 order by epoch, seq";
        let mut read = self.conn.prepare_cached(sql).doing(doing)?;
        let rows = read
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .doing(doing)?;
        rows.map(|row| attention(row.doing(doing)?)).collect()
    }

    /// A person has read an outcome; false when there is no such command.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn acknowledge(&self, command: CommandId) -> Result<bool, StoreError> {
        let sql = "update command set seen = 1 where id = ?1";
        let rows = self.conn.execute(sql, [command.to_string()]);
        rows.map(|rows| rows > 0).doing("acknowledge an outcome")
    }
}

fn attention(
    (id, fulfillment, outcome, at): (String, String, String, i64),
) -> Result<Attention, StoreError> {
    let outcome = serde_json::from_str(&outcome).map_err(|e| StoreError::Impossible {
        table: "command",
        row: id.clone(),
        reason: e.to_string(),
    })?;
    let (command, fulfillment) = (parsed("command", &id)?, parsed("command", &fulfillment)?);
    Ok(Attention { command, fulfillment, outcome, at: TimeMs(at) })
}
