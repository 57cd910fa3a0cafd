//! SQLite: a connection, its settings, and statements on it. Threads are in `writer` and
//! `reader`; this file starts none.

mod bulk_rows;
mod checkpoint;
mod reader;
mod settings;
mod writer;

pub(super) use bulk_rows::source as bulk_source;
pub(super) use checkpoint::Checkpointer;
pub(super) use reader::serve as serve_reads;
pub(super) use settings::{Role, configure, open, open_memory, open_with_vfs};
pub(super) use writer::{Writer, run_in_savepoint};

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::ffi;
use rusqlite::types::{ToSqlOutput, ValueRef};

use super::tx::{Call, Each};
use super::{DbError, Dialect, Failure, Row, SqlValue};

/// More than the statements of one connection, so that none is ever prepared twice.
const STATEMENTS_MAX: usize = 512;

/// One connection and the SQLite texts of the statements it has seen.
pub(super) struct SqliteSession {
    conn: Connection,
    /// By the address of the neutral text: each is static.
    texts: HashMap<(usize, usize), Arc<str>>,
}

impl SqliteSession {
    pub(super) fn new(conn: Connection) -> Self {
        conn.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
        Self { conn, texts: HashMap::new() }
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.conn
    }

    pub(super) fn batch(&self, sql: &str) -> Result<(), DbError> {
        self.conn.execute_batch(sql).map_err(|error| statement_error(sql, error))
    }

    pub(super) fn exec(&mut self, call: &Call<'_>) -> Result<u64, DbError> {
        let failed = |error| statement_error(call.sql, error);
        let text = self.text(call);
        let mut statement = self.conn.prepare_cached(&text).map_err(failed)?;
        bind(&mut statement, call).map_err(failed)?;
        let changed = statement.raw_execute().map_err(failed)?;
        Ok(changed as u64)
    }

    pub(super) fn query(&mut self, call: &Call<'_>, each: Each<'_>) -> Result<(), DbError> {
        let failed = |error| statement_error(call.sql, error);
        let text = self.text(call);
        let mut statement = self.conn.prepare_cached(&text).map_err(failed)?;
        bind(&mut statement, call).map_err(failed)?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(failed)? {
            each(&Row::sqlite(call.sql, row))?;
        }
        Ok(())
    }

    /// Begins, ends, or marks a transaction.
    pub(super) fn control(&self, step: &'static str) -> Result<(), DbError> {
        let run = |sql| self.conn.prepare_cached(sql)?.raw_execute();
        run(step).map(drop).map_err(|error| DbError::Transaction {
            step,
            kind: failure(&error),
            source: Arc::new(error),
        })
    }

    /// Whether a transaction is open. SQLite ends one by itself on some errors (a full disk).
    pub(super) fn in_transaction(&self) -> bool {
        !self.conn.is_autocommit()
    }

    fn text(&mut self, call: &Call<'_>) -> Arc<str> {
        let key = (call.sql.as_ptr().addr(), call.sql.len());
        let render = || Dialect::Sqlite.statement(call.sql, call.values.len(), call.rows).into();
        Arc::clone(self.texts.entry(key).or_insert_with(render))
    }
}

fn bind(statement: &mut rusqlite::Statement<'_>, call: &Call<'_>) -> rusqlite::Result<()> {
    let expected = statement.parameter_count();
    let given = call.values.len() + usize::from(call.rows.is_some());
    if expected != given {
        return Err(rusqlite::Error::InvalidParameterCount(given, expected));
    }
    for (at, value) in call.values.iter().enumerate() {
        statement.raw_bind_parameter(at + 1, ToSqlOutput::Borrowed(borrowed(*value)))?;
    }
    if let Some(rows) = call.rows {
        statement.raw_bind_parameter(given, bulk_rows::parameter(rows))?;
    }
    Ok(())
}

fn borrowed(value: SqlValue<'_>) -> ValueRef<'_> {
    match value {
        SqlValue::I64(Some(value)) => ValueRef::Integer(value),
        SqlValue::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
        SqlValue::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
        SqlValue::I64(None) | SqlValue::Text(None) | SqlValue::Bytes(None) => ValueRef::Null,
    }
}

pub(super) fn statement_error(sql: &str, error: rusqlite::Error) -> DbError {
    DbError::Statement { sql: sql.to_owned(), kind: failure(&error), source: Arc::new(error) }
}

fn failure(error: &rusqlite::Error) -> Failure {
    let Some(code) = error.sqlite_error() else { return Failure::Other };
    match code.extended_code {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => return Failure::Unique,
        ffi::SQLITE_CONSTRAINT_CHECK | ffi::SQLITE_CONSTRAINT_TRIGGER => return Failure::Check,
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => return Failure::ForeignKey,
        ffi::SQLITE_CONSTRAINT_NOTNULL => return Failure::NotNull,
        _ => {}
    }
    match code.code {
        rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked => {
            Failure::Contention
        }
        rusqlite::ErrorCode::DiskFull => Failure::Full,
        _ => Failure::Other,
    }
}
