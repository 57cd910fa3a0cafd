//! Stock positions that a person should look at: each found once and for its worst reason, whatever the
//! size of a page, and no longer when somebody has counted.

use domain::{
    api::{DoubtKind, Page, StockDoubt},
    clock::TimeMs,
    stock::StockEvent,
};
use sync_server::{
    app::doubts::{Asked, page},
    db::{
        Database, DbError, Tx,
        stock::{self, Cause},
    },
};

use crate::{
    floor::NOON,
    subject::{Subject, exec},
};

const DAY_MS: i64 = 24 * 3_600_000;

fn days_ago(days: i64) -> TimeMs {
    NOON.plus_ms(-days * DAY_MS)
}

/// Everything in `rows` is (location, SKU, on hand, reserved, days since the count).
fn fill(tx: &mut Tx, rows: &[(&str, &str, i64, i64, i64)]) -> Result<(), DbError> {
    for (location, sku, on_hand, reserved, counted) in rows {
        tx.exec(
            "insert into locations (id, name, kind, country, lat_e6, lon_e6, time_zone)
             values ($1, 'Main Street', 'store', 'US', 0, 0, 'America/Chicago')
             on conflict (id) do nothing",
            &[location],
        )?;
        tx.exec(
            "insert into items (sku, name, currency) values ($1, 'Mug', 'USD')
             on conflict (sku) do nothing",
            &[sku],
        )?;
        tx.exec(
            "insert into stock_positions
                (item_key, location_key, on_hand, reserved, shortage, counted_at_ms)
             values ((select key from items where sku = $1),
                (select key from locations where id = $2), $3, $4, $5, $6)",
            &[
                sku,
                location,
                on_hand,
                reserved,
                &(reserved - on_hand).max(0),
                &days_ago(*counted).0,
            ],
        )?;
    }
    Ok(())
}

/// Somebody looks for a promised unit and does not find it.
fn not_found(tx: &mut Tx, location: &str, sku: &str, at: TimeMs) -> Result<(), DbError> {
    let key = tx.query_one(
        "select i.key, l.key from items i cross join locations l where i.sku = $1 and l.id = $2",
        &[&sku, &location],
        |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)),
    )?;
    let cause = Cause { kind: "line_shorted", id: "c", happened_at: at, at };
    for event in [StockEvent::Reserve, StockEvent::Short] {
        stock::apply(tx, key.0, key.1, event, 1, cause)?;
    }
    Ok(())
}

/// A network with each kind of doubt, and with what looks like one and is none.
async fn network(subject: &Subject) -> Database {
    let db = subject.open().await;
    let filled = db.write(|tx| {
        fill(
            tx,
            &[
                ("S1", "negative", -2, 0, 90),
                ("S1", "stale", 5, 0, 40),
                ("S1", "empty", 0, 0, 90),
                ("S2", "short", 1, 3, 12),
                ("S2", "fine", 5, 1, 12),
                ("S2", "unfound", 5, 0, 40),
                ("S3", "stale", 1, 0, 31),
                ("S3", "found-since", 9, 0, 3),
            ],
        )?;
        not_found(tx, "S2", "short", days_ago(1))?;
        not_found(tx, "S2", "unfound", days_ago(2))?;
        not_found(tx, "S3", "found-since", days_ago(4))
    });
    filled.await.expect("filled");
    db
}

fn asking(kind: Option<DoubtKind>) -> Asked {
    Asked { kind, only: None, stale_days: 30, after: (i64::MIN, i64::MIN), rows: 50 }
}

async fn ask(db: &Database, asked: Asked) -> Page<StockDoubt> {
    let read = db.read(move |tx| page(tx, &asked, NOON)).await;
    read.map_err(|error: DbError| error).expect("found")
}

/// The rows as location, SKU and kind.
fn told(page: &Page<StockDoubt>) -> Vec<String> {
    let each = page.items.iter();
    each.map(|row| format!("{} {} {}", row.location, row.sku, row.kind.as_str())).collect()
}

pub async fn every_doubt_is_found_once_and_for_its_worst_reason(subject: Subject) {
    let db = network(&subject).await;
    for (kind, rows) in [
        (None, &["S1 negative negative", "S2 short short"][..]),
        (Some(DoubtKind::Negative), &["S1 negative negative"]),
        (Some(DoubtKind::Short), &["S2 short short"]),
        (Some(DoubtKind::Unfound), &["S2 unfound unfound"]),
        (Some(DoubtKind::Stale), &["S1 stale stale", "S3 stale stale"]),
    ] {
        let page = ask(&db, asking(kind)).await;
        assert_eq!(told(&page), rows, "{kind:?}");
        assert_eq!(page.next, None, "{kind:?}");
    }
    let short = ask(&db, asking(Some(DoubtKind::Short))).await.items.remove(0);
    assert_eq!((short.on_hand, short.reserved, short.shortage), (0, 3, 3));
    assert_eq!((short.not_found, short.confidence), (1, 18), "100 - 50 - 12 - 20");
    assert_eq!((short.counted_at, short.moved_at), (Some(days_ago(12)), Some(days_ago(1))));
    let months = Asked { stale_days: 35, ..asking(Some(DoubtKind::Stale)) };
    assert_eq!(told(&ask(&db, months).await), ["S1 stale stale"]);
}

pub async fn a_count_ends_a_doubt(subject: Subject) {
    let db = network(&subject).await;
    let counted = "insert into location_counts (location_key, counted_at_ms)
        select key, (select max(happened_at_ms) from stock_movements) from locations
        where id in ('S1', 'S2')";
    assert_eq!(exec(&db, counted).await.expect("counted"), 2);
    assert_eq!(told(&ask(&db, asking(Some(DoubtKind::Stale))).await), ["S3 stale stale"]);
    assert_eq!(told(&ask(&db, asking(Some(DoubtKind::Unfound))).await), [""; 0]);
    let short = ask(&db, asking(Some(DoubtKind::Short))).await.items.remove(0);
    assert_eq!((short.not_found, short.confidence), (0, 49), "still short: 100 - 50 - 1");
}

pub async fn pages_go_on_where_the_last_one_ended(subject: Subject) {
    let db = network(&subject).await;
    let s3 = db.read(|tx| {
        tx.query_one("select key from locations where id = 'S3'", &[], |row| row.get::<i64>(0))
    });
    let s3 = s3.await.map_err(|error: DbError| error).expect("there");
    for (kind, count) in [(None, 2), (Some(DoubtKind::Unfound), 1), (Some(DoubtKind::Stale), 2)] {
        let whole = told(&ask(&db, asking(kind)).await);
        let (mut asked, mut rows) = (Asked { rows: 1, ..asking(kind) }, Vec::new());
        loop {
            let page = ask(&db, asked).await;
            assert!(page.items.len() <= 1, "{kind:?}");
            rows.extend(told(&page));
            let Some(next) = page.next else { break };
            let (location, item) = next.split_once('_').expect("a place");
            asked.after = (location.parse().expect("a key"), item.parse().expect("a key"));
        }
        assert_eq!((&rows, rows.len()), (&whole, count), "{kind:?}");
    }
    let there = Asked { only: Some(s3), ..asking(Some(DoubtKind::Stale)) };
    assert_eq!(told(&ask(&db, there).await), ["S3 stale stale"]);
    assert_eq!(told(&ask(&db, Asked { only: Some(s3), ..asking(None) }).await), [""; 0]);
}
