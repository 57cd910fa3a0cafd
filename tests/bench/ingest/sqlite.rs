//! The same rows by one connection to SQLite: each batch is one transaction of 10,000 guarded updates with their
//! rows of the ledger.

use std::time::Duration;

use rusqlite::Connection;
use tests::{server::Store, stopwatch::timed};

use crate::books::BATCH;

const CHANGE: &str = "update stock_positions set on_hand = on_hand + ?3, received = received + ?3,
        counted_at_ms = ?4, rev = rev + 1
    where item_key = ?1 and location_key = ?2";
const RECORD: &str = "insert into stock_movements (item_key, location_key, cause, cause_id,
        from_bucket, to_bucket, quantity, reserved_delta, source_key, happened_at_ms, at_ms)
    values (?1, ?2, 'count', ?3, 'received', 'shelf', ?4, 0, 1, ?5, ?5)";

/// Writes them, and says how long it took.
pub fn write(store: &Store, batches: u32) -> Duration {
    let path = store.url.strip_prefix("sqlite:").expect("a file");
    let conn = Connection::open(path).expect("opens");
    conn.execute_batch(
        "pragma synchronous = full; pragma cache_size = -65536; pragma wal_autocheckpoint = 0",
    )
    .expect("set");
    let items: Vec<i64> = {
        let mut select = conn.prepare("select key from items order by key").expect("valid");
        let keys = select.query_map([], |row| row.get(0)).expect("reads");
        keys.collect::<Result<_, _>>().expect("keys")
    };
    assert_eq!(items.len(), BATCH as usize);
    timed(|| (0..batches).for_each(|n| batch(&conn, &items, n).expect("written"))).1
}

fn batch(conn: &Connection, items: &[i64], n: u32) -> rusqlite::Result<()> {
    conn.execute_batch("begin immediate")?;
    let (id, at) = (format!("bare{n}"), 1_900_000_000_000_i64 + i64::from(n));
    for item in items {
        let changed = conn.prepare_cached(CHANGE)?.execute((item, 1, 1, at))?;
        assert_eq!(changed, 1);
        conn.prepare_cached(RECORD)?.execute((item, 1, &id, 1, at))?;
    }
    conn.execute_batch("commit")
}
