//! A chain of 16 stores with four tills each, which all speak for one source.

use std::{path::Path, time::Duration};

use demo_network::{
    api::Api,
    files,
    prepare::{ITEMS, LOCATIONS},
    rows::{ItemRow, LocationRow, StockRow},
};
use serde_json::json;
use sync_server::{
    api::events::stream::StreamTaken,
    db::{Database, DbError, Options},
};
use tests::{
    event_stream::EventStream,
    keepalive::{self, KeepAlive},
    server::{LOGIN, PASSWORD, Store},
    shop::import,
    sources::open_source,
    stopwatch::Stopwatch,
};

use crate::{TILLS, rows::Sale};

const STORES: usize = 16;
const STOCKED: usize = 1_000;
const UNITS: u64 = 1_000_000;

/// How a till sends its sales.
#[derive(Clone, Copy)]
pub enum Way {
    /// Over a request that stays open.
    Stream,
    /// In a request each, on one connection.
    Requests,
}

impl Way {
    pub const ALL: [Self; 2] = [Self::Stream, Self::Requests];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stream => "stream",
            Self::Requests => "requests",
        }
    }
}

pub struct Chain {
    token: String,
    stores: Vec<String>,
    skus: Vec<String>,
}

impl Chain {
    /// Loads the network.
    pub fn open(address: &str) -> Self {
        let operator = Api::sign_in(&format!("http://{address}"), LOGIN, PASSWORD);
        let operator = operator.expect("signed in");
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
        let there = "the demo's files are there";
        let mut stores: Vec<LocationRow> = files::read(&assets.join(LOCATIONS)).expect(there);
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
        Self {
            token: open_source(&operator, "till", "ndjson").token().to_owned(),
            stores: stores.into_iter().map(|store| store.id).collect(),
            skus: items.into_iter().map(|item| item.sku).collect(),
        }
    }

    /// What the tills sell in a round, the first sale of each till before the second of any.
    pub fn sales(&self, round: usize, sales: usize) -> Vec<Sale> {
        let each = (0..sales).flat_map(|n| (0..TILLS).map(move |till| (till, n)));
        each.map(|(till, n)| self.sale(round, till, n)).collect()
    }

    fn sale(&self, round: usize, till: usize, n: usize) -> Sale {
        Sale {
            event: format!("{round}-{till}-{n}"),
            sku: self.skus[(till * 7_919 + round * 101 + n) % STOCKED].clone(),
            store: self.stores[till % STORES].clone(),
        }
    }

    /// Every till sends its next sale when the one before is answered; how long it took in all, and each.
    pub async fn sell(
        &self,
        address: &str,
        way: Way,
        round: usize,
        sales: usize,
    ) -> (Duration, Vec<Duration>) {
        let mut tills = Vec::new();
        for till in 0..TILLS {
            let all = (0..sales).map(|n| self.event(&self.sale(round, till, n)));
            tills.push(match way {
                Way::Stream => {
                    let stream = EventStream::open(address, "till", &self.token).await;
                    Till::Stream(stream, all.map(|event| format!("{event}\n")).collect())
                }
                Way::Requests => {
                    let path = "/api/v1/sources/till/events";
                    let ask = |event: String| keepalive::post(path, &self.token, event.as_bytes());
                    Till::Requests(KeepAlive::to(address).await, all.map(ask).collect())
                }
            });
        }
        let started = Stopwatch::start();
        let tasks = tills.into_iter().map(|till| tokio::spawn(till.sell()));
        let mut times = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            times.extend(task.await.expect("no panic"));
        }
        (started.elapsed(), times)
    }

    fn event(&self, sale: &Sale) -> String {
        let Sale { event, sku, store } = sale;
        json!({ "kind": "sale", "event_id": event, "sku": sku, "location": store, "quantity": 1 })
            .to_string()
    }
}

/// A till with what it is to send.
enum Till {
    Stream(EventStream, Vec<String>),
    Requests(KeepAlive, Vec<Vec<u8>>),
}

impl Till {
    /// Sends all of it, one by one; how long each took.
    async fn sell(self) -> Vec<Duration> {
        let mut times = Vec::new();
        match self {
            Self::Stream(mut stream, sales) => {
                for (before, sale) in (0..).zip(sales) {
                    let sent = Stopwatch::start();
                    stream.send(sale.as_bytes()).await;
                    let line = stream.told().await.expect("a line");
                    let taken: StreamTaken = serde_json::from_str(&line).expect("counts");
                    assert_eq!((taken.rows, taken.accepted), (before + 1, before + 1), "{line}");
                    times.push(sent.elapsed());
                }
            }
            Self::Requests(mut connection, requests) => {
                for request in requests {
                    let sent = Stopwatch::start();
                    let answer = connection.ask_well(&request).await;
                    let row: domain::api::BatchRow = serde_json::from_slice(answer).expect("a row");
                    assert_eq!((row.rows, row.accepted), (1, 1), "{row:?}");
                    times.push(sent.elapsed());
                }
            }
        }
        times
    }
}

/// Units sold, as the positions say and as the ledger says.
pub async fn sold(store: &Store) -> (i64, i64) {
    let db = Database::open(&store.url, &Options::default()).await.expect("opens");
    let read = db.read(|tx| {
        let positions = "select cast(sum(sold) as bigint) from stock_positions";
        let ledger = "select cast(sum(quantity) as bigint) from stock_movements
            where from_bucket = 'shelf' and to_bucket = 'sold'";
        let positions = tx.query_one(positions, &[], |row| row.get(0))?;
        Ok::<_, DbError>((positions, tx.query_one(ledger, &[], |row| row.get(0))?))
    });
    read.await.expect("the numbers are there")
}
