//! What a pairing changes in the outbox, all in one commit: a tablet that loses its power in the
//! middle is paired as before or as now. It does not know what an identity is.

use domain::{gs1::SsccBlock, ids::FeedEpoch};
use rusqlite::{Transaction, params};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::{Outbox, SETTING};
use crate::store::{Doing as _, StoreError, numbers};

/// What the server gave a tablet at its pairing.
pub struct Paired<'a, I> {
    /// The device's epoch.
    pub epoch: u32,
    /// Who the tablet is now.
    pub identity: &'a I,
    /// The server history.
    pub feed_epoch: FeedEpoch,
    /// Its first package numbers.
    pub sscc: &'a [SsccBlock],
}

impl Outbox {
    /// Keeps a pairing. What was never decided goes on under its epoch, numbered from 1; `rewrite`
    /// puts a number into an envelope; the command keeps its id.
    ///
    /// # Errors
    /// [`StoreError`]; then the tablet is paired as before.
    pub fn pair<I: Serialize>(
        &mut self,
        paired: &Paired<'_, I>,
        rewrite: impl Fn(&str, u64) -> Vec<u8>,
    ) -> Result<(), StoreError> {
        let doing = "keep a pairing";
        let tx = self.conn.transaction().doing(doing)?;
        move_to_epoch(&tx, paired.epoch, rewrite)?;
        paired.sscc.iter().try_for_each(|block| numbers::add_block(&tx, block))?;
        SETTING.put(&tx, "feed_epoch", &paired.feed_epoch)?;
        SETTING.put(&tx, "identity", paired.identity)?;
        tx.commit().doing(doing)
    }
}

fn move_to_epoch(
    tx: &Transaction<'_>,
    epoch: u32,
    rewrite: impl Fn(&str, u64) -> Vec<u8>,
) -> Result<(), StoreError> {
    let doing = "move commands to a new epoch";
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
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::{
        clock::TimeMs,
        ids::{CommandId, FulfillmentId},
    };
    use rusqlite::Connection;

    use super::*;
    use crate::store::{Durability, NewCommand};

    const NOW: TimeMs = TimeMs(1_795_411_267_000);

    #[test]
    fn a_pairing_that_fails_half_way_leaves_unsent_work_where_it_was() {
        let conn = Connection::open_in_memory().expect("memory");
        let mut outbox = Outbox::open(conn, Durability::Full).expect("new");
        let command = NewCommand {
            seq: 1,
            id: CommandId::new(NOW, [1; 10]),
            kind: "task.claim",
            version: 1,
            fulfillment: FulfillmentId::new(NOW, [2; 10]),
            body: b"{}".to_vec(),
        };
        outbox.append(1, &[command], None, NOW).expect("room");
        let trap = "create trigger trap before insert on setting when new.key = 'identity'
            begin select raise(abort, 'the power is gone'); end";
        outbox.conn.execute_batch(trap).expect("valid");
        let feed_epoch = FeedEpoch::new(NOW, [3; 10]);
        let paired = Paired { epoch: 2, identity: &"me", feed_epoch, sscc: &[] };
        let same = |body: &str, _| body.as_bytes().to_vec();
        outbox.pair(&paired, same).expect_err("the trap");
        let pending = |outbox: &Outbox, epoch| outbox.pending(epoch, 9).expect("readable").len();
        assert_eq!((pending(&outbox, 1), pending(&outbox, 2)), (1, 0));

        outbox.conn.execute_batch("drop trigger trap").expect("it is there");
        outbox.pair(&paired, same).expect("room");
        assert_eq!((pending(&outbox, 1), pending(&outbox, 2)), (0, 1));
        let kept: Option<String> = outbox.setting("identity").expect("readable");
        assert_eq!(kept.as_deref(), Some("me"));
    }
}
