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
    let Some(row) = row_of(tx, answer, decided)? else { return Ok(None) };
    let (fulfillment, known): (String, bool) = tx
        .prepare_cached(
            "select fulfillment, decided = 1 and outcome is ?2 and outcome_epoch is ?3
            from command where rowid = ?1",
        )
        .and_then(|mut read| {
            read.query_row(params![row, text, epoch], |row| Ok((row.get(0)?, row.get(1)?)))
        })
        .doing(doing)?;
    if known {
        return Ok(None);
    }
    // A late outcome of a parked command is news again; one that is only repeated is not.
    let sql = "update command set decided = 1, decided_at = ?2, attention = ?3,
        seen = case when outcome is ?4 then seen else 0 end,
        outcome = ?4, outcome_epoch = ?5, outcome_cursor = ?6
        where rowid = ?1";
    let attention = decided.outcome.verdict.needs_attention();
    tx.prepare_cached(sql)
        .and_then(|mut write| {
            write.execute(params![
                row,
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

/// The row of the command that an outcome is of: a late one's by its id, as a new pairing may have
/// given it another number since.
fn row_of(
    tx: &Transaction<'_>,
    answer: &Answered<'_>,
    decided: &Decided,
) -> Result<Option<i64>, StoreError> {
    let epoch = decided.late.map_or(answer.device_epoch, |late| late.epoch);
    let by_number = "select rowid from command where epoch = ?1 and seq = ?2";
    let found = match decided.late.and_then(|late| late.command) {
        Some(id) => {
            let by_id = "select rowid from command where id = ?1";
            tx.prepare_cached(by_id)
                .and_then(|mut read| read.query_row([id.to_string()], |row| row.get(0)).optional())
        }
        None => tx.prepare_cached(by_number).and_then(|mut read| {
            read.query_row(params![epoch, decided.seq], |row| row.get(0)).optional()
        }),
    };
    found.doing("find a command by its outcome")
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

#[cfg(test)]
mod tests {
    use domain::{
        ids::CommandId,
        outcome::{Outcome, Verdict},
        sync::Late,
    };
    use rusqlite::Connection;

    use super::*;
    use crate::store::{Durability, NewCommand, Paired};

    const NOW: TimeMs = TimeMs(1_795_411_267_000);

    fn outcome(verdict: Verdict) -> Outcome {
        Outcome { verdict, rev: 1, cursor: 1, exceptions: Vec::new() }
    }

    #[test]
    fn a_late_outcome_finds_its_command_after_a_new_pairing() {
        let conn = Connection::open_in_memory().expect("memory");
        let mut outbox = Outbox::open(conn, Durability::Full).expect("new");
        let (id, feed_epoch) = (CommandId::new(NOW, [1; 10]), FeedEpoch::new(NOW, [3; 10]));
        let command = NewCommand {
            seq: 7,
            id,
            kind: "task.claim",
            version: 1,
            fulfillment: FulfillmentId::new(NOW, [2; 10]),
            body: b"{}".to_vec(),
        };
        outbox.append(1, &[command], None, NOW).expect("room");
        let paired = Paired { epoch: 2, identity: &"me", feed_epoch, sscc: &[] };
        outbox.pair(&paired, |body, _| body.as_bytes().to_vec()).expect("room");
        let mut hears = |decided: Decided| {
            let answer = Answered {
                device_epoch: 2,
                feed_epoch,
                outcomes: &[decided],
                sscc: &[],
                restored_to: None,
                durable_seq: 0,
                now: NOW,
            };
            outbox.record(&answer).expect("room");
            outbox.parked().expect("readable")
        };
        let parked = outcome(Verdict::Parked { reason: "why".into() });
        assert_eq!(hears(Decided { seq: 1, outcome: parked, late: None }), 1);
        let late = Some(Late { epoch: 1, command: Some(id) });
        assert_eq!(hears(Decided { seq: 7, outcome: outcome(Verdict::Noop), late }), 0);
    }
}
