//! The rows of a bulk statement as a table, `bulk_rows(?)` with columns `c0`, `c1` and on: SQLite reads
//! them as they are, where JSON would be written, and parsed again for each column of each row.
//!
//! The only unsafe code of the server, all of it the shape that SQLite asks of a virtual table in C. What
//! it deliberately does not do: know any statement, or outlive the one that it is bound to.
#![expect(unsafe_code, reason = "SQLite calls a virtual table through C function pointers")]

use std::borrow::Cow;
use std::ffi::{CStr, c_int};
use std::ops::Range;

use rusqlite::types::{Null, ToSqlOutput, ValueRef};
use rusqlite::vtab::{
    Context, Filters, IndexConstraintOp, IndexInfo, Module, VTab, VTabConnection, VTabCursor,
};
use rusqlite::{Connection, Result, ffi};

use crate::db::bulk::{Rows, Values};

/// The table, and the type of the pointer that is bound to it.
const NAME: &CStr = c"bulk_rows";
/// More than any statement of ours has.
const COLUMNS_MAX: usize = 32;
/// The hidden column behind them, which takes the pointer.
const POINTER: c_int = 32;

/// Makes the table known to a connection.
pub(super) fn register(conn: &Connection) -> Result<()> {
    const MODULE: Module<'_, BulkRows> = Module::eponymous_only_module();
    conn.create_module(NAME, &MODULE, None)
}

/// The expression that stands for the rows bound to a parameter.
pub(in crate::db) fn source(param: usize, names: impl Iterator<Item = &'static str>) -> String {
    let columns: Vec<_> = names.enumerate().map(|(at, name)| format!("c{at} as {name}")).collect();
    format!("(select {} from bulk_rows(?{param})) as rows", columns.join(", "))
}

/// The rows as a parameter.
pub(super) fn parameter(rows: &Rows<'_>) -> ToSqlOutput<'static> {
    ToSqlOutput::new_boxed(Table::of(rows), NAME)
}

/// Rows that own what they say, for as long as they are bound.
struct Table {
    len: usize,
    columns: Vec<Column>,
    bytes: Vec<u8>,
}

enum Column {
    I64(Vec<Option<i64>>),
    /// Where each value stands in the bytes of all.
    Text(Vec<Option<Range<usize>>>),
    Bytes(Vec<Option<Range<usize>>>),
}

impl Table {
    fn of(rows: &Rows<'_>) -> Self {
        let mut bytes = Vec::new();
        let mut keep = |value: &[u8]| {
            bytes.extend_from_slice(value);
            bytes.len() - value.len()..bytes.len()
        };
        let columns = rows.columns().map(|values| match values {
            Values::I64(values) => Column::I64(values.clone()),
            Values::Text(values) => {
                Column::Text(values.iter().map(|v| v.map(|text| keep(text.as_bytes()))).collect())
            }
            Values::Bytes(values) => {
                Column::Bytes(values.iter().map(|v| v.map(&mut keep)).collect())
            }
        });
        let columns: Vec<_> = columns.collect();
        assert!(columns.len() <= COLUMNS_MAX, "bulk rows of {} columns", columns.len());
        Self { len: rows.len(), columns, bytes }
    }

    fn value(&self, row: usize, column: usize) -> ValueRef<'_> {
        let bytes = |range: &Option<Range<usize>>| Some(&self.bytes[range.clone()?]);
        let value = match self.columns.get(column) {
            Some(Column::I64(values)) => values[row].map(ValueRef::Integer),
            Some(Column::Text(values)) => bytes(&values[row]).map(ValueRef::Text),
            Some(Column::Bytes(values)) => bytes(&values[row]).map(ValueRef::Blob),
            None => None,
        };
        value.unwrap_or(ValueRef::Null)
    }
}

/// What SQLite calls a virtual table.
#[repr(C)]
struct BulkRows {
    base: ffi::sqlite3_vtab,
}

// Sound: the layout begins with SQLite's own, as the trait asks.
unsafe impl<'vtab> VTab<'vtab> for BulkRows {
    type Aux = ();
    type Cursor = Cursor<'vtab>;

    fn connect(
        _: &mut VTabConnection,
        _: Option<&()>,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[&[u8]],
    ) -> Result<(Cow<'static, CStr>, Self)> {
        let columns: String = (0..COLUMNS_MAX).map(|at| format!("c{at}, ")).collect();
        let schema = format!("create table x({columns}pointer hidden)");
        let schema = std::ffi::CString::new(schema).expect("letters and digits");
        Ok((Cow::Owned(schema), Self { base: ffi::sqlite3_vtab::default() }))
    }

    fn best_index(&self, info: &mut IndexInfo) -> Result<bool> {
        let mut is_bound = false;
        for (constraint, mut usage) in info.constraints_and_usages() {
            let is_equal = constraint.operator() == IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_EQ;
            if constraint.column() == POINTER && is_equal && constraint.is_usable() {
                usage.set_argv_index(1);
                usage.set_omit(true);
                is_bound = true;
            }
        }
        info.set_estimated_cost(1.0);
        // No plan may read the table before it knows the rows.
        Ok(is_bound)
    }

    fn open(&'vtab mut self) -> Result<Cursor<'vtab>> {
        Ok(Cursor { base: ffi::sqlite3_vtab_cursor::default(), table: None, row: 0 })
    }
}

/// A reading of the rows.
#[repr(C)]
struct Cursor<'vtab> {
    base: ffi::sqlite3_vtab_cursor,
    table: Option<&'vtab Table>,
    row: usize,
}

// Sound: as above.
unsafe impl VTabCursor for Cursor<'_> {
    fn filter(&mut self, _: c_int, _: Option<&str>, args: &Filters<'_>) -> Result<()> {
        // Sound: whoever binds a pointer of this name binds a table, which lives until the statement's
        // parameters are bound anew; it is not read after that.
        let table: Option<&Table> = unsafe { args.get_pointer(0, NAME) };
        let nothing = || rusqlite::Error::ModuleError("no rows are bound".to_owned());
        (self.table, self.row) = (Some(table.ok_or_else(nothing)?), 0);
        Ok(())
    }

    fn next(&mut self) -> Result<()> {
        self.row += 1;
        Ok(())
    }

    fn eof(&self) -> bool {
        self.table.is_none_or(|table| self.row >= table.len)
    }

    fn column(&self, context: &mut Context, column: c_int) -> Result<()> {
        match (self.table, usize::try_from(column)) {
            (Some(table), Ok(column)) => {
                context.set_result(ToSqlOutput::Borrowed(table.value(self.row, column)))
            }
            _ => context.set_result(Null),
        }
    }

    fn rowid(&self) -> Result<i64> {
        Ok(i64::try_from(self.row).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sql: &str, rows: Option<&Rows<'_>>) -> Result<Vec<(i64, Option<String>)>> {
        let conn = Connection::open_in_memory()?;
        register(&conn)?;
        let mut statement = conn.prepare(sql)?;
        if let Some(rows) = rows {
            statement.raw_bind_parameter(1, parameter(rows))?;
        }
        let mut found = statement.raw_query();
        let mut all = Vec::new();
        while let Some(row) = found.next()? {
            all.push((row.get(0)?, row.get(1)?));
        }
        Ok(all)
    }

    #[test]
    fn rows_that_are_not_bound_are_an_error_and_not_none() {
        let rows = Rows::new().i64("key", [2, 1]).text("name", [Some("it's"), None]);
        let sql = format!("select key, name from {}", source(1, ["key", "name"].into_iter()));
        let all = read(&sql, Some(&rows)).expect("read");
        assert_eq!(all, [(2, Some("it's".to_owned())), (1, None)]);
        let error = read(&sql, None).expect_err("nothing is bound");
        assert!(error.to_string().contains("no rows are bound"), "{error}");
        let free = read("select c0, c1 from bulk_rows, (select ?1)", Some(&rows));
        assert!(free.is_err(), "no plan reads what is not named");
    }
}
