//! What tills sell, written without reading the books: what comes of it is what reading them would give.

use domain::{
    clock::TimeMs,
    stock::{Position, StockEvent},
};
use sync_server::{
    app::ingest::{
        chunk::{Chunk, Fact, Origin},
        keys::Name,
        look::Look,
        settle::{Counted, Fate, Said},
        take::{self, Taken, Terms},
    },
    db::{
        Database, DbError, batches,
        plain_moves::{self, PlainMove},
        shelves::{Hold, Key},
    },
};

use crate::{
    plain_counts::begin,
    stock::stock,
    subject::{Subject, exec, number},
};

const NOW: TimeMs = TimeMs(1_000);

pub async fn a_plain_move_is_added_where_it_is_newer_than_every_count(subject: Subject) {
    let db = subject.open().await;
    let key = db.write(|tx| stock(tx, 10)).await.expect("stocked");
    let add = |key, first_at, last_at| {
        let delta = Position { on_hand: -3, sold: 4, returned: 1, ..Position::default() };
        let moved = PlainMove { key, delta, first_at: TimeMs(first_at), last_at: TimeMs(last_at) };
        db.write(move |tx| plain_moves::add(tx, &[moved]))
    };
    let is_overtaken = |ended: Result<(), DbError>| {
        let error = ended.expect_err("the books must be read");
        assert!(matches!(error, DbError::Overtaken { rows: 1, .. }), "{error}");
    };
    exec(&db, "update stock_positions set reserved = 9, counted_at_ms = 5").await.expect("set");
    add(key, 6, 8).await.expect("newer");
    add(key, 6, 7).await.expect("newer than the count, if not than the last");
    let sum =
        "select on_hand + 10 * sold + 1000 * returned + 10000 * shortage + 100000 * moved_at_ms
            + 1000000 * rev from stock_positions";
    assert_eq!(number(&db, sum).await, 4 + 80 + 2_000 + 50_000 + 800_000 + 2_000_000);
    is_overtaken(add(key, 5, 8).await);
    is_overtaken(add((key.0, key.1 + 1), 6, 8).await);
    db.write(move |tx| batches::location_counted(tx, key.1, TimeMs(9))).await.expect("counted");
    is_overtaken(add(key, 9, 10).await);
    add(key, 10, 10).await.expect("newer than the count of all");
}

/// Words about one position.
fn chunk((item, location): Key, words: &[(Said, i64)], first: usize) -> Chunk {
    let fact = |(row, (said, at)): (usize, &(Said, i64))| Fact {
        row,
        item: Name::Known(item),
        location: Name::Known(location),
        at: Some(TimeMs(*at)),
        said: *said,
        event: matches!(said, Said::Moved(..)).then(|| format!("e{}", first + row)),
        order: None,
        came_with: None,
    };
    let rows = vec![Origin { spot: Default::default(), kept: None }; words.len()];
    Chunk { rows, facts: words.iter().enumerate().map(fact).collect(), ..Chunk::default() }
}

/// A till or a count, of a time that is scattered around what came before.
fn word(n: u64) -> (Said, i64) {
    let scattered = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(0x9E37_79B9) >> 33;
    let units = u32::try_from(scattered % 3 + 1).expect("few");
    let said = match scattered / 3 % 8 {
        0..4 => Said::Moved(StockEvent::TillSale, units),
        4 => Said::Moved(StockEvent::Return, units),
        5 => Said::Moved(StockEvent::TillVoid, units),
        6 => Said::Moved(StockEvent::Receipt, units),
        _ => Said::Count(Counted::Shelf, i64::from(units)),
    };
    (said, i64::try_from(n * 4 + scattered / 24 % 13).expect("few"))
}

async fn take(db: &Database, terms: &Terms, chunk: &Chunk, hold: Hold) -> Taken {
    let taken = take::commit(db, terms.clone(), chunk.clone(), None, Look::Now(hold), NOW).await;
    taken.expect("taken")
}

/// The same words on two positions: of one the books are read each time.
pub async fn who_does_not_read_the_books_writes_the_same(subject: Subject) {
    let db = subject.open().await;
    let key = db.write(|tx| stock(tx, 10)).await.expect("stocked");
    let other = db
        .write(move |tx| {
            tx.query_one(
                "insert into items (sku, name, currency) values ('4712', 'Mug', 'USD') returning key",
                &[],
                |row| Ok((row.get::<i64>(0)?, key.1)),
            )
        })
        .await
        .map_err(|error: DbError| error)
        .expect("an item that was never there");
    exec(&db, "delete from stock_positions").await.expect("nor was the first");
    let terms = Terms { hold_above: None, ..begin(&db).await };
    let mut overtaken = 0;
    for group in 0..60_u64 {
        let words: Vec<_> = (group * 2..group * 2 + 1 + group % 2).map(word).collect();
        let first = usize::try_from(group * 2).expect("few");
        let watched = take(&db, &terms, &chunk(key, &words, first), Hold::Watch).await;
        let locked = take(&db, &terms, &chunk(other, &words, first + 1_000), Hold::Lock).await;
        assert_eq!(watched.fates, locked.fates, "{words:?}");
        overtaken += u32::from(watched.was_overtaken);
    }
    assert!((1..30).contains(&overtaken), "some are newer than every count: {overtaken} of 60 not");
    for sum in [
        "select cast(count(distinct on_hand * 7 + sold * 11 + returned * 13 + received * 17
            + adjusted_out * 19 + shortage * 23 + counted_at_ms * 29 + moved_at_ms * 31) as bigint)
         from stock_positions",
        "select cast(count(distinct s.sum) as bigint) from
            (select item_key, sum(quantity * happened_at_ms * length(from_bucket)) as sum
             from stock_movements group by item_key) s",
    ] {
        assert_eq!(number(&db, sum).await, 1, "{sum}");
    }
    assert_eq!(number(&db, "select count(*) from stock_positions").await, 2);
}

/// Two tills at once, one of which is late: what he says is looked up, and the other's as well.
pub async fn a_late_till_keeps_nobody_from_selling(subject: Subject) {
    let db = subject.open().await;
    let key = db.write(|tx| stock(tx, 10)).await.expect("stocked");
    exec(&db, "update stock_positions set counted_at_ms = 500").await.expect("counted");
    let terms = begin(&db).await;
    let sale = |at| (Said::Moved(StockEvent::TillSale, 1), at);
    let taken = take(&db, &terms, &chunk(key, &[sale(400), sale(600)], 0), Hold::Watch).await;
    assert_eq!(taken.fates, [Some(Fate::Accepted); 2]);
    assert!(taken.was_overtaken);
    let again = take(&db, &terms, &chunk(key, &[sale(400), sale(600)], 0), Hold::Watch).await;
    assert_eq!(again.fates, [Some(Fate::Ignored); 2]);
    let sum = "select on_hand * 100 + sold * 10 + rev from stock_positions";
    assert_eq!(number(&db, sum).await, 921, "one of the two was in the count already");
}
