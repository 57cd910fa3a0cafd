//! The bare loop on SQLite: one connection, a commit for each 64 exchanges.

use std::time::Duration;

use rusqlite::{Connection, ToSql, params_from_iter, types::ToSqlOutput};
use tests::server::Store;
use tests::stopwatch::timed;
use tokio::runtime::Runtime;

use crate::fleet::DEVICES;
use crate::rows::{STATEMENTS, Value, Written};

/// Writes the rows, and says how long it took.
pub fn write(_: &Runtime, store: &Store, rows: &[Written]) -> Duration {
    let path = store.url.strip_prefix("sqlite:").expect("a file");
    let conn = Connection::open(path).expect("opens");
    // As the server's, without checkpoints: the limit is that of the commits alone.
    conn.execute_batch(
        "pragma synchronous = full; pragma cache_size = -65536; pragma wal_autocheckpoint = 0",
    )
    .expect("set");
    let statements: Vec<String> = STATEMENTS.iter().map(|sql| sql.replace('$', "?")).collect();
    timed(|| all(&conn, &statements, rows).expect("the bare loop runs")).1
}

fn all(conn: &Connection, statements: &[String], rows: &[Written]) -> rusqlite::Result<()> {
    for group in rows.chunks(DEVICES) {
        conn.execute_batch("begin immediate")?;
        for step in group.iter().flat_map(|written| &written.steps) {
            let mut statement = conn.prepare_cached(&statements[step.statement])?;
            assert!(statement.execute(params_from_iter(&step.values))? > 0);
        }
        conn.execute_batch("commit")?;
    }
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Number(number) => number.to_sql(),
            Self::Text(text) => text.to_sql(),
            Self::Bytes(bytes) => bytes.to_sql(),
        }
    }
}
