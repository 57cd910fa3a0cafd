//! Sells one unit, and asks until it is missing.

use std::{path::Path, time::Duration};

use demo_network::{
    api::Api,
    files,
    prepare::{ITEMS, LOCATIONS},
    rows::{ItemRow, LocationRow, StockRow},
};
use domain::api::AtpList;
use serde_json::json;
use tests::{
    keepalive::{self, KeepAlive},
    sample::Sample,
    server::{CHANNEL_TOKEN, LOGIN, PASSWORD},
    shop::import,
    sources::open_source,
    stopwatch::Stopwatch,
};
use tokio::time::MissedTickBehavior;

const STORES: usize = 20;
const STOCKED: usize = 500;
/// Units of each item at each store: none runs out.
const UNITS: u64 = 1_000_000;
/// From one question to the next.
const ASK: Duration = Duration::from_millis(1);
/// A change that takes this long is lost.
const LOST: Duration = Duration::from_secs(10);

/// Two tills: one whose sales are watched, one that sells everything else.
pub struct Probe {
    pub address: String,
    pub stores: Vec<String>,
    pub skus: Vec<String>,
    /// Of the till that sells everything else.
    pub load_token: String,
    /// Units that are missing.
    pub sold: u32,
    token: String,
}

/// Times from a sale to its number.
#[derive(Default)]
pub struct Seen {
    pub since_sent: Sample,
    pub since_answered: Sample,
}

impl Probe {
    /// Loads the network; the last item is the one that is watched.
    pub fn open(address: &str) -> Self {
        let operator = Api::sign_in(&format!("http://{address}"), LOGIN, PASSWORD);
        let operator = operator.expect("signed in");
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
        let there = "the demo's files are there";
        let mut stores: Vec<LocationRow> = files::read(&assets.join(LOCATIONS)).expect(there);
        stores.retain(|store| store.ships);
        stores.truncate(STORES);
        let mut items: Vec<ItemRow> = files::read(&assets.join(ITEMS)).expect(there);
        items.truncate(STOCKED);
        import(&operator, "locations", &stores);
        import(&operator, "items", &items);
        let row = |store: &LocationRow, item: &ItemRow| StockRow {
            location: store.id.clone(),
            sku: item.sku.clone(),
            on_hand: UNITS,
            safety: 0,
        };
        let stock = stores.iter().flat_map(|s| items.iter().map(move |i| row(s, i)));
        import(&operator, "stock", &stock.collect::<Vec<_>>());
        let token = |id| open_source(&operator, id, "ndjson").token().to_owned();
        Self {
            address: address.to_owned(),
            stores: stores.into_iter().map(|store| store.id).collect(),
            skus: items.into_iter().map(|item| item.sku).collect(),
            load_token: token("till-of-others"),
            token: token("till"),
            sold: 0,
        }
    }

    /// Sells so many units, one after the other; each is waited for at the server `asked`.
    pub async fn sell(&mut self, asked: &str, units: u32) -> Seen {
        let (mut till, mut shop) = (KeepAlive::to(&self.address).await, KeepAlive::to(asked).await);
        let sku = self.skus.last().expect("some").clone();
        let question =
            keepalive::get(&format!("/api/v1/atp?skus={sku}&method=ship"), CHANNEL_TOKEN);
        self.until(&mut shop, &question).await;
        let mut seen = Seen::default();
        for _ in 0..units {
            self.sold += 1;
            let sale = json!({ "kind": "sale", "event_id": format!("p{}", self.sold), "sku": sku,
                "location": self.stores[0], "quantity": 1 });
            let path = "/api/v1/sources/till/events";
            let sale = keepalive::post(path, &self.token, sale.to_string().as_bytes());
            let sent = Stopwatch::start();
            till.ask_well(&sale).await;
            let answered = Stopwatch::start();
            self.until(&mut shop, &question).await;
            seen.since_answered.add(answered.elapsed());
            seen.since_sent.add(sent.elapsed());
        }
        seen
    }

    /// Asks until the number is what is left. A server that has just started may not know it yet.
    async fn until(&self, shop: &mut KeepAlive, question: &[u8]) {
        let left = i64::try_from(UNITS).expect("few") * i64::try_from(STORES).expect("few")
            - i64::from(self.sold);
        let (waiting, mut again) = (Stopwatch::start(), tokio::time::interval(ASK));
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            again.tick().await;
            let (status, body) = shop.ask(question).await;
            if status == 200 {
                let list: AtpList = serde_json::from_slice(body).expect("an answer");
                if list.items[0].units == left {
                    return;
                }
                assert!(list.items[0].units > left, "never less than what is left: {list:?}");
            }
            assert!(waiting.elapsed() < LOST, "a change is lost");
        }
    }
}
