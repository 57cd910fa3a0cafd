//! Sixty-four tablets at sixteen real locations, each with an order of its own to pick.

use std::path::Path;

use app_core::sync::ServerClient;
use demo_network::api::{Api, Method, NewLine, NewOrder};
use demo_network::files;
use demo_network::prepare::{ITEMS, LOCATIONS};
use demo_network::rows::{AssociateRow, Customer, ItemRow, LocationRow, StockRow};
use domain::ids::{AssociateId, FulfillmentId, OrderId, Sku};
use tests::server::{CHANNEL_TOKEN, LOGIN, PASSWORD};
use tests::shop::import;

use crate::device::{Device, Task};

pub const DEVICES: usize = 64;
const LOCATIONS_OPEN: usize = 16;
/// Lines of each order.
const LINES: usize = 8;
/// More units than a round picks.
const UNITS: u32 = 400;

/// The tablets, paired and with claimed work.
#[derive(Clone)]
pub struct Fleet(pub Vec<Device>);

impl Fleet {
    /// Loads a fresh server and pairs the tablets with it.
    pub async fn pair(address: &str) -> Self {
        let url = format!("http://{address}");
        let operator = Api::sign_in(&url, LOGIN, PASSWORD).expect("signed in");
        let (locations, items) = load(&operator);
        let channel = Api::with_token(&url, CHANNEL_TOKEN);
        let server = ServerClient::new(&url).expect("an address");
        let mut devices = Vec::new();
        for n in 0..DEVICES {
            let location = &locations[n % LOCATIONS_OPEN].id;
            let order = pickup(n, location, &items);
            let placed = channel.place_order(&order).expect("accepted").id;
            let skus = order.lines.iter().map(|line| Sku::new(&line.sku).expect("valid")).collect();
            let associate = AssociateId::new(associate(n)).expect("valid");
            let work = work_of(&operator, placed);
            let task = Task { associate, order: placed, work, skus };
            let code = operator.pair(location).expect("a code");
            let n = u8::try_from(n).expect("few");
            devices.push(Device::pair(&server, code, n, task).await);
        }
        Self(devices)
    }

    /// Signs every tablet in at a server that was started again.
    pub async fn take_tokens(&mut self, server: &ServerClient) {
        for device in &mut self.0 {
            device.take_token(server).await;
        }
    }

    /// Every tablet at once: so many exchanges one after the other, of so many picks each.
    pub async fn pick(&mut self, server: &ServerClient, exchanges: u64, batch: u64) {
        let devices = std::mem::take(&mut self.0).into_iter().map(|mut device| {
            let server = server.clone();
            tokio::spawn(async move {
                for _ in 0..exchanges {
                    device.pick(&server, batch).await;
                }
                device
            })
        });
        for device in devices.collect::<Vec<_>>() {
            self.0.push(device.await.expect("every exchange is answered"));
        }
    }
}

fn load(operator: &Api) -> (Vec<LocationRow>, Vec<ItemRow>) {
    let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
    let there = "the demo's files are there";
    let mut locations: Vec<LocationRow> = files::read(&assets.join(LOCATIONS)).expect(there);
    locations.retain(|location| location.pickup);
    locations.truncate(LOCATIONS_OPEN);
    let mut items: Vec<ItemRow> = files::read(&assets.join(ITEMS)).expect(there);
    items.truncate(DEVICES / LOCATIONS_OPEN * LINES);
    let stock: Vec<StockRow> = locations
        .iter()
        .flat_map(|location| items.iter().map(|item| stock_of(location, item)))
        .collect();
    let staff: Vec<AssociateRow> = locations.iter().enumerate().map(associate_of).collect();
    import(operator, "locations", &locations);
    import(operator, "items", &items);
    import(operator, "stock", &stock);
    import(operator, "associates", &staff);
    (locations, items)
}

fn stock_of(location: &LocationRow, item: &ItemRow) -> StockRow {
    let (location, sku) = (location.id.clone(), item.sku.clone());
    StockRow { location, sku, on_hand: 1_000_000, safety: 0 }
}

/// The number of the one person at the `n`th tablet's location.
fn associate(n: usize) -> String {
    format!("{}", 100 + n % LOCATIONS_OPEN)
}

fn associate_of((n, location): (usize, &LocationRow)) -> AssociateRow {
    AssociateRow {
        location: location.id.clone(),
        id: associate(n),
        name: "Ada".into(),
        role: "associate".into(),
        pin: "481526".into(),
    }
}

/// The order of the `n`th tablet: items of its own, so that tablets of one location share its feed
/// and not their stock positions.
fn pickup(n: usize, location: &str, items: &[ItemRow]) -> NewOrder {
    let first = n / LOCATIONS_OPEN * LINES;
    let line = |(number, item): (u32, &ItemRow)| NewLine {
        line: number,
        sku: item.sku.clone(),
        quantity: UNITS,
        price_minor: item.price_minor,
    };
    NewOrder {
        channel: "web".into(),
        external_number: format!("X-{n}"),
        placed_at: "2026-01-01T00:00:00Z".into(),
        promise_at: None,
        currency: "USD".into(),
        method: Method::Pickup { location: location.to_owned() },
        customer: Customer {
            name: "Ada Canary".into(),
            phone: "555 0100".into(),
            email: "ada@example.com".into(),
        },
        lines: (1..).zip(&items[first..first + LINES]).map(line).collect(),
        note: None,
    }
}

fn work_of(operator: &Api, order: OrderId) -> FulfillmentId {
    let detail = operator.order(order).expect("found");
    detail.fulfillments.first().expect("an order is sourced when it is accepted").id
}
