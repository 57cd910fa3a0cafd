//! The log that an index of what can be promised follows: everything once, nothing passed by.

use domain::{clock::TimeMs, stock::StockEvent};
use sync_server::db::{
    Database, DbError, Tx,
    stock::{self, Cause},
    stock_log,
};

use crate::{
    stock::stock as stocked,
    subject::{Gate, Subject, exec, number},
};

const CAUSE: Cause<'_> = Cause { kind: "test", id: "1", happened_at: TimeMs(1), at: TimeMs(1) };

fn receive(tx: &mut Tx, key: (i64, i64), units: u32) -> Result<(), DbError> {
    stock::apply(tx, key.0, key.1, StockEvent::Receipt, units, CAUSE).map(drop)
}

async fn end(db: &Database) -> i64 {
    db.read(stock_log::end).await.expect("there is an end")
}

/// Units on hand of what moved, and the place behind it. A step of the log may hold other databases'
/// transactions only: asks until there is no more.
async fn moved(db: &Database, mut from: i64) -> (Vec<i64>, i64) {
    let mut all = Vec::new();
    loop {
        let read = db.read(move |tx| stock_log::moved(tx, from)).await;
        let stock_log::Moved { positions, place: to, .. } =
            read.map_err(|error: DbError| error).expect("it can be read");
        if to == from {
            all.dedup();
            return (all, from);
        }
        all.extend(positions.iter().map(|position| position.on_hand));
        from = to;
    }
}

/// Waits until everything that is committed is below the log's end: on PostgreSQL any transaction of the
/// cluster, another test's too, holds it back while it runs.
async fn all_seen(db: &Database) {
    let last = "select coalesce(max({log_place}), 0) from stock_movements";
    let last = number(db, last).await;
    while end(db).await <= last {
        tokio::task::yield_now().await;
    }
}

pub async fn whatever_moves_is_told_once(subject: Subject) {
    let db = subject.open().await;
    let key = db.write(|tx| stocked(tx, 5)).await.expect("stocked");
    all_seen(&db).await;
    let from = end(&db).await;
    assert_eq!(moved(&db, from).await.0, [] as [i64; 0]);
    db.write(move |tx| receive(tx, key, 2)).await.expect("received");
    db.write(move |tx| receive(tx, key, 1)).await.expect("received");
    all_seen(&db).await;
    let (seen, next) = moved(&db, from).await;
    assert_eq!(seen, [8], "two changes of one position are one, as it is now");
    assert_eq!(moved(&db, next).await.0, [] as [i64; 0]);
    assert!(next <= end(&db).await);
    let all = db.read(|tx| stock_log::all(tx, (0, 0), 10)).await;
    let all = all.map_err(|error: DbError| error).expect("it can be read");
    assert_eq!(all.iter().map(|p| (p.on_hand, p.free())).collect::<Vec<_>>(), [(8, 8)]);
    let read = db.read(move |tx| stock_log::all(tx, key, 10)).await;
    assert_eq!(read.map_err(|error: DbError| error).expect("it can be read"), []);
}

pub async fn whoever_follows_is_woken(subject: Subject) {
    let db = subject.open().await;
    let key = db.write(|tx| stocked(tx, 5)).await.expect("stocked");
    db.counters().committed.notified().await;
    db.write(move |tx| receive(tx, key, 2)).await.expect("received");
    db.counters().committed.notified().await;
    end(&db).await;
    let woken = tokio::select! {
        biased;
        () = db.counters().committed.notified() => true,
        () = std::future::ready(()) => false,
    };
    assert!(!woken, "reading wakes nobody");
}

/// PostgreSQL only: SQLite has one writer.
#[test]
fn a_late_commit_is_not_passed_by() {
    Subject::postgres().run(async |subject| {
        let db = subject.open().await;
        let key = db.write(|tx| stocked(tx, 5)).await.expect("stocked");
        exec(&db, "insert into items (sku, name, currency) values ('4712', 'Cup', 'USD')")
            .await
            .expect("a second item");
        let other = (key.0 + 1, key.1);
        all_seen(&db).await;
        let from = end(&db).await;
        let (gate, mut stand) = Gate::new();
        let slow = db.write(move |tx| {
            receive(tx, key, 2)?;
            stand(tx)
        });
        gate.wait();
        db.write(move |tx| receive(tx, other, 1)).await.expect("received");
        let (seen, next) = moved(&db, from).await;
        assert_eq!(seen, [] as [i64; 0], "the fast one waits for the slow one");
        let read = db.read(move |tx| stock_log::moved_of(tx, &[key.0, other.0], next)).await;
        let ahead = read.map_err(|error: DbError| error).expect("it can be read");
        let ahead: Vec<_> = ahead.iter().map(|p| (p.item_key, p.on_hand)).collect();
        assert_eq!(ahead, [(other.0, 1)], "but whoever asks for its item sees it");
        // And whoever is asked says that they may not know of it yet.
        while db.read(stock_log::hidden_ms).await.map_err(|e: DbError| e).expect("an age") == 0 {
            tokio::task::yield_now().await;
        }
        gate.open();
        slow.await.map_err(|error: DbError| error).expect("received");
        all_seen(&db).await;
        let (mut seen, _) = moved(&db, next).await;
        seen.sort_unstable();
        assert_eq!(seen, [1, 7]);
    });
}
