//! One row of a result, read by column name or position, with errors that name both.

use serde::de::DeserializeOwned;
use tokio_postgres::types::{FromSql, Type};

use super::DbError;
use super::value::{Cell, FromSqlValue};

/// A row while it is being read; it does not outlive the call.
pub struct Row<'a> {
    sql: &'static str,
    cells: Cells<'a>,
}

enum Cells<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

/// A column's name, or its position from 0.
pub trait Column: Copy + std::fmt::Display {
    #[doc(hidden)]
    fn position(self, names: &mut dyn Iterator<Item = &str>) -> Option<usize>;
}

impl Column for usize {
    fn position(self, names: &mut dyn Iterator<Item = &str>) -> Option<usize> {
        names.nth(self).map(|_| self)
    }
}

impl Column for &str {
    fn position(self, names: &mut dyn Iterator<Item = &str>) -> Option<usize> {
        names.enumerate().find(|(_, name)| *name == self).map(|(at, _)| at)
    }
}

impl<'a> Row<'a> {
    pub(super) fn sqlite(sql: &'static str, row: &'a rusqlite::Row<'a>) -> Self {
        Self { sql, cells: Cells::Sqlite(row) }
    }

    pub(super) fn postgres(sql: &'static str, row: &'a tokio_postgres::Row) -> Self {
        Self { sql, cells: Cells::Postgres(row) }
    }

    /// The column's value.
    ///
    /// # Errors
    /// [`DbError::Column`] when there is no such column or it holds another kind of value.
    pub fn get<T: FromSqlValue>(&self, column: impl Column) -> Result<T, DbError> {
        let at = self.position(column).ok_or_else(|| self.mismatch::<T>(column, "nothing"))?;
        let cell = self.cell(at).map_err(|found| self.mismatch::<T>(column, found))?;
        T::from_cell(cell).ok_or_else(|| self.mismatch::<T>(column, cell.kind()))
    }

    /// The column's text, parsed as JSON.
    ///
    /// # Errors
    /// [`DbError::Column`] when it is not the JSON of a `T`.
    pub fn json<T: DeserializeOwned>(&self, column: impl Column) -> Result<T, DbError> {
        let text: String = self.get(column)?;
        // The parser's message can quote the data; its kind and position cannot.
        serde_json::from_str(&text).map_err(|error| {
            let found = format!("{:?} JSON error at column {}", error.classify(), error.column());
            self.mismatch_as(column, std::any::type_name::<T>(), found)
        })
    }

    fn position(&self, column: impl Column) -> Option<usize> {
        match self.cells {
            Cells::Sqlite(row) => column.position(&mut row.as_ref().column_names()),
            Cells::Postgres(row) => {
                column.position(&mut row.columns().iter().map(tokio_postgres::Column::name))
            }
        }
    }

    fn cell(&self, at: usize) -> Result<Cell<'_>, String> {
        match self.cells {
            Cells::Sqlite(row) => sqlite_cell(row, at),
            Cells::Postgres(row) => {
                let raw = row.try_get(at).map_err(|error| error.to_string())?;
                postgres_cell(&raw)
            }
        }
    }

    fn mismatch<T: FromSqlValue>(&self, column: impl Column, found: impl Into<String>) -> DbError {
        self.mismatch_as(column, T::WANTED, found.into())
    }

    fn mismatch_as(
        &self,
        column: impl Column,
        wanted: &'static str,
        found: impl Into<String>,
    ) -> DbError {
        DbError::Column { sql: self.sql, column: column.to_string(), wanted, found: found.into() }
    }
}

fn sqlite_cell<'r>(row: &'r rusqlite::Row<'_>, at: usize) -> Result<Cell<'r>, String> {
    use rusqlite::types::ValueRef;
    match row.get_ref(at).map_err(|error| error.to_string())? {
        ValueRef::Null => Ok(Cell::Null),
        ValueRef::Integer(value) => Ok(Cell::I64(value)),
        ValueRef::Real(_) => Err("a float".to_owned()),
        ValueRef::Text(text) => {
            std::str::from_utf8(text).map(Cell::Text).map_err(|_| "text that is not UTF-8".into())
        }
        ValueRef::Blob(bytes) => Ok(Cell::Bytes(bytes)),
    }
}

/// A PostgreSQL value before its type is looked at.
struct Raw<'a> {
    kind: Type,
    bytes: Option<&'a [u8]>,
}

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(
        kind: &Type,
        bytes: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self { kind: kind.clone(), bytes: Some(bytes) })
    }

    fn from_sql_null(kind: &Type) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self { kind: kind.clone(), bytes: None })
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Literals and `length()` are `int4` in PostgreSQL and widen without loss; a sum is `numeric`
/// and a comparison `boolean`, which the other engine does not have: those must be cast.
fn postgres_cell<'a>(raw: &Raw<'a>) -> Result<Cell<'a>, String> {
    let Some(bytes) = raw.bytes else { return Ok(Cell::Null) };
    let unreadable = |_| format!("an unreadable {}", raw.kind);
    let integer = match raw.kind {
        Type::INT8 => i64::from_sql(&raw.kind, bytes).map_err(unreadable)?,
        Type::INT4 => i32::from_sql(&raw.kind, bytes).map_err(unreadable)?.into(),
        Type::INT2 => i16::from_sql(&raw.kind, bytes).map_err(unreadable)?.into(),
        Type::TEXT | Type::VARCHAR | Type::NAME => {
            return <&str>::from_sql(&raw.kind, bytes).map(Cell::Text).map_err(unreadable);
        }
        Type::BYTEA => return Ok(Cell::Bytes(bytes)),
        _ => return Err(format!("a {}; cast it to bigint or text", raw.kind)),
    };
    Ok(Cell::I64(integer))
}
