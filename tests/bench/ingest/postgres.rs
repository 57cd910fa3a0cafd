//! The same rows by one connection to PostgreSQL: each batch is one transaction of an update and an insert
//! of 10,000 rows each, given as arrays.

use std::time::Duration;

use tests::{server::Store, stopwatch::Stopwatch};
use tokio_postgres::{Error, NoTls};

use crate::books::BATCH;

const CHANGE: &str = "update stock_positions set on_hand = on_hand + more,
        received = received + more, counted_at_ms = $3, rev = rev + 1
    from unnest($1::bigint[], $2::bigint[]) as rows(item, more)
    where item_key = rows.item and location_key = 1";
const RECORD: &str = "insert into stock_movements (item_key, location_key, cause, cause_id,
        from_bucket, to_bucket, quantity, reserved_delta, source_key, happened_at_ms, at_ms)
    select item, 1, 'count', $3, 'received', 'shelf', more, 0, 1, $4, $4
    from unnest($1::bigint[], $2::bigint[]) as rows(item, more)";

/// Writes them, and says how long it took.
pub fn write(store: &Store, batches: u32) -> Duration {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(all(&store.url, batches)).expect("the loop runs")
}

async fn all(url: &str, batches: u32) -> Result<Duration, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    let rows = client.query("select key from items order by key", &[]).await?;
    let items: Vec<i64> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(items.len(), BATCH as usize);
    let more = vec![1_i64; items.len()];
    let (change, record) = (client.prepare(CHANGE).await?, client.prepare(RECORD).await?);
    let started = Stopwatch::start();
    for n in 0..batches {
        let (id, at) = (format!("bare{n}"), 1_900_000_000_000_i64 + i64::from(n));
        client.batch_execute("begin").await?;
        let changed = client.execute(&change, &[&items, &more, &at]).await?;
        assert_eq!(changed, u64::from(BATCH));
        client.execute(&record, &[&items, &more, &id, &at]).await?;
        client.batch_execute("commit").await?;
    }
    Ok(started.elapsed())
}
