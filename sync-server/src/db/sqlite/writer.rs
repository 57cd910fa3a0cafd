//! The one thread that writes: many use cases to a commit, each but the first inside a savepoint of its
//! own. A savepoint copies every page before it is changed, which the first need not pay: where it fails
//! there is nobody else in the transaction yet. Who was overtaken, because what he had read before he came
//! has changed, runs once more.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{SqliteSession, statement_error};
use crate::db::request::Request;
use crate::db::tx::Session;
use crate::db::workers::Queue;
use crate::db::{Access, DbError, Dialect, Failure, Tx, database::Counters};

/// A use case runs at most this often.
const ATTEMPTS_MAX: u32 = 2;

/// The write connection and what it needs to decide when to commit and when to empty the log.
pub(in crate::db) struct Writer {
    pub(in crate::db) tx: Tx,
    pub(in crate::db) batch_max: usize,
    pub(in crate::db) counters: Arc<Counters>,
    /// Pages in the write-ahead log after the last commit.
    pub(in crate::db) log_pages: Arc<AtomicU64>,
    /// Above this many the log is emptied between two commits, whatever the readers do.
    pub(in crate::db) log_pages_max: u64,
}

impl Writer {
    /// Serves the queue until it is closed.
    pub(in crate::db) fn serve(mut self, queue: &Queue) {
        while let Some(first) = queue.next() {
            self.commit_together(first, queue);
            self.empty_long_log();
        }
    }

    /// Runs the first use case and all that wait behind it, commits once, then answers everyone.
    ///
    /// It never waits for company: while one commit is on its way to the disk the next batch
    /// gathers by itself. Who brings company of his own is the last of a batch: the next like him, who
    /// may be behind him already, shall have time to gather his.
    fn commit_together(&mut self, mut first: Box<dyn Request>, queue: &Queue) {
        match self.begin_with(&mut *first) {
            Ok(true) => {}
            Ok(false) => return first.answer(Ok(())),
            Err(error) => return first.answer(Err(error)),
        }
        let mut is_full = first.access() == Access::WriteForMany;
        let mut done = vec![first];
        // Some errors end the whole transaction; the rest of the queue gets a new one.
        while session(&mut self.tx).in_transaction() && !is_full {
            let Some(mut request) = queue.try_next() else { break };
            run_in_savepoint(&mut self.tx, |tx| request.run(tx));
            let is_last = request.access() == Access::WriteForMany;
            is_full = is_last || done.len() + 1 == self.batch_max;
            done.push(request);
        }
        let ended = self.commit();
        self.counters.commit();
        for request in done {
            request.answer(ended.clone());
        }
    }

    /// Begins a transaction with a use case; `false` when it was undone with all of it.
    fn begin_with(&mut self, first: &mut dyn Request) -> Result<bool, DbError> {
        for _ in 0..ATTEMPTS_MAX {
            session(&mut self.tx).control(Dialect::Sqlite.begin(Access::Write))?;
            if self.run_first(first) {
                return Ok(true);
            }
            if !is_overtaken(&self.tx) {
                break;
            }
        }
        Ok(false)
    }

    /// Runs a use case that has the transaction to itself; `false` when it was undone with all of it.
    fn run_first(&mut self, first: &mut dyn Request) -> bool {
        self.tx.reset();
        let keep = first.run(&mut self.tx);
        let session = session(&mut self.tx);
        if !keep && session.in_transaction() {
            let _ = session.control("rollback");
        }
        keep
    }

    fn commit(&mut self) -> Result<(), DbError> {
        let session = session(&mut self.tx);
        session.control("commit").inspect_err(|_| {
            if session.in_transaction() {
                let _ = session.control("rollback");
            }
        })
    }

    fn empty_long_log(&mut self) {
        if self.log_pages.load(Ordering::Relaxed) <= self.log_pages_max {
            return;
        }
        // Begun anew, not cut: what is written next finds its blocks there.
        let sql = "pragma wal_checkpoint(restart)";
        let emptied = session(&mut self.tx).connection().query_row(sql, [], |row| row.get(0));
        match emptied.map_err(|error| statement_error(sql, error)) {
            Ok(0_i64) => self.log_pages.store(0, Ordering::Relaxed),
            Ok(_) => tracing::warn!("a long read keeps the write-ahead log from being emptied"),
            Err(error) => tracing::error!(%error, "the write-ahead log could not be emptied"),
        }
    }
}

/// Runs one use case; what it changed is undone unless it says to keep it.
pub(in crate::db) fn run_in_savepoint(tx: &mut Tx, mut run: impl FnMut(&mut Tx) -> bool) {
    for _ in 0..ATTEMPTS_MAX {
        tx.reset();
        if session(tx).control("savepoint request").is_err() {
            // The commit will report the broken transaction to everyone in it.
            return;
        }
        let keep = run(tx);
        let again = !keep && is_overtaken(tx);
        let session = session(tx);
        if !session.in_transaction() {
            return;
        }
        let undone = if keep { Ok(()) } else { session.control("rollback to request") };
        if undone.and_then(|()| session.control("release request")).is_err() {
            // Never commit what should have been undone: the commit then fails for the whole batch.
            let _ = session.control("rollback");
            return;
        }
        if !again {
            return;
        }
    }
}

fn is_overtaken(tx: &Tx) -> bool {
    tx.failure() == Some(Failure::Contention)
}

fn session(tx: &mut Tx) -> &mut SqliteSession {
    match tx.session() {
        Session::Sqlite(session) => session,
        Session::Postgres(_) => unreachable!("this file is handed SQLite sessions only"),
    }
}
