//! Fills a database with positions as fast as its own driver does: not through the server, and without the
//! ledger that would explain them.

use std::fs;

use rusqlite::{Connection, params};
use tests::server::Store;

pub const LOCATIONS: u32 = 2_000;
/// Locations of an item.
pub const EACH: u32 = 48;
const STEP: u32 = LOCATIONS / EACH;
/// Items of one commit.
const COMMIT: u32 = 20_000;

/// What is at one of an item's locations: on the shelf, promised, never promised.
fn shelf(item: u32, n: u32) -> (i64, i64, i64) {
    let roll = scattered(u64::from(item) * u64::from(EACH) + u64::from(n));
    let part = |shift: u32, below: u64| i64::try_from((roll >> shift) % below).expect("small");
    let on_hand = part(8, 30);
    (on_hand, part(16, 4).min(on_hand), part(24, 2))
}

/// What can be promised of an item.
pub fn units(item: u32) -> i64 {
    let left = |n| {
        let (on_hand, reserved, safety) = shelf(item, n);
        (on_hand - reserved - safety).max(0)
    };
    (0..EACH).map(left).sum()
}

pub fn sku(item: u32) -> String {
    format!("{:08}", 10_000_000 + u64::from(item) * 7)
}

/// Scattered like a random number, and always the same.
fn scattered(seed: u64) -> u64 {
    let mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// Bytes of the database's file.
pub fn bytes(store: &Store) -> u64 {
    fs::metadata(path(store)).expect("it is there").len()
}

fn path(store: &Store) -> &str {
    store.url.strip_prefix("sqlite:").expect("a file")
}

/// Locations, items and positions of a database that has its schema.
pub fn fill(store: &Store, items: u32) {
    let conn = Connection::open(path(store)).expect("opens");
    conn.execute_batch("pragma synchronous = off; pragma cache_size = -262144").expect("set");
    let index = "select sql from sqlite_master where name = 'stock_positions_location'";
    let index: String = conn.query_row(index, [], |row| row.get(0)).expect("the index is there");
    // Sorted once at the end, and not kept sorted with every row.
    conn.execute_batch("drop index stock_positions_location").expect("dropped");
    locations(&conn).expect("filled");
    for from in (0..items).step_by(COMMIT as usize) {
        some_items(&conn, from..items.min(from + COMMIT)).expect("filled");
    }
    conn.execute_batch(&index).expect("made");
    conn.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).expect("copied");
}

fn locations(conn: &Connection) -> rusqlite::Result<()> {
    let mut insert = conn.prepare(
        "insert into locations
            (key, id, name, kind, country, lat_e6, lon_e6, time_zone, ships, pickup)
         values (?1, ?2, 'Store', 'store', 'US', 0, 0, 'UTC', 1, 1)",
    )?;
    for key in 1..=LOCATIONS {
        insert.execute(params![key, format!("S{key}")])?;
    }
    Ok(())
}

fn some_items(conn: &Connection, items: std::ops::Range<u32>) -> rusqlite::Result<()> {
    conn.execute_batch("begin immediate")?;
    let mut item_row = conn.prepare_cached(
        "insert into items (key, sku, name, category, department, currency)
         values (?1, ?2, 'Mug', ?3, 'D', 'USD')",
    )?;
    let mut position = conn.prepare_cached(
        "insert into stock_positions
            (item_key, location_key, on_hand, received, reserved, safety, rev)
         values (?1, ?2, ?3, ?3, ?4, ?5, 1)",
    )?;
    for item in items {
        item_row.execute(params![item + 1, sku(item), format!("C{}", item % 40)])?;
        for n in 0..EACH {
            let (on_hand, reserved, safety) = shelf(item, n);
            let location = n * STEP + item % STEP + 1;
            position.execute(params![item + 1, location, on_hand, reserved, safety])?;
        }
    }
    conn.execute_batch("commit")
}
