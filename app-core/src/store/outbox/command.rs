//! Commands: recorded once, byte for byte, and read back to be sent.

use std::collections::BTreeSet;

use domain::{
    clock::TimeMs,
    ids::{CommandId, FulfillmentId},
};
use rusqlite::{Row, Transaction, params};
use sha2::{Digest as _, Sha256};

use super::{Outbox, parsed};
use crate::store::{
    Doing as _, StoreError,
    numbers::{self, Taken},
};

/// A command to be recorded. `body` is the envelope's JSON and is never written again.
#[derive(Debug, Clone)]
pub struct NewCommand {
    /// Contiguous within the epoch.
    pub seq: u64,
    /// Its id.
    pub id: CommandId,
    /// Its type on the wire.
    pub kind: &'static str,
    /// The version of its type.
    pub version: u16,
    /// What it acts on.
    pub fulfillment: FulfillmentId,
    /// The envelope, byte for byte.
    pub body: Vec<u8>,
}

/// A recorded command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCommand {
    /// Its number.
    pub seq: u64,
    /// The envelope, byte for byte.
    pub body: String,
}

impl Outbox {
    /// The number of the next command. The last row of an epoch is never pruned, so it only grows.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn next_seq(&self, epoch: u32) -> Result<u64, StoreError> {
        self.conn
            .prepare_cached("select coalesce(max(seq), 0) + 1 from command where epoch = ?1")
            .and_then(|mut read| read.query_row([epoch], |row| row.get(0)))
            .doing("number a command")
    }

    /// Records commands, and that a package number was taken for one of them, in one commit.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is recorded. [`StoreError::Full`] when the disk is full.
    pub fn append(
        &mut self,
        epoch: u32,
        commands: &[NewCommand],
        taken: Option<&Taken>,
        now: TimeMs,
    ) -> Result<(), StoreError> {
        let tx = self.conn.transaction().doing("begin to record a command")?;
        for command in commands {
            insert(&tx, epoch, command, now)?;
        }
        if let Some(taken) = taken {
            numbers::mark_taken(&tx, taken)?;
        }
        tx.commit().doing("record a command")
    }

    /// Commands that wait to be sent, by ascending number, at most `count` of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn pending(&self, epoch: u32, count: usize) -> Result<Vec<StoredCommand>, StoreError> {
        let sql =
            "select seq, body from command where epoch = ?1 and decided = 0 order by seq limit ?2";
        self.commands(sql, params![epoch, count as u64], "read pending commands")
    }

    /// How many commands the server has parked, in any epoch, as far as this tablet has heard.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn parked(&self) -> Result<u64, StoreError> {
        let sql = "select count(*) from command indexed by command_parked
            where json_extract(outcome, '$.verdict.result') = 'parked'";
        self.conn
            .prepare_cached(sql)
            .and_then(|mut read| read.query_row([], |row| row.get(0)))
            .doing("count parked commands")
    }

    /// How many commands wait, and when the oldest of them was made.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn waiting(&self, epoch: u32) -> Result<(u64, Option<TimeMs>), StoreError> {
        let sql = "select count(*), min(made_at) from command where epoch = ?1 and decided = 0";
        self.conn
            .prepare_cached(sql)
            .and_then(|mut read| {
                read.query_row([epoch], |row| {
                    Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?.map(TimeMs)))
                })
            })
            .doing("count pending commands")
    }

    /// Every kept command of a fulfillment, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn history(&self, fulfillment: FulfillmentId) -> Result<Vec<StoredCommand>, StoreError> {
        let sql = "select seq, body from command where fulfillment = ?1
            order by epoch desc, seq desc";
        self.commands(sql, [fulfillment.to_string()], "read the history of a fulfillment")
    }

    /// Every kept command of an epoch, by ascending number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn all(&self, epoch: u32) -> Result<Vec<StoredCommand>, StoreError> {
        let sql = "select seq, body from command where epoch = ?1 order by seq";
        self.commands(sql, [epoch], "read all commands")
    }

    /// Fulfillments with commands that wait to be sent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn unsent(&self, epoch: u32) -> Result<BTreeSet<FulfillmentId>, StoreError> {
        let sql = "select distinct fulfillment from command where epoch = ?1 and decided = 0";
        Ok(self.ids(sql, [epoch])?.into_iter().collect())
    }

    /// Commands of a query that selects their number and their bytes.
    pub(super) fn commands(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        doing: &'static str,
    ) -> Result<Vec<StoredCommand>, StoreError> {
        let mut read = self.conn.prepare_cached(sql).doing(doing)?;
        let rows = read.query_map(params, stored).doing(doing)?;
        rows.collect::<Result<_, _>>().doing(doing)
    }

    /// Fulfillments of a query that selects only them.
    pub(super) fn ids(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<FulfillmentId>, StoreError> {
        let doing = "read which fulfillments have commands";
        let mut read = self.conn.prepare_cached(sql).doing(doing)?;
        let rows = read.query_map(params, |row| row.get::<_, String>(0)).doing(doing)?;
        rows.map(|text| parsed("command", &text.doing(doing)?)).collect()
    }
}

fn insert(
    tx: &Transaction<'_>,
    epoch: u32,
    command: &NewCommand,
    now: TimeMs,
) -> Result<(), StoreError> {
    let sql =
        "insert into command (epoch, seq, id, kind, version, fulfillment, body, sha256, made_at)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let sha = Sha256::digest(&command.body).to_vec();
    tx.prepare_cached(sql)
        .and_then(|mut write| {
            write.execute(params![
                epoch,
                command.seq,
                command.id.to_string(),
                command.kind,
                command.version,
                command.fulfillment.to_string(),
                command.body,
                sha,
                now.0,
            ])
        })
        .map(drop)
        .doing("record a command")
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredCommand> {
    let body: Vec<u8> = row.get(1)?;
    let body = String::from_utf8(body).map_err(|e| {
        let kind = rusqlite::types::Type::Blob;
        rusqlite::Error::FromSqlConversionFailure(1, kind, Box::new(e))
    })?;
    Ok(StoredCommand { seq: row.get(0)?, body })
}
