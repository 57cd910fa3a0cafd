//! What must hold on the server's database at the end of every journey, whatever happened.

use sync_server::db::{Database, Options};

use tests::server::Store;

/// Statements that find rows which must not be there.
const NEVER: [(&str, &str); 10] = [
    (
        "stock is conserved",
        "select cast(count(*) as bigint) from stock_positions p where received + returned
         <> on_hand + display + damaged + quality + picked + staged + handed_over + shipped + sold
            + adjusted_out",
    ),
    (
        "promises are reservations",
        "select cast(count(*) as bigint) from stock_positions p where reserved <>
         (select cast(coalesce(sum(quantity), 0) as bigint) from reservations r
          where r.item_key = p.item_key and r.location_key = p.location_key)
         + (select cast(coalesce(sum(u.quantity), 0) as bigint) from hold_units u
            join holds h on h.id = u.hold_id and h.state in ('open', 'ordered')
            where u.item_key = p.item_key and u.location_key = p.location_key)",
    ),
    (
        "rules count what was taken",
        "select cast(count(*) as bigint) from rule_counts c where units <>
         (select cast(coalesce(sum(t.units), 0) as bigint) from rule_takings t
          where t.rule_id = c.rule_id and t.counted_key = c.item_key and t.customer = c.customer)",
    ),
    (
        "nobody takes from what is not counted",
        "select cast(count(*) as bigint) from rule_takings t where not exists
         (select 1 from rule_counts c where c.rule_id = t.rule_id and c.item_key = t.counted_key
            and c.customer = t.customer)",
    ),
    (
        "the ledger explains the shelf",
        "select cast(count(*) as bigint) from stock_positions p where on_hand <>
         (select cast(coalesce(sum(case when to_bucket = 'shelf' then quantity
             when from_bucket = 'shelf' then -quantity else 0 end), 0) as bigint)
          from stock_movements m
          where m.item_key = p.item_key and m.location_key = p.location_key)",
    ),
    (
        "nothing is oversold",
        "select cast(count(*) as bigint) from stock_positions where on_hand < 0 or reserved < 0",
    ),
    (
        "the ledger explains what left",
        "select cast(count(*) as bigint) from stock_positions p where handed_over + shipped <>
         (select cast(coalesce(sum(case when to_bucket in ('handed_over', 'shipped') then quantity
             when from_bucket in ('handed_over', 'shipped') then -quantity else 0 end), 0) as bigint)
          from stock_movements m
          where m.item_key = p.item_key and m.location_key = p.location_key)",
    ),
    (
        "a place in a day is somebody's",
        "select cast(count(*) as bigint) from capacity_uses u where owner not in
         (select id from holds where state = 'open'
          union all select o.id from orders o where exists
            (select 1 from order_lines l where l.order_id = o.id and l.unsourced > 0)
          union all select id from fulfillments where stage not in ('cancelled', 'rejected'))",
    ),
    (
        "each command is decided once",
        "select cast(count(*) as bigint) from
         (select device_id from command_log group by device_id, epoch
          having max(seq) <> count(*) or min(seq) <> 1) broken",
    ),
    (
        "the feed is gapless",
        "select cast(count(*) as bigint) from
         (select location_key from feed group by location_key
          having max(cursor) - min(cursor) + 1 <> count(*)) broken",
    ),
];

/// Asserts all of them.
pub async fn assert_sound(store: &Store) {
    let db = Database::open(&store.url, &Options::default()).await.expect("the database opens");
    for (what, statement) in NEVER {
        assert_eq!(number(&db, statement).await, 0, "{what}");
    }
}

/// One number of the database.
pub async fn count(store: &Store, statement: &'static str) -> i64 {
    let db = Database::open(&store.url, &Options::default()).await.expect("the database opens");
    number(&db, statement).await
}

async fn number(db: &Database, statement: &'static str) -> i64 {
    let read = db.read(move |tx| tx.query_one(statement, &[], |row| row.get(0)));
    read.await.expect("the statement finds one number")
}
