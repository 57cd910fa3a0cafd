//! A day in the life: the busiest day of the real order file, replayed as sales at tills, web orders and
//! baskets that are held first, with snapshots of the ERP in between. At the end the shelves are what
//! happened to them; the positions, the ledger, the index and a fresh index say the same to the unit.

use std::path::Path;

use tests::{
    replay::{
        Replay,
        documents::{Documents, Span},
    },
    server::{Server, Store},
};

use crate::checks;

pub fn a_day_in_the_life(store: &Store) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/orders/busiest-day.csv.gz");
    let documents = Documents::read(&file, Span::Day);
    let [day] = documents.days.as_slice() else { panic!("one day") };
    let server = Server::start(store);
    let mut replay = Replay::begin(server.address(), documents.items);
    let sent = replay.day(day);
    assert!(sent.orders > 50 && sent.events > 500 && sent.counted > 10_000, "{sent:?}");
    assert_eq!(replay.disagreement(server, store), None);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(checks::assert_sound(store));
}
