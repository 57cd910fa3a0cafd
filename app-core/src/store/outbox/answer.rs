//! What an answer of the server changes, all in one commit.

use domain::{
    clock::TimeMs,
    gs1::SsccBlock,
    ids::{FeedEpoch, FulfillmentId},
    sync::Decided,
};
use rusqlite::{OptionalExtension as _, Transaction, params};

use super::{Outbox, SETTING, parsed};
use crate::store::{Doing as _, StoreError, numbers};

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
    let device_epoch = decided.epoch.unwrap_or(answer.device_epoch);
    let known: Option<(String, bool)> = tx
        .prepare_cached(
            "select fulfillment, decided = 1 and outcome is ?3 and outcome_epoch is ?4
            from command where epoch = ?1 and seq = ?2",
        )
        .and_then(|mut read| {
            let key = params![device_epoch, decided.seq, text, epoch];
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
                device_epoch,
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
