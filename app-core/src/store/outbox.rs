//! `outbox.db`: the commands as the exact bytes that travel, and what only this tablet knows.
//! A commit here is on the disk before anyone is told. It does not judge commands and does not
//! apply them.

use std::collections::BTreeSet;

use domain::{
    clock::TimeMs,
    gs1::SsccBlock,
    ids::{CommandId, FeedEpoch, FulfillmentId},
    outcome::Outcome,
    sync::Decided,
};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use super::{
    Doing as _, Durability, StoreError,
    connection::{is_sound, migrate, prepare},
    numbers::{self, Taken},
    settings::Table,
};

const MIGRATIONS: [&str; 1] = [include_str!("../../migrations/outbox/0001_outbox.sql")];
pub(super) const SETTING: Table = Table("setting");

/// The outbox of one tablet.
pub struct Outbox {
    pub(super) conn: Connection,
}

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

/// Up to where a replica has the server's word, in which history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlay {
    /// The history.
    pub epoch: FeedEpoch,
    /// Everything up to here is in the replica.
    pub cursor: u64,
}

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

/// What one answer of the server changes in the outbox, all in one commit.
pub struct Answered<'a> {
    /// The device's epoch that the request was made under.
    pub device_epoch: u32,
    /// The server history of the answer.
    pub feed_epoch: FeedEpoch,
    /// Outcomes, in any order, some perhaps known.
    pub outcomes: &'a [Decided],
    /// Leased numbers, some perhaps known.
    pub sscc: &'a [SsccBlock],
    /// The server was restored: what it does not have any more is sent again.
    pub restored_to: Option<u64>,
    /// Commands up to here need not be kept any more once they are old.
    pub durable_seq: u64,
    /// Now, by the tablet's own clock.
    pub now: TimeMs,
}

impl Outbox {
    /// Opens the outbox on a connection that nobody else has.
    ///
    /// # Errors
    /// [`StoreError`]; a file that is not sound is [`StoreError::Impossible`] and must be salvaged.
    pub fn open(mut conn: Connection, durability: Durability) -> Result<Self, StoreError> {
        prepare(&conn, durability)?;
        if !is_sound(&conn) {
            let (table, row) = ("outbox.db", "file".to_owned());
            return Err(StoreError::Impossible { table, row, reason: "it is damaged".into() });
        }
        migrate(&mut conn, &MIGRATIONS)?;
        Ok(Self { conn })
    }

    /// Gives the connection back.
    #[must_use]
    pub fn into_connection(self) -> Connection {
        self.conn
    }

    /// A setting, `None` when it was never written.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn setting<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        SETTING.json(&self.conn, key)
    }

    /// Writes a setting, durably.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_setting<T: Serialize>(&self, key: &str, value: &T) -> Result<(), StoreError> {
        SETTING.put(&self.conn, key, value)
    }

    /// Forgets a setting.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn remove_setting(&self, key: &str) -> Result<(), StoreError> {
        SETTING.remove(&self.conn, key)
    }

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

    /// Commands of a fulfillment whose effect a replica at `overlay` does not show yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn overlay(
        &self,
        fulfillment: FulfillmentId,
        overlay: Overlay,
    ) -> Result<Vec<StoredCommand>, StoreError> {
        let sql = "select seq, body from command where fulfillment = ?1
            and not (outcome_epoch is ?2 and outcome_cursor <= ?3)
            and not (former_epoch is ?2 and former_cursor <= ?3)
            order by epoch, seq";
        let (epoch, cursor) = (overlay.epoch.to_string(), overlay.cursor);
        let params = params![fulfillment.to_string(), epoch, cursor];
        self.commands(sql, params, "read the commands of a fulfillment")
    }

    /// The same, dropped as soon as the outcome is known: a planted bug.
    ///
    /// # Errors
    /// [`StoreError`].
    #[cfg(feature = "planted")]
    pub fn overlay_until_outcome(
        &self,
        fulfillment: FulfillmentId,
    ) -> Result<Vec<StoredCommand>, StoreError> {
        let sql = "select seq, body from command where fulfillment = ?1 and decided = 0
            order by epoch, seq";
        self.commands(sql, [fulfillment.to_string()], "read the commands of a fulfillment")
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

    fn commands(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
        doing: &'static str,
    ) -> Result<Vec<StoredCommand>, StoreError> {
        let mut read = self.conn.prepare_cached(sql).doing(doing)?;
        let rows = read.query_map(params, stored).doing(doing)?;
        rows.collect::<Result<_, _>>().doing(doing)
    }

    /// Fulfillments with commands whose effect becomes visible between two cursors of a history.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn shown_between(
        &self,
        epoch: FeedEpoch,
        after: u64,
        to: u64,
    ) -> Result<Vec<FulfillmentId>, StoreError> {
        let sql = "select distinct fulfillment from command
            where outcome_epoch = ?1 and outcome_cursor > ?2 and outcome_cursor <= ?3";
        self.ids(sql, params![epoch.to_string(), after, to])
    }

    /// Fulfillments with commands that wait to be sent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn unsent(&self, epoch: u32) -> Result<BTreeSet<FulfillmentId>, StoreError> {
        let sql = "select distinct fulfillment from command where epoch = ?1 and decided = 0";
        Ok(self.ids(sql, [epoch])?.into_iter().collect())
    }

    fn ids(
        &self,
        sql: &str,
        params: impl rusqlite::Params,
    ) -> Result<Vec<FulfillmentId>, StoreError> {
        let doing = "read which fulfillments have commands";
        let mut read = self.conn.prepare_cached(sql).doing(doing)?;
        let rows = read.query_map(params, |row| row.get::<_, String>(0)).doing(doing)?;
        rows.map(|text| parsed("command", &text.doing(doing)?)).collect()
    }

    /// Takes in what the server answered; returns the fulfillments whose outcomes are new.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing is changed and the exchange is repeated.
    pub fn record(&mut self, answer: &Answered<'_>) -> Result<Vec<FulfillmentId>, StoreError> {
        let doing = "record an answer of the server";
        let tx = self.conn.transaction().doing(doing)?;
        if let Some(last_seq) = answer.restored_to {
            SETTING.put(&tx, "feed_epoch", &answer.feed_epoch)?;
            send_again(&tx, answer.device_epoch, last_seq)?;
        }
        let mut touched = Vec::new();
        for decided in answer.outcomes {
            touched.extend(decide(&tx, answer, decided)?);
        }
        for block in answer.sscc {
            numbers::add_block(&tx, block)?;
        }
        prune(&tx, answer)?;
        tx.commit().doing(doing)?;
        Ok(touched)
    }

    /// Sends everything from `seq` on again, as the server asked by a gap. False when some of it has
    /// been pruned: the server lost what it had called durable.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn resend_from(&mut self, epoch: u32, seq: u64) -> Result<bool, StoreError> {
        let tx = self.conn.transaction().doing("send commands again")?;
        send_again(&tx, epoch, seq.saturating_sub(1))?;
        let sql = "select count(*) from command where epoch = ?1 and seq = ?2";
        let kept: i64 = tx
            .query_row(sql, params![epoch, seq], |row| row.get(0))
            .doing("send commands again")?;
        tx.commit().doing("send commands again")?;
        Ok(kept > 0)
    }

    /// A snapshot of `epoch` was loaded. Every decided command is in that history, and so in it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn bootstrapped(&self, epoch: FeedEpoch) -> Result<(), StoreError> {
        let sql = "update command set outcome_epoch = ?1, outcome_cursor = 0
            where decided = 1 and outcome_epoch <> ?1";
        self.conn.execute(sql, [epoch.to_string()]).map(drop).doing("close a server history")
    }

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

    /// The tablet has a new epoch: what was never decided goes on under it, numbered from 1.
    /// `rewrite` puts a number into an envelope; the command keeps its id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn move_to_epoch(
        &mut self,
        epoch: u32,
        rewrite: impl Fn(&str, u64) -> Vec<u8>,
    ) -> Result<(), StoreError> {
        let doing = "move commands to a new epoch";
        let tx = self.conn.transaction().doing(doing)?;
        let sql = "select epoch, seq, body from command where decided = 0 and epoch <> ?1
            order by epoch, seq";
        let rows: Vec<(u32, u64, Vec<u8>)> = {
            let mut read = tx.prepare(sql).doing(doing)?;
            let rows = read.query_map([epoch], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
            rows.and_then(Iterator::collect).doing(doing)?
        };
        for ((old_epoch, old_seq, body), seq) in rows.into_iter().zip(1_u64..) {
            let body = rewrite(&String::from_utf8_lossy(&body), seq);
            let sha = Sha256::digest(&body).to_vec();
            let sql = "update command set epoch = ?1, seq = ?2, body = ?3, sha256 = ?4
                where epoch = ?5 and seq = ?6";
            tx.execute(sql, params![epoch, seq, body, sha, old_epoch, old_seq]).doing(doing)?;
        }
        tx.commit().doing(doing)
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

/// Stores an outcome; the fulfillment when it is news.
fn decide(
    tx: &Transaction<'_>,
    answer: &Answered<'_>,
    decided: &Decided,
) -> Result<Option<FulfillmentId>, StoreError> {
    let doing = "store an outcome";
    let text = serde_json::to_string(&decided.outcome).expect("an outcome is plain data");
    let epoch = answer.feed_epoch.to_string();
    let known: Option<(String, bool)> = tx
        .prepare_cached(
            "select fulfillment, decided = 1 and outcome is ?3 and outcome_epoch is ?4
            from command where epoch = ?1 and seq = ?2",
        )
        .and_then(|mut read| {
            let key = params![answer.device_epoch, decided.seq, text, epoch];
            read.query_row(key, |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .doing(doing)?;
    let Some((fulfillment, false)) = known else { return Ok(None) };
    // A late outcome of a parked command is news again; one that is only repeated is not.
    let sql = "update command set decided = 1, decided_at = ?3, attention = ?4,
        seen = case when outcome is ?5 then seen else 0 end,
        outcome = ?5, outcome_epoch = ?6, outcome_cursor = ?7
        where epoch = ?1 and seq = ?2";
    let attention = decided.outcome.verdict.needs_attention();
    tx.prepare_cached(sql)
        .and_then(|mut write| {
            write.execute(params![
                answer.device_epoch,
                decided.seq,
                answer.now.0,
                attention,
                text,
                epoch,
                decided.outcome.cursor,
            ])
        })
        .doing(doing)?;
    parsed("command", &fulfillment).map(Some)
}

/// Decided commands above `last_seq` wait again. Where the old history showed them stays known, so
/// that a replica of it does not show them twice.
fn send_again(tx: &Transaction<'_>, epoch: u32, last_seq: u64) -> Result<(), StoreError> {
    let sql = "update command set decided = 0,
        former_epoch = outcome_epoch, former_cursor = outcome_cursor,
        outcome_epoch = null, outcome_cursor = null
        where epoch = ?1 and seq > ?2 and decided = 1";
    tx.execute(sql, params![epoch, last_seq]).map(drop).doing("send commands again")
}

/// Forgets commands that are durable on the server, old, and need nobody. Never the last one.
fn prune(tx: &Transaction<'_>, answer: &Answered<'_>) -> Result<(), StoreError> {
    let sql = "delete from command where decided = 1 and decided_at < ?1 and outcome_epoch = ?2
        and (attention = 0 or seen = 1)
        and (epoch < ?3 or (epoch = ?3 and seq <= ?4))
        and seq < (select max(seq) from command c where c.epoch = command.epoch)";
    let before = answer.now.plus_ms(-domain::limits::OUTBOX_KEEP_MS);
    let epoch = answer.feed_epoch.to_string();
    tx.prepare_cached(sql)
        .and_then(|mut write| {
            write.execute(params![before.0, epoch, answer.device_epoch, answer.durable_seq])
        })
        .map(drop)
        .doing("forget old commands")
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredCommand> {
    let body: Vec<u8> = row.get(1)?;
    let body = String::from_utf8(body).map_err(|e| {
        let kind = rusqlite::types::Type::Blob;
        rusqlite::Error::FromSqlConversionFailure(1, kind, Box::new(e))
    })?;
    Ok(StoredCommand { seq: row.get(0)?, body })
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

/// Reads an id of a row.
pub(super) fn parsed<T: std::str::FromStr>(
    table: &'static str,
    text: &str,
) -> Result<T, StoreError> {
    let reason = || "not an identifier".to_owned();
    text.parse().map_err(|_| StoreError::Impossible { table, row: text.into(), reason: reason() })
}
