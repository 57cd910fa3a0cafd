//! Counts that are written without reading the books: only where the books are as the index said.

use std::sync::Arc;

use domain::{clock::TimeMs, location::Coordinates};
use sync_server::{
    app::ingest::{
        chunk::{Chunk, Fact, Origin},
        foreseen::Foreseen,
        keys::Name,
        look::Look,
        settle::{Counted, Fate, Said},
        take::{self, Taken, Terms},
    },
    atp::{
        index::{Index, index},
        scope::{ItemFacts, LocationFacts},
        stock::Units,
    },
    db::{
        Database, DbError, batches,
        plain_counts::{self, PlainCount},
        shelves::Key,
        sources::{self, NewSource},
    },
    ingest::profile::Includes,
};

use crate::{
    stock::stock,
    subject::{Subject, exec, number},
};

const NOW: TimeMs = TimeMs(100);

pub async fn a_plain_count_is_written_where_the_books_are_as_known(subject: Subject) {
    let db = subject.open().await;
    let key = db.write(|tx| stock(tx, 10)).await.expect("stocked");
    let write = |known, more, at| {
        let count = PlainCount { key, known, more, at: TimeMs(at) };
        db.write(move |tx| plain_counts::write(tx, (1, "b"), &[count], NOW))
    };
    let is_overtaken = |ended: Result<(), DbError>| {
        let error = ended.expect_err("the books are others");
        assert!(matches!(error, DbError::Overtaken { rows: 1, .. }), "{error}");
    };
    exec(&db, "update stock_positions set reserved = 9").await.expect("promised");
    write(10, -3, 5).await.expect("as known");
    let sum =
        "select on_hand * 1000 + shortage * 100 + rev * 10 + counted_at_ms from stock_positions";
    assert_eq!(number(&db, sum).await, 7_215, "7 there, 2 promised too many, changed once, at 5");
    write(7, 0, 6).await.expect("as known, and nothing moves");
    assert_eq!(number(&db, sum).await, 7_226);
    is_overtaken(write(8, 1, 7).await);
    is_overtaken(write(7, 1, 5).await);
    exec(&db, "update stock_positions set moved_at_ms = 8").await.expect("sold and returned");
    is_overtaken(write(7, 1, 7).await);
    db.write(move |tx| batches::location_counted(tx, key.1, TimeMs(9))).await.expect("counted");
    is_overtaken(write(7, 1, 8).await);
    write(7, 1, 9).await.expect("as new as all that is known");
    let ledger = "select cast(sum(case when cause = 'count_more' and from_bucket = 'adjusted_out'
            and to_bucket = 'shelf' and happened_at_ms = 9 then 10 * quantity
        when cause = 'count_less' and from_bucket = 'shelf' and to_bucket = 'adjusted_out'
            and happened_at_ms = 5 then quantity else 1000 end) as bigint) from stock_movements
        where source_key = 1 and cause_id = 'b' and at_ms = 100";
    assert_eq!(number(&db, ledger).await, 13);
    assert_eq!(number(&db, "select adjusted_out from stock_positions").await, 2);
}

/// An index that has one position, with so many units.
fn index_of((item, location): Key, on_hand: i32) -> Arc<Index> {
    let (index, mut writer) = index(1);
    let word = || Arc::<str>::from("");
    let (category, department, attributes) = (word(), word(), Arc::default());
    writer.item(item, ItemFacts { sku: "4711".into(), category, department, attributes });
    writer.location(
        location,
        LocationFacts {
            id: "S1".into(),
            name: word(),
            kind: word(),
            country: word(),
            region: word(),
            ships: true,
            pickup: true,
            coordinates: Coordinates { lat_e6: 0, lon_e6: 0 },
        },
    );
    writer.look_again(TimeMs(0));
    writer.put(0, 0, Units { on_hand, reserved: 0, safety: 0 });
    index
}

/// A batch of a source, and how its counts are taken.
pub async fn begin(db: &Database) -> Terms {
    let (source_key, batch_key) = db
        .write(|tx| {
            let (id, kind, transport) = ("erp", "erp", "{}");
            let source =
                NewSource { id, name: id, kind, profile: "{}", hold_above: None, transport };
            sources::put(tx, &source, NOW)?;
            let key = sources::find(tx, id)?.expect("it was put").key;
            batches::begin(tx, key, "b", kind, NOW, NOW)?;
            Ok::<_, DbError>((key, batches::find(tx, key, "b")?.expect("it has begun").key))
        })
        .await
        .expect("begun");
    Terms {
        source_key,
        batch_key,
        batch_id: "b".into(),
        includes: Includes::default(),
        hold_above: Some(50),
        as_of: NOW,
        whole_locations: false,
        may_repeat: false,
    }
}

/// A count of each of these numbers at one position, in this order.
fn counts((item, location): Key, units: &[i64]) -> Chunk {
    let fact = |(row, units): (usize, &i64)| Fact {
        row,
        item: Name::Known(item),
        location: Name::Known(location),
        at: None,
        said: Said::Count(Counted::Shelf, *units),
        event: None,
        order: None,
        came_with: None,
    };
    let rows = vec![Origin { spot: Default::default(), kept: None }; units.len()];
    Chunk { rows, facts: units.iter().enumerate().map(fact).collect(), ..Chunk::default() }
}

pub async fn an_index_that_is_behind_changes_nothing_wrongly(subject: Subject) {
    let db = subject.open().await;
    let key = db.write(|tx| stock(tx, 10)).await.expect("stocked");
    let terms = begin(&db).await;
    let take = async |known, units, from| -> Taken {
        let chunk = counts(key, &[units]);
        let foreseen = Foreseen::of(&index_of(key, known), &chunk, &terms, NOW).expect("is plain");
        let look = Look::Foreseen(Arc::new(foreseen));
        let taken = take::commit(&db, terms.clone(), chunk, Some(from), look, NOW).await;
        taken.expect("taken")
    };
    let fate = |taken: &Taken| (taken.fates[0].expect("settled"), taken.was_overtaken);
    assert_eq!(fate(&take(10, 12, 0).await), (Fate::Accepted, false));
    assert_eq!(fate(&take(12, 12, 1).await), (Fate::Unchanged, false));
    assert_eq!(fate(&take(12, 15, 2).await), (Fate::Accepted, false));
    // The index has not heard of the three.
    assert_eq!(fate(&take(12, 15, 3).await), (Fate::Unchanged, true));
    assert_eq!(fate(&take(12, 11, 4).await), (Fate::Accepted, true));
    assert_eq!(number(&db, "select on_hand from stock_positions").await, 11);
    let sum = "select cast(sum(quantity) as bigint) from stock_movements";
    assert_eq!(number(&db, sum).await, 2 + 3 + 4);
    let rows = "select rows_accepted * 10 + rows_unchanged from source_batches";
    assert_eq!(number(&db, rows).await, 32);
}

pub async fn what_is_not_plain_is_left_to_the_books(subject: Subject) {
    let db = subject.open().await;
    let key = db.write(|tx| stock(tx, 10)).await.expect("stocked");
    let (terms, index) = (begin(&db).await, index_of(key, 10));
    let is_plain = |chunk: &Chunk, terms: &Terms| Foreseen::of(&index, chunk, terms, NOW).is_some();
    assert!(is_plain(&counts(key, &[12]), &terms));
    assert!(!is_plain(&counts(key, &[12, 13]), &terms), "two words on one position");
    assert!(!is_plain(&counts(key, &[61]), &terms), "a person looks first");
    assert!(!is_plain(&counts((key.0, key.1 + 1), &[12]), &terms), "no such position");
    assert!(!is_plain(&counts(key, &[]), &terms));
    let whole = Terms { whole_locations: true, ..terms.clone() };
    assert!(is_plain(&counts(key, &[12]), &whole));
    assert!(!is_plain(&counts(key, &[10]), &whole), "nothing would tell that it is not so");
    let with_staged = Includes { staged: true, ..Includes::default() };
    assert!(!is_plain(&counts(key, &[12]), &Terms { includes: with_staged, ..terms.clone() }));
    let mut others = counts(key, &[12]);
    others.facts[0].said = Said::Count(Counted::Display, 12);
    assert!(!is_plain(&others, &terms));
}
