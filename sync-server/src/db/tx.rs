//! The one transaction handle that every use case is written against.

use super::bulk::{BULK_ROWS_MAX, Rows};
use super::postgres::PostgresSession;
use super::sqlite::SqliteSession;
use super::value::{SqlValue, ToSqlValue};
use super::{DbError, Failure, Row};

/// An open transaction on either engine.
///
/// Synchronous: SQLite runs it on its writer's thread, PostgreSQL on a thread of its pool. After
/// a statement fails the transaction is lost, on both engines alike: return the error. Where a
/// row may already exist, write `on conflict`.
pub struct Tx {
    session: Session,
    failed: Option<Failure>,
}

pub(super) enum Session {
    Sqlite(SqliteSession),
    Postgres(Box<PostgresSession>),
}

/// A statement with its parameters, as it goes to a session.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) sql: &'static str,
    pub(super) values: &'a [SqlValue<'a>],
    pub(super) rows: Option<&'a Rows<'a>>,
}

/// Reads one row of a result.
pub(super) type Each<'a> = &'a mut dyn FnMut(&Row<'_>) -> Result<(), DbError>;

impl Tx {
    pub(super) fn new(session: Session) -> Self {
        Self { session, failed: None }
    }

    /// Runs a statement that returns no rows; says how many rows it changed.
    ///
    /// # Errors
    /// [`DbError::Statement`]; the transaction is lost then.
    pub fn exec(&mut self, sql: &'static str, params: &[&dyn ToSqlValue]) -> Result<u64, DbError> {
        self.run_exec(sql, params, None)
    }

    /// Runs a statement and reads each row of its result.
    ///
    /// # Errors
    /// [`DbError::Statement`], or what `read` returns.
    pub fn query<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToSqlValue],
        read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        self.run_query(sql, params, None, read)
    }

    /// Runs a statement that finds one row or none.
    ///
    /// # Errors
    /// Those of [`Tx::query`], and [`DbError::RowCount`] when there are more.
    pub fn query_opt<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToSqlValue],
        read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError> {
        let mut found = self.run_query(sql, params, None, read)?;
        match found.len() {
            0 | 1 => Ok(found.pop()),
            found => Err(DbError::RowCount { sql, wanted: "at most one", found }),
        }
    }

    /// Runs a statement that finds exactly one row.
    ///
    /// # Errors
    /// Those of [`Tx::query`], and [`DbError::RowCount`] when there is none or more than one.
    pub fn query_one<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToSqlValue],
        read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let missing = DbError::RowCount { sql, wanted: "one", found: 0 };
        self.query_opt(sql, params, read)?.ok_or(missing)
    }

    /// Runs one statement over many rows: they are the table `{rows}` in its text. `params` are
    /// `$1` and on. No rows, no statement.
    ///
    /// # Errors
    /// Those of [`Tx::exec`]. PostgreSQL refuses an `on conflict do update` that meets one key
    /// twice; SQLite takes the last: give each key once.
    pub fn exec_bulk(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToSqlValue],
        rows: &Rows<'_>,
    ) -> Result<u64, DbError> {
        if rows.is_empty() { Ok(0) } else { self.run_exec(sql, params, Some(rows)) }
    }

    /// The same, where each row must change one of the table: guarded by what was read of it, if it was
    /// not locked.
    ///
    /// # Errors
    /// Those of [`Tx::exec_bulk`], and [`DbError::Overtaken`]; the transaction is lost then, and the use
    /// case runs again.
    pub fn exec_bulk_each(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToSqlValue],
        rows: &Rows<'_>,
    ) -> Result<(), DbError> {
        let changed = self.exec_bulk(sql, params, rows)?;
        match (rows.len() as u64).saturating_sub(changed) {
            0 => Ok(()),
            rows => self.note(Err(DbError::Overtaken { sql, rows })),
        }
    }

    /// Makes sure that a statement finds nothing that would overtake this use case.
    ///
    /// # Errors
    /// Those of [`Tx::exec_bulk_each`].
    pub fn query_bulk_none(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToSqlValue],
        rows: &Rows<'_>,
    ) -> Result<(), DbError> {
        match self.query_bulk(sql, params, rows, |_| Ok(()))?.len() as u64 {
            0 => Ok(()),
            rows => self.note(Err(DbError::Overtaken { sql, rows })),
        }
    }

    /// Reads the result of one statement over many rows; see [`Tx::exec_bulk`].
    ///
    /// # Errors
    /// Those of [`Tx::query`].
    pub fn query_bulk<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToSqlValue],
        rows: &Rows<'_>,
        read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        self.run_query(sql, params, Some(rows), read)
    }

    /// How a statement of this transaction failed, if one did.
    pub(super) fn failure(&self) -> Option<Failure> {
        self.failed
    }

    pub(super) fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// Forgets the failure of a transaction that was rolled back.
    pub(super) fn reset(&mut self) {
        self.failed = None;
    }

    /// Runs statements that are not static, one after the other: migrations only.
    pub(super) fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        let ran = match &mut self.session {
            Session::Sqlite(session) => session.batch(sql),
            Session::Postgres(session) => session.batch(sql),
        };
        self.note(ran)
    }

    fn run_exec(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToSqlValue],
        rows: Option<&Rows<'_>>,
    ) -> Result<u64, DbError> {
        let values: Vec<_> = params.iter().map(|param| param.to_sql_value()).collect();
        let call = Call { sql, values: &values, rows };
        self.check(&call)?;
        let changed = match &mut self.session {
            Session::Sqlite(session) => session.exec(&call),
            Session::Postgres(session) => session.exec(&call),
        };
        self.note(changed)
    }

    fn run_query<T>(
        &mut self,
        sql: &'static str,
        params: &[&dyn ToSqlValue],
        rows: Option<&Rows<'_>>,
        mut read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        let values: Vec<_> = params.iter().map(|param| param.to_sql_value()).collect();
        let call = Call { sql, values: &values, rows };
        self.check(&call)?;
        let mut found = Vec::new();
        let each: Each<'_> = &mut |row| {
            found.push(read(row)?);
            Ok(())
        };
        let ran = match &mut self.session {
            Session::Sqlite(session) => session.query(&call, each),
            Session::Postgres(session) => session.query(&call, each),
        };
        self.note(ran)?;
        Ok(found)
    }

    /// Refuses what one engine takes and the other does not.
    fn check(&mut self, call: &Call<'_>) -> Result<(), DbError> {
        if self.failed.is_some() {
            return Err(DbError::Ignored);
        }
        let nul = |text: &str| text.as_bytes().contains(&0);
        let in_values =
            call.values.iter().any(|value| matches!(value, SqlValue::Text(Some(t)) if nul(t)));
        let in_rows = call.rows.is_some_and(|rows| rows.any_text(nul));
        let reason = if in_values || in_rows {
            "a NUL character in text"
        } else if call.rows.is_some_and(|rows| rows.len() > BULK_ROWS_MAX) {
            "more rows than one statement may take"
        } else {
            return Ok(());
        };
        self.note(Err(DbError::Parameter { sql: call.sql, reason }))
    }

    fn note<T>(&mut self, result: Result<T, DbError>) -> Result<T, DbError> {
        result.inspect_err(|error| self.failed = Some(error.failure()))
    }
}
