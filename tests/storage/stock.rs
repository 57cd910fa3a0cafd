//! The guard that every promise rests on, under a crowd.

use sync_server::db::{Database, DbError, Failure, Options, Tx};

use crate::subject::{Subject, number};

const RESERVE: &str = "update stock_positions set reserved = reserved + $3, rev = rev + 1
    where item_key = $1 and location_key = $2 and on_hand - safety - reserved >= $3";

/// One item at one location; their keys.
pub fn stock(tx: &mut Tx, on_hand: i64) -> Result<(i64, i64), DbError> {
    let item: i64 = tx.query_one(
        "insert into items (sku, name, currency) values ('4711', 'Mug', 'USD') returning key",
        &[],
        |row| row.get(0),
    )?;
    let location: i64 = tx.query_one(
        "insert into locations (id, name, kind, country, lat_e6, lon_e6, time_zone)
         values ('S1', 'Main Street', 'store', 'US', 0, 0, 'America/Chicago') returning key",
        &[],
        |row| row.get(0),
    )?;
    tx.exec(
        "insert into stock_positions (item_key, location_key, on_hand) values ($1, $2, $3)",
        &[&item, &location, &on_hand],
    )?;
    Ok((item, location))
}

async fn reserve(db: &Database, key: (i64, i64), units: i64) -> bool {
    let write = db.write(move |tx| tx.exec(RESERVE, &[&key.0, &key.1, &units]));
    write.await.map_err(|error: DbError| error).expect("the guard answers") == 1
}

pub async fn a_thousand_units_are_reserved_once(subject: Subject) {
    let db = subject.open_with(&Options { queue_max: 2_400, ..Options::default() }).await;
    let key = db.write(|tx| stock(tx, 1_000)).await.expect("stocked");
    let tries = (0..2_400).map(|_| {
        let db = db.clone();
        tokio::spawn(async move { reserve(&db, key, 1).await })
    });
    let mut reserved = 0;
    for attempt in tries.collect::<Vec<_>>() {
        reserved += u32::from(attempt.await.expect("no panic"));
    }
    assert_eq!(reserved, 1_000);
    assert_eq!(number(&db, "select reserved from stock_positions").await, 1_000);
    assert_eq!(number(&db, "select rev from stock_positions").await, 1_000);
}

/// Even a statement without the guard cannot promise what is not there.
pub async fn a_position_is_never_oversold(subject: Subject) {
    let db = subject.open().await;
    let key = db.write(|tx| stock(tx, 2)).await.expect("stocked");
    assert!(reserve(&db, key, 2).await);
    assert!(!reserve(&db, key, 1).await);
    let careless = db.write(|tx| tx.exec("update stock_positions set reserved = 3", &[]));
    let error: DbError = careless.await.expect_err("the second net holds");
    assert_eq!(error.failure(), Failure::Check);
    // A truthful short pick is let through: the shortage is raised with it.
    let short = "update stock_positions set on_hand = 1, shortage = 1";
    let shorted = db.write(move |tx| tx.exec(short, &[])).await;
    assert_eq!(shorted.map_err(|error: DbError| error).expect("a fact is stored"), 1);
}
