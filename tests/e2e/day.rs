//! A day in the life: the busiest day of the real order file, replayed as sales at tills, web orders and
//! baskets that are held first, with snapshots of the ERP in between. At the end the shelves are what
//! happened to them, the index says what the database says, and a fresh index the same.

use std::{collections::BTreeMap, fmt::Write as _, path::Path};

use demo_network::{
    api::{Api, Method, NewLine, NewOrder},
    clock::now_ms,
    files,
    prepare::{BASKETS, ITEMS, LOCATIONS, POSTCODES},
    rows::{BasketRow, ItemRow, LocationRow, PostcodeRow},
};
use domain::{
    api::{BasketLine, NewPromise, PromiseTo},
    ids::LocationId,
    measure::Quantity,
};
use serde_json::json;
use tests::{
    server::{CHANNEL_TOKEN, LOGIN, PASSWORD, Server, Store},
    shop::import,
};

use crate::{checks, inventory::new_source};

const STORES: usize = 8;
/// Units of each item at each store in the morning.
const MORNING: i64 = 60;
/// Some of these customers are wholesalers; a store's day has no lines of hundreds.
const LINE_MAX: u32 = 3;
/// Baskets from one snapshot to the next.
const SNAPSHOT_EVERY: usize = 10;
const DAY_S: u64 = 86_400;
const PATIENCE_MS: u64 = 60_000;

pub fn a_day_in_the_life(store: &Store) {
    let server = Server::start(store);
    let mut day = Day::begin(server.address());
    for at in 0..day.baskets.len() {
        match at % 3 {
            0 => day.sell(at),
            1 => day.order(at, None),
            _ => day.hold_and_order(at),
        }
        if at % SNAPSHOT_EVERY == 5 {
            day.count(at);
        }
    }
    day.assert_shelves();
    let seen = day.numbers();
    drop(server);
    // A fresh index, from the database alone.
    let server = Server::start(store);
    day.sign_in(server.address());
    assert_eq!(day.numbers(), seen);
    drop(server);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(checks::assert_sound(store));
}

/// Of an item: what waits, the number, and of each location what is there and what it gives.
type Terms = (i64, i64, Vec<(String, i64, i64)>);

struct Day {
    operator: Api,
    channel: Api,
    erp: Api,
    till: Api,
    stores: Vec<String>,
    items: Vec<ItemRow>,
    baskets: Vec<BasketRow>,
    /// What is on each shelf in truth, by store and SKU.
    shelves: BTreeMap<(String, String), i64>,
}

impl Day {
    fn begin(address: &str) -> Self {
        let url = format!("http://{address}");
        let operator = Api::sign_in(&url, LOGIN, PASSWORD).expect("signed in");
        let baskets = busiest_day();
        let named = |sku: &str| baskets.iter().any(|b| b.lines.iter().any(|(line, _)| line == sku));
        let items: Vec<ItemRow> =
            read(ITEMS).into_iter().filter(|i: &ItemRow| named(&i.sku)).collect();
        let all = read(LOCATIONS).into_iter();
        let stores: Vec<LocationRow> =
            all.filter(|l: &LocationRow| l.ships && l.pickup).take(STORES).collect();
        let lives = |p: &PostcodeRow| baskets.iter().any(|b| b.address.postcode == p.postcode);
        let postcodes: Vec<PostcodeRow> = read(POSTCODES).into_iter().filter(lives).collect();
        import(&operator, "locations", &stores);
        import(&operator, "items", &items);
        import(&operator, "postcodes", &postcodes);
        for (id, format) in [("erp", "csv"), ("till", "ndjson")] {
            operator.put_source(id, &new_source(id, format)).expect("a source");
        }
        let stores: Vec<String> = stores.into_iter().map(|store| store.id).collect();
        let place = |store: &String, item: &ItemRow| ((store.clone(), item.sku.clone()), MORNING);
        let shelves = stores.iter().flat_map(|s| items.iter().map(move |i| place(s, i))).collect();
        let mut day = Self {
            erp: operator.as_source("erp").expect("its token"),
            till: operator.as_source("till").expect("its token"),
            channel: Api::with_token(&url, CHANNEL_TOKEN),
            operator,
            stores,
            items,
            baskets,
            shelves,
        };
        (0..STORES).for_each(|store| day.snapshot(&format!("morning-{store}"), store));
        day
    }

    fn sign_in(&mut self, address: &str) {
        let url = format!("http://{address}");
        self.operator = Api::sign_in(&url, LOGIN, PASSWORD).expect("signed in");
    }

    fn lines(&self, at: usize) -> Vec<(String, u32)> {
        let lines = self.baskets[at].lines.iter();
        lines.map(|(sku, units)| (sku.clone(), (*units).min(LINE_MAX))).collect()
    }

    fn store(&self, at: usize) -> String {
        self.stores[at % STORES].clone()
    }

    /// Sales at a till; some tills send everything twice.
    fn sell(&mut self, at: usize) {
        let store = self.store(at);
        let mut events = String::new();
        for (line, (sku, units)) in self.lines(at).into_iter().enumerate() {
            let event = json!({ "kind": "sale", "event_id": format!("t{at}-{line}"), "sku": sku,
                "location": store, "quantity": units });
            let _ = writeln!(events, "{event}");
            *self.shelves.get_mut(&(store.clone(), sku)).expect("stocked") -= i64::from(units);
        }
        for _ in 0..=at % 2 {
            let answer = self.till.send_events("till", events.as_bytes()).expect("taken");
            assert_eq!((answer.refused, answer.held), (0, 0), "{answer:?}");
        }
    }

    /// A web order: sent from wherever it is, or picked up where it is held.
    fn order(&mut self, at: usize, promise: Option<(String, String)>) {
        let basket = &self.baskets[at];
        let method = match &promise {
            Some((store, _)) => Method::Pickup { location: store.clone() },
            None => Method::Ship { address: basket.address.clone() },
        };
        let lines = self.lines(at).into_iter().zip(1..);
        let order = NewOrder {
            channel: "web".into(),
            external_number: basket.number.clone(),
            placed_at: "2026-01-01T00:00:00Z".into(),
            promise_at: None,
            currency: "USD".into(),
            method,
            customer: basket.customer.clone(),
            lines: lines
                .map(|((sku, quantity), line)| NewLine { line, sku, quantity, price_minor: 100 })
                .collect(),
            note: None,
        };
        let mut order = json!(order);
        if let Some((_, token)) = promise {
            order["promise"] = json!(token);
        }
        self.channel.place_text(order.to_string().as_bytes()).expect("an order is taken");
    }

    fn hold_and_order(&mut self, at: usize) {
        let store = self.store(at);
        let line = |(sku, units): (String, u32)| BasketLine {
            sku: sku.parse().expect("valid"),
            quantity: Quantity::new(units.into()).expect("some"),
        };
        let basket = NewPromise {
            basket: format!("cart-{at}"),
            to: PromiseTo::Pickup { location: LocationId::new(store.clone()).expect("valid") },
            lines: self.lines(at).into_iter().map(line).collect(),
            region: None,
            customer: None,
            later: false,
            minutes: None,
        };
        // A basket of more items than may be held is ordered without a promise.
        let held = self.channel.promise(&basket).map(|promised| (store, promised.token));
        self.order(at, held.ok());
    }

    /// The ERP counts a store: one piece is gone that nobody sold.
    fn count(&mut self, at: usize) {
        let lost = (self.store(at), self.items[at % self.items.len()].sku.clone());
        *self.shelves.get_mut(&lost).expect("stocked") -= 1;
        self.snapshot(&format!("count-{at}"), at % STORES);
    }

    fn snapshot(&mut self, id: &str, store: usize) {
        let store = &self.stores[store];
        let mut rows = String::from("sku,location,quantity,kind\n");
        for item in &self.items {
            let units = self.shelves[&(store.clone(), item.sku.clone())];
            let _ = writeln!(rows, "{},{store},{units},", item.sku);
        }
        let _ = writeln!(rows, ",{store},,location_end");
        let taken = self.erp.send_batch("erp", id, None, None, rows.as_bytes()).expect("taken");
        assert_eq!((taken.refused, taken.held, taken.state.as_str()), (0, 0, "done"), "{taken:?}");
        let changed = u64::from(!id.starts_with("morning"));
        let all = self.items.len() as u64;
        assert_eq!(taken.accepted, if changed == 1 { 1 } else { all }, "{id}: {taken:?}");
    }

    fn assert_shelves(&self) {
        for item in &self.items {
            for there in self.operator.stock(&item.sku).expect("known").locations {
                let place = (there.location.to_string(), item.sku.clone());
                assert_eq!(there.stock.on_hand, self.shelves[&place], "{place:?}");
            }
        }
    }

    /// Every term of every item's number, once the index has what the database has.
    fn numbers(&self) -> BTreeMap<String, Terms> {
        let start = now_ms();
        let mut numbers = BTreeMap::new();
        for item in &self.items {
            let stock = self.operator.stock(&item.sku).expect("known").total;
            loop {
                let Ok(why) = self.operator.atp_explained(&item.sku, "method=ship") else {
                    continue;
                };
                let of = |term: fn(&domain::api::AtpGives) -> i64| {
                    why.locations.iter().map(term).sum::<i64>()
                };
                if (of(|g| g.on_hand), of(|g| g.reserved)) == (stock.on_hand, stock.reserved) {
                    let gives = why.locations.iter();
                    let gives = gives.map(|g| (g.location.to_string(), g.on_hand, g.available));
                    assert_eq!(why.sum, of(|g| g.available), "{why:?}");
                    numbers.insert(item.sku.clone(), (why.waiting, why.units, gives.collect()));
                    break;
                }
                assert!(now_ms() - start < PATIENCE_MS, "{why:?} is not {stock:?}");
            }
        }
        numbers
    }
}

fn busiest_day() -> Vec<BasketRow> {
    let mut days = BTreeMap::<u64, Vec<BasketRow>>::new();
    for basket in read::<BasketRow>(BASKETS) {
        days.entry(basket.after_s / DAY_S).or_default().push(basket);
    }
    days.into_values().max_by_key(Vec::len).expect("there are baskets")
}

fn read<T: serde::de::DeserializeOwned>(file: &str) -> Vec<T> {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
    files::read(&assets.join(file)).expect("the demo's files are there")
}
