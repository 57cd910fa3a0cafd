//! A thread with one connection: each use case in a transaction of its own, again after a lost
//! race for a lock.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::PostgresSession;
use crate::db::database::Counters;
use crate::db::request::Request;
use crate::db::tx::Session;
use crate::db::workers::Queue;
use crate::db::{Access, DbError, Dialect, Failure, Tx, migrate};

/// A use case runs at most this often.
const ATTEMPTS_MAX: u32 = 5;
const PAUSE_MAX_MS: u64 = 200;

/// Serves the queue until it is closed. `seed` tells the threads' pauses apart.
pub(in crate::db) fn serve(mut tx: Tx, counters: &Arc<Counters>, seed: u64, queue: &Queue) {
    let mut jitter = Jitter(seed);
    while let Some(mut request) = queue.next() {
        let mut attempt = 1;
        let ended = loop {
            let ended = transact(&mut tx, request.as_mut());
            let failure = tx.failure().or_else(|| ended.as_ref().err().map(DbError::failure));
            if attempt == ATTEMPTS_MAX || !failure.is_some_and(Failure::is_transient) {
                break ended;
            }
            counters.retries.fetch_add(1, Ordering::Relaxed);
            session(&mut tx).pause(jitter.pause(attempt));
            attempt += 1;
        };
        if ended.is_ok() && request.access().writes() {
            counters.commit();
        }
        request.answer(ended);
    }
}

/// Brings the schema up to date, on the calling thread.
pub(in crate::db) fn migrate_server(tx: &mut Tx) -> Result<(), DbError> {
    session(tx).begin(Dialect::Postgres.begin(Access::Write))?;
    match migrate::migrate(tx) {
        Ok(()) => session(tx).commit(),
        Err(error) => {
            session(tx).rollback();
            Err(error)
        }
    }
}

/// One attempt. `Ok` also when the use case said no and was rolled back.
fn transact(tx: &mut Tx, request: &mut dyn Request) -> Result<(), DbError> {
    tx.reset();
    session(tx).begin(Dialect::Postgres.begin(request.access()))?;
    if request.run(tx) {
        return session(tx).commit();
    }
    session(tx).rollback();
    Ok(())
}

fn session(tx: &mut Tx) -> &mut PostgresSession {
    match tx.session() {
        Session::Postgres(session) => session,
        Session::Sqlite(_) => unreachable!("this file is handed PostgreSQL sessions only"),
    }
}

/// Pauses that differ between threads, so that two that collided do not collide again.
struct Jitter(u64);

impl Jitter {
    /// Somewhere below 5 ms doubled for each attempt.
    fn pause(&mut self, attempt: u32) -> Duration {
        // One step of a linear congruential generator: spread is all that is asked of it.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let bound_us = (5_u64 << attempt).min(PAUSE_MAX_MS) * 1_000;
        Duration::from_micros((self.0 >> 33) % bound_us)
    }
}
