//! The loop on SQLite: one connection, a commit for each 64 sales.

use std::time::Duration;

use rusqlite::Connection;
use tests::{server::Store, stopwatch::timed};

use crate::{
    TILLS,
    rows::{BATCH, COUNTERS, EVENT, LEDGER, PLACE, POSITION, SOURCE, Sale},
};

/// Writes the rows; the sales lie ready, with their keys.
pub fn write(store: &Store, sales: &[Sale]) -> Duration {
    let path = store.url.strip_prefix("sqlite:").expect("a file");
    let conn = Connection::open(path).expect("opens");
    conn.set_prepared_statement_cache_capacity(64);
    conn.execute_batch(
        "pragma synchronous = full; pragma cache_size = -65536; pragma wal_autocheckpoint = 0",
    )
    .expect("set");
    let source: i64 = conn.query_row(SOURCE, [], |row| row.get(0)).expect("a source");
    let batch = conn.query_row(&numbered(BATCH), [source], |row| row.get(0)).expect("a batch");
    let ready: Vec<(&str, (i64, i64))> = sales.iter().map(|sale| place(&conn, sale)).collect();
    let statements = [EVENT, POSITION, LEDGER, COUNTERS].map(numbered);
    let write = || {
        for some in ready.chunks(TILLS) {
            commit(&conn, &statements, (source, batch), some).expect("committed");
        }
    };
    let ((), took) = timed(write);
    conn.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).expect("copied");
    took
}

/// Its event, and the keys of its position.
fn place<'a>(conn: &Connection, sale: &'a Sale) -> (&'a str, (i64, i64)) {
    let keys = conn.query_row(&numbered(PLACE), [&sale.sku, &sale.store], |row| {
        Ok((row.get(0)?, row.get(1)?))
    });
    (sale.event.as_str(), keys.expect("a position"))
}

fn commit(
    conn: &Connection,
    statements: &[String; 4],
    (source, batch): (i64, i64),
    sales: &[(&str, (i64, i64))],
) -> rusqlite::Result<()> {
    let [event_row, position, ledger, counters] = statements;
    let at = 1_900_000_000_000_i64;
    conn.execute_batch("begin immediate")?;
    for (event, (item, location)) in sales {
        conn.prepare_cached(event_row)?.execute((source, event, at))?;
        assert_eq!(conn.prepare_cached(position)?.execute((item, location, at))?, 1);
        conn.prepare_cached(ledger)?.execute((item, location, event, source, at))?;
    }
    conn.prepare_cached(counters)?.execute((batch, at, sales.len()))?;
    conn.execute_batch("commit")
}

/// SQLite takes `$2` as a name and not as a number.
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}
