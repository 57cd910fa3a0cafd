//! Positions that are read without being locked: whoever writes first wins, and nobody writes over what
//! he has not seen.

use std::sync::{
    Arc, Barrier,
    atomic::{AtomicU32, Ordering},
};

use domain::{clock::TimeMs, stock::Position};
use sync_server::db::{
    Database, DbError, Failure,
    shelves::{self, Change, Hold, Key, Shelf},
};

use crate::{
    stock::stock,
    subject::{Subject, number},
};

async fn read(db: &Database, key: Key) -> Shelf {
    let read = db.read(move |tx| shelves::read(tx, &[key], Hold::Watch));
    read.await.map_err(|error: DbError| error).expect("read")[0]
}

/// Units more on a shelf that has been read.
fn more(shelf: &Shelf, units: i64) -> Change {
    let delta = Position { on_hand: units, received: units, ..Position::default() };
    let (key, rev, never) = (shelf.key, shelf.rev, TimeMs(0));
    Change { key, delta, counted_at: never, moved_at: never, rev }
}

async fn change(db: &Database, change: Change) -> Result<(), DbError> {
    db.write(move |tx| shelves::change(tx, &[change])).await
}

fn assert_overtaken(ended: Result<(), DbError>) {
    let error = ended.expect_err("somebody was faster");
    assert!(matches!(error, DbError::Overtaken { rows: 1, .. }), "{error}");
    assert_eq!(error.failure(), Failure::Contention);
}

pub async fn nobody_writes_over_what_he_has_not_seen(subject: Subject) {
    let db = subject.open().await;
    let key = db.write(|tx| stock(tx, 10)).await.expect("stocked");
    let known = read(&db, key).await;
    change(&db, more(&known, 5)).await.expect("nobody was faster");
    assert_overtaken(change(&db, more(&known, 5)).await);

    // A count that finds everything as it is makes another state as well.
    let known = read(&db, key).await;
    let confirmed = (key, known.rev, TimeMs(7));
    let confirm = |confirmed| db.write(move |tx| shelves::confirm(tx, &[confirmed]));
    confirm(confirmed).await.expect("as it was read");
    assert_overtaken(confirm(confirmed).await);
    assert_overtaken(change(&db, more(&known, 5)).await);
    let now = read(&db, key).await;
    assert_eq!((now.position.on_hand, now.counted_at), (15, TimeMs(7)));

    let first = more(&now, 1);
    let made = db.write(move |tx| shelves::make(tx, &[first]));
    assert_overtaken(made.await);
    assert_eq!(number(&db, "select on_hand from stock_positions").await, 15);
}

pub async fn a_new_position_is_made_with_its_units(subject: Subject) {
    let db = subject.open().await;
    let key = db.write(|tx| stock(tx, 10)).await.expect("stocked");
    db.write(|tx| tx.exec("delete from stock_positions", &[])).await.expect("gone");
    let moved_at = TimeMs(9);
    let sold = Position { on_hand: -2, sold: 2, ..Position::default() };
    let change = Change { key, delta: sold, counted_at: TimeMs(0), moved_at, rev: 0 };
    db.write(move |tx| shelves::make(tx, &[change])).await.expect("made");
    let now = read(&db, key).await;
    assert_eq!((now.position.on_hand, now.moved_at, now.rev), (-2, moved_at, 1));
    assert_eq!(number(&db, "select shortage from stock_positions").await, 2);
}

/// What was read before the use case began is out of date when it writes: it reads again, also where
/// others share its commit.
pub async fn what_was_read_ahead_is_read_again_when_overtaken(subject: Subject) {
    let db = subject.open().await;
    let key = db.write(|tx| stock(tx, 10)).await.expect("stocked");
    let ahead = read(&db, key).await;
    change(&db, more(&ahead, 5)).await.expect("nobody was faster");
    let count = |units| {
        let mut ahead = Some(ahead);
        db.write(move |tx| {
            let shelf = ahead.take().map_or_else(
                || shelves::read(tx, &[key], Hold::Lock).map(|read| read[0]),
                Ok::<Shelf, DbError>,
            )?;
            shelves::change(tx, &[more(&shelf, units)])
        })
    };
    let (one, other) = tokio::join!(count(1), count(2));
    one.and(other).expect("both read again");
    assert_eq!(number(&db, "select on_hand from stock_positions").await, 18);
}

/// Both read before either writes: the later one reads again, and nothing is lost.
#[test]
fn who_is_overtaken_reads_again() {
    Subject::postgres().run(async |subject| {
        let db = subject.open().await;
        let key = db.write(|tx| stock(tx, 10)).await.expect("stocked");
        let (met, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
        let count = |units| {
            let (met, runs, mut hold) = (Arc::clone(&met), Arc::clone(&runs), Hold::Watch);
            db.write(move |tx| {
                runs.fetch_add(1, Ordering::Relaxed);
                let shelf = shelves::read(tx, &[key], hold)?[0];
                if std::mem::replace(&mut hold, Hold::Lock) == Hold::Watch {
                    met.wait();
                }
                shelves::change(tx, &[more(&shelf, units)])
            })
        };
        let (one, other): (Result<_, DbError>, _) = tokio::join!(count(1), count(2));
        one.expect("one goes through");
        other.expect("so does the other");
        assert_eq!(runs.load(Ordering::Relaxed), 3);
        assert_eq!(number(&db, "select on_hand from stock_positions").await, 13);
    });
}
