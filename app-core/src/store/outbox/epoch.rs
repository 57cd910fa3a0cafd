//! A new pairing of a salvaged tablet: what was never decided goes on under a new epoch.

use rusqlite::params;
use sha2::{Digest as _, Sha256};

use super::Outbox;
use crate::store::{Doing as _, StoreError};

impl Outbox {
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
