//! The thread that copies the write-ahead log into the file, so that no commit waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;

use crate::db::DbError;

/// Copy after this many new pages (4 MiB) …
const PAGES: u64 = 1_000;
/// … or after this long without.
const PAUSE: Duration = Duration::from_secs(2);
/// A checkpoint that must wait for a reader holds up the writer: give up soon.
const BUSY_TIMEOUT: Duration = Duration::from_millis(100);

enum Nudge {
    Copy,
    Stop,
}

/// A running checkpoint thread; dropping it empties the log and joins the thread.
pub(in crate::db) struct Checkpointer {
    nudge: SyncSender<Nudge>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Starts the thread and has `writer` report the length of its log after each commit.
    /// Returns the reported length as well.
    pub(in crate::db) fn start(
        writer: &mut Connection,
        own: Connection,
    ) -> Result<(Self, Arc<AtomicU64>), DbError> {
        let (nudge, nudges) = sync_channel(1);
        let pages = Arc::new(AtomicU64::new(0));
        let (reported, hook_nudge) = (Arc::clone(&pages), nudge.clone());
        let mut copied = 0;
        let hook = move |_: &mut rusqlite::hooks::Wal, now: i32| {
            let now = u64::try_from(now).unwrap_or(0);
            reported.store(now, Ordering::Relaxed);
            // The log starts again from its beginning once all of it was copied.
            copied = if now < copied { 0 } else { copied };
            if now - copied >= PAGES {
                copied = now;
                let _ = hook_nudge.try_send(Nudge::Copy);
            }
            Ok(())
        };
        let failed = |error| DbError::open("watch the write-ahead log", error);
        writer.wal_hook(Some(hook)).map_err(failed)?;
        own.busy_timeout(BUSY_TIMEOUT).map_err(failed)?;
        let watched = Arc::clone(&pages);
        let thread = thread::Builder::new()
            .name("db-checkpoint".to_owned())
            .spawn(move || serve(&own, &nudges, &watched))
            .map_err(|error| DbError::open("start the checkpoint thread", error))?;
        Ok((Self { nudge, thread: Some(thread) }, pages))
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        // The writer's hook holds a sender too, so closing the channel would not be seen.
        let _ = self.nudge.send(Nudge::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(conn: &Connection, nudges: &Receiver<Nudge>, pages: &AtomicU64) {
    let mut seen = 0;
    loop {
        match nudges.recv_timeout(PAUSE) {
            Ok(Nudge::Copy) => checkpoint(conn, "pragma wal_checkpoint(passive)"),
            Err(RecvTimeoutError::Timeout) => {
                let now = pages.load(Ordering::Relaxed);
                match (now, now == seen) {
                    (0, _) => {}
                    (_, false) => checkpoint(conn, "pragma wal_checkpoint(passive)"),
                    // Nothing was written for a while: give the disk space back.
                    (_, true) => {
                        checkpoint(conn, "pragma wal_checkpoint(truncate)");
                        pages.store(0, Ordering::Relaxed);
                    }
                }
                seen = pages.load(Ordering::Relaxed);
            }
            Ok(Nudge::Stop) | Err(RecvTimeoutError::Disconnected) => {
                return checkpoint(conn, "pragma wal_checkpoint(truncate)");
            }
        }
    }
}

fn checkpoint(conn: &Connection, sql: &str) {
    // A reader or the writer in the way is no failure: the next round copies the rest.
    if let Err(error) = conn.query_row(sql, [], |_| Ok(())) {
        tracing::error!(%error, "the write-ahead log could not be copied");
    }
}
