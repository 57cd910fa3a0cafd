//! Days of a real web shop's books, replayed as a chain of stores would live them: sales and returns at
//! tills, web orders, baskets that are held first, goods that get lost or turn up, and an ERP that counts
//! the stores in between. All at once: a thread for each store, and some for the web.
//!
//! Knows what is on every shelf in truth. [`Replay::disagreement`] says where the books differ from it and
//! from each other; whether that may be is for the tests to say.

mod agree;
mod books;
pub mod documents;
mod store;
mod web;

use std::{collections::BTreeMap, path::Path};

use demo_network::{
    api::Api,
    files,
    prepare::{BASKETS, ITEMS, LOCATIONS, POSTCODES},
    rows::{BasketRow, ItemRow, LocationRow, PostcodeRow},
};
use serde::de::DeserializeOwned;

use crate::{
    server::{CHANNEL_TOKEN, LOGIN, PASSWORD},
    shop::import,
    sources::open_source,
};
use documents::{Document, Kind};
use store::Store;
use web::Web;

/// Stores of the chain; each sells over the counter, ships and hands out.
pub const STORES: usize = 8;
/// Threads that place web orders.
const WEB: usize = 4;

/// The chain, its sources and its customers.
pub struct Replay {
    skus: Vec<String>,
    stores: Vec<Store>,
    web: Web,
}

/// What has been sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Web orders.
    pub orders: u64,
    /// Lines of web orders.
    pub order_lines: u64,
    /// Events of tills, those sent twice counted once.
    pub events: u64,
    /// Rows of snapshots.
    pub counted: u64,
}

impl Sent {
    /// These and others.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            orders: self.orders + other.orders,
            order_lines: self.order_lines + other.order_lines,
            events: self.events + other.events,
            counted: self.counted + other.counted,
        }
    }
}

impl Replay {
    /// Loads stores, items and the postcodes of customers; `items` as many as the documents name.
    pub fn begin(address: &str, items: usize) -> Self {
        let url = format!("http://{address}");
        let operator = Api::sign_in(&url, LOGIN, PASSWORD).expect("signed in");
        let mut stores: Vec<LocationRow> = read(LOCATIONS);
        stores.retain(|store| store.ships && store.pickup);
        stores.truncate(STORES);
        let mut rows: Vec<ItemRow> = read(ITEMS);
        rows.truncate(items);
        assert_eq!(rows.len(), items, "there is an item for each");
        let customers: Vec<BasketRow> = read(BASKETS);
        import(&operator, "locations", &stores);
        import(&operator, "items", &rows);
        import(&operator, "postcodes", &homes(&customers));
        let skus: Vec<String> = rows.into_iter().map(|item| item.sku).collect();
        let (erp, till) =
            (open_source(&operator, "erp", "csv"), open_source(&operator, "till", "ndjson"));
        let ids: Vec<String> = stores.into_iter().map(|store| store.id).collect();
        let open = |id: &String| Store::open(id, &erp, &till, &skus);
        let channel = Api::with_token(&url, CHANNEL_TOKEN);
        Self {
            stores: ids.iter().map(open).collect(),
            web: Web { channel, stores: ids, skus: skus.clone(), customers },
            skus,
        }
    }

    /// One day, from the morning's delivery to the evening's last order.
    pub fn day(&mut self, documents: &[Document]) -> Sent {
        let mut floor: Vec<Vec<(usize, &Document)>> = vec![Vec::new(); STORES];
        let mut online: Vec<Vec<(usize, &Document)>> = vec![Vec::new(); WEB];
        for (at, document) in documents.iter().enumerate() {
            // Every third customer comes to a store, and so does who brings something back.
            match document.kind {
                Kind::Bought if !at.is_multiple_of(3) => online[at % WEB].push((at, document)),
                _ => floor[at / 3 % STORES].push((at, document)),
            }
        }
        let web = &self.web;
        std::thread::scope(|scope| {
            let stores = self.stores.iter_mut().zip(&floor);
            let stores = stores.map(|(store, own)| scope.spawn(move || store.day(own)));
            let online = online.iter().map(|own| scope.spawn(move || web.place(own)));
            let all = stores.chain(online).collect::<Vec<_>>();
            let sent = all.into_iter().map(|one| one.join().expect("no panic"));
            sent.fold(Sent::default(), Sent::and)
        })
    }

    /// What is on each shelf in truth, by SKU and store.
    fn shelves(&self) -> BTreeMap<(String, String), i64> {
        let of = |store: &Store| -> Vec<_> {
            let shelf = store.shelves().iter().enumerate();
            shelf
                .map(|(at, units)| ((self.skus[at].clone(), store.id().to_owned()), *units))
                .collect()
        };
        self.stores.iter().flat_map(of).collect()
    }
}

/// Each postcode once.
fn homes(customers: &[BasketRow]) -> Vec<PostcodeRow> {
    let wanted: std::collections::BTreeSet<&str> =
        customers.iter().map(|basket| basket.address.postcode.as_str()).collect();
    let mut postcodes: Vec<PostcodeRow> = read(POSTCODES);
    postcodes.retain(|row| wanted.contains(row.postcode.as_str()));
    postcodes
}

fn read<T: DeserializeOwned>(file: &str) -> Vec<T> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
    files::read(&assets.join(file)).expect("the demo's files are there")
}
