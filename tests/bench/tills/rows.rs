//! The rows of one sale: the event that is taken once, the position, its ledger and the day's counters.

/// One unit, sold at a till.
pub struct Sale {
    pub event: String,
    pub sku: String,
    pub store: String,
}

/// The position of a SKU ($1) at a store ($2), by its keys.
pub const PLACE: &str =
    "select i.key, l.key from items i, locations l where i.sku = $1 and l.id = $2";

/// The source, and the batch of the day that the loop makes for itself.
pub const SOURCE: &str = "select key from sources where id = 'till'";
pub const BATCH: &str = "insert into source_batches
        (source_key, id, kind, state, as_of_ms, started_at_ms, touched_at_ms)
     values ($1, 'bare', 'till', 'running', 1, 1, 1)
     on conflict (source_key, id) do update set state = 'running' returning key";

/// $1 source, $2 event, $3 time.
pub const EVENT: &str =
    "insert into source_events (source_key, event_id, at_ms) values ($1, $2, $3)
     on conflict (source_key, event_id) do nothing";
/// $1 item, $2 location, $3 time.
pub const POSITION: &str = "update stock_positions set on_hand = on_hand - 1, sold = sold + 1,
        shortage = case when reserved > on_hand - 1 then reserved - on_hand + 1 else 0 end,
        moved_at_ms = case when $3 > moved_at_ms then $3 else moved_at_ms end, rev = rev + 1
     where item_key = $1 and location_key = $2";
/// $1 item, $2 location, $3 event, $4 source, $5 time.
pub const LEDGER: &str = "insert into stock_movements (item_key, location_key, cause, cause_id,
        from_bucket, to_bucket, quantity, source_key, happened_at_ms, at_ms)
     values ($1, $2, 'till_sale', $3, 'shelf', 'sold', 1, $4, $5, $5)";
/// $1 batch, $2 time, $3 sales of one commit.
pub const COUNTERS: &str = "update source_batches set rows_done = rows_done + $3,
        rows_accepted = rows_accepted + $3, touched_at_ms = $2 where key = $1";
