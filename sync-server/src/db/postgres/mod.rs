//! PostgreSQL: a connection, statements on it, and how its errors are read.
//!
//! A connection belongs to one thread together with a runtime of its own that drives it, so a
//! statement costs a round trip and no hand-over between threads. That is why there is no pool
//! from a library: the threads are the pool, their queue is the waiting list.

mod connect;
mod param;
mod worker;

pub(super) use worker::{migrate_server, serve};

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, Error, Statement};

use super::tx::{Call, Each};
use super::{DbError, Dialect, Failure, Row};
use param::{Param, params};

/// One connection, opened when first needed and again when it broke.
pub(super) struct PostgresSession {
    runtime: Runtime,
    config: Config,
    live: Option<Live>,
    /// The `begin` that goes out together with the first statement.
    begin_due: Option<&'static str>,
}

struct Live {
    client: Client,
    /// By the address of the neutral text: each is static.
    statements: HashMap<(usize, usize), Statement>,
}

impl PostgresSession {
    pub(super) fn new(config: Config) -> Result<Self, DbError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| DbError::open("start a runtime", error))?;
        Ok(Self { runtime, config, live: None, begin_due: None })
    }

    /// Connects unless connected.
    pub(super) fn connect(&mut self) -> Result<(), DbError> {
        if self.live.as_ref().is_some_and(|live| !live.client.is_closed()) {
            return Ok(());
        }
        self.live = None;
        let client = self.runtime.block_on(connect::connect(&self.config))?;
        self.live = Some(Live { client, statements: HashMap::new() });
        Ok(())
    }

    /// Begins with the next statement: one round trip for both.
    pub(super) fn begin(&mut self, begin: &'static str) -> Result<(), DbError> {
        self.connect()?;
        self.begin_due = Some(begin);
        Ok(())
    }

    pub(super) fn commit(&mut self) -> Result<(), DbError> {
        self.end("commit").map_err(|error| match failure(&error) {
            Failure::Disconnected => DbError::CommitUnknown { source: Arc::new(error) },
            kind => DbError::Transaction { step: "commit", kind, source: Arc::new(error) },
        })
    }

    /// Forgets the transaction; a connection that cannot even do that is given up.
    pub(super) fn rollback(&mut self) {
        if self.end("rollback").is_err() {
            self.live = None;
        }
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        let Some(live) = &self.live else { return Err(DbError::Closed) };
        let work = live.client.batch_execute(sql);
        settle(&self.runtime, &live.client, self.begin_due.take(), work)
            .map_err(|error| statement_error(sql, error))
    }

    pub(super) fn exec(&mut self, call: &Call<'_>) -> Result<u64, DbError> {
        let params = params(call);
        let statement = self.prepared(call, &params)?;
        let Some(live) = &self.live else { return Err(DbError::Closed) };
        let work = live.client.execute_raw(&statement, &params);
        settle(&self.runtime, &live.client, self.begin_due.take(), work)
            .map_err(|error| statement_error(call.sql, error))
    }

    pub(super) fn query(&mut self, call: &Call<'_>, each: Each<'_>) -> Result<(), DbError> {
        let params = params(call);
        let statement = self.prepared(call, &params)?;
        let Some(live) = &self.live else { return Err(DbError::Closed) };
        let borrowed: Vec<_> = params.iter().map(|param| param as &(dyn ToSql + Sync)).collect();
        let work = live.client.query(&statement, &borrowed);
        let rows = settle(&self.runtime, &live.client, self.begin_due.take(), work)
            .map_err(|error| statement_error(call.sql, error))?;
        rows.iter().try_for_each(|row| each(&Row::postgres(call.sql, row)))
    }

    /// Waits without a clock of our own: the runtime's.
    pub(super) fn pause(&self, pause: std::time::Duration) {
        self.runtime.block_on(async { tokio::time::sleep(pause).await });
    }

    fn end(&mut self, step: &str) -> Result<(), Error> {
        // Nothing was sent: nothing is open.
        if self.begin_due.take().is_some() {
            return Ok(());
        }
        let Some(live) = &self.live else { return Ok(()) };
        self.runtime.block_on(live.client.batch_execute(step))
    }

    /// Prepares a statement once for each connection, with the types that the program means:
    /// left to itself PostgreSQL takes `coalesce($1, 0)` for an `int4`.
    fn prepared(&mut self, call: &Call<'_>, params: &[Param<'_>]) -> Result<Statement, DbError> {
        let Some(live) = &mut self.live else { return Err(DbError::Closed) };
        let types: Vec<Type> = params.iter().map(Param::kind).collect();
        let key = (call.sql.as_ptr().addr(), call.sql.len());
        if let Some(known) = live.statements.get(&key).filter(|known| known.params() == types) {
            return Ok(known.clone());
        }
        let text = Dialect::Postgres.statement(call.sql, call.values.len(), call.rows);
        // Outside the transaction when it has not begun: preparing changes nothing.
        let statement = self
            .runtime
            .block_on(live.client.prepare_typed(&text, &types))
            .map_err(|error| statement_error(call.sql, error))?;
        live.statements.insert(key, statement.clone());
        Ok(statement)
    }
}

/// Drives one statement, with the `begin` in front of it if that is still due.
fn settle<T>(
    runtime: &Runtime,
    client: &Client,
    begin: Option<&'static str>,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let Some(begin) = begin else { return runtime.block_on(work) };
    let (begun, worked) =
        runtime.block_on(async { tokio::join!(biased; client.batch_execute(begin), work) });
    begun.and(worked)
}

fn statement_error(sql: &str, error: Error) -> DbError {
    DbError::Statement { sql: sql.to_owned(), kind: failure(&error), source: Arc::new(error) }
}

fn failure(error: &Error) -> Failure {
    let Some(state) = error.code() else {
        let io =
            std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>());
        return if io || error.is_closed() { Failure::Disconnected } else { Failure::Other };
    };
    match *state {
        SqlState::UNIQUE_VIOLATION => Failure::Unique,
        SqlState::CHECK_VIOLATION => Failure::Check,
        SqlState::FOREIGN_KEY_VIOLATION => Failure::ForeignKey,
        SqlState::NOT_NULL_VIOLATION => Failure::NotNull,
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => {
            Failure::Contention
        }
        SqlState::LOCK_NOT_AVAILABLE => Failure::Locked,
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::TOO_MANY_CONNECTIONS => Failure::Disconnected,
        SqlState::DISK_FULL => Failure::Full,
        _ => Failure::Other,
    }
}
