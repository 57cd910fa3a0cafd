//! The retailer's side: a slice of the demo network loaded through the public import, and orders.

use std::collections::BTreeMap;
use std::path::Path;

use demo_network::api::{Api, Method, NewLine, NewOrder};
use demo_network::error::DemoError;
use demo_network::prepare::{ASSOCIATES, ITEMS, LOCATIONS};
use demo_network::rows::{AssociateRow, Customer, ItemRow, LocationRow, StockRow};
use demo_network::{DEMO_LOCATION, files};
use domain::api::{OrderAccepted, OrderDetail};
use domain::ids::OrderId;
use serde::Serialize;

use crate::server::{CHANNEL_TOKEN, LOGIN, PASSWORD};

/// Units of every SKU at the demo location.
pub const ON_HAND: u64 = 20;
/// Rows of one import.
const IMPORT_ROWS: usize = 5_000;
/// SKUs loaded.
const ITEMS_LOADED: usize = 40;

/// A loaded server, from outside.
pub struct Shop {
    pub operator: Api,
    pub channel: Api,
    pub items: Vec<ItemRow>,
    pub staff: Vec<AssociateRow>,
}

impl Shop {
    /// Loads one real store with real products and its people.
    pub fn load(address: &str) -> Self {
        let url = format!("http://{address}");
        let operator = Api::sign_in(&url, LOGIN, PASSWORD).expect("signed in");
        let assets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../assets/demo");
        let there = "the demo's files are there";
        let mut locations: Vec<LocationRow> = files::read(&assets.join(LOCATIONS)).expect(there);
        locations.retain(|location| location.id == DEMO_LOCATION);
        let mut items: Vec<ItemRow> = files::read(&assets.join(ITEMS)).expect(there);
        items.truncate(ITEMS_LOADED);
        let mut staff: Vec<AssociateRow> = files::read(&assets.join(ASSOCIATES)).expect(there);
        staff.retain(|person| person.location == DEMO_LOCATION);
        staff.truncate(3);
        let stock: Vec<StockRow> = items.iter().map(stock_of).collect();
        import(&operator, "locations", &locations);
        import(&operator, "items", &items);
        import(&operator, "stock", &stock);
        import(&operator, "associates", &staff);
        let channel = Api::with_token(&url, CHANNEL_TOKEN);
        Self { operator, channel, items, staff }
    }

    /// The same shop, where its server listens now.
    pub fn at(self, address: &str) -> Self {
        let operator = Api::sign_in(&format!("http://{address}"), LOGIN, PASSWORD);
        Self { operator: operator.expect("signed in"), ..self }
    }

    /// A code that pairs one tablet with the store.
    pub fn pairing_code(&self) -> String {
        self.operator.pair(DEMO_LOCATION).expect("a code")
    }

    /// Places a pickup order of the first items, in these quantities.
    pub fn place_once(&self, number: &str, quantities: &[u32]) -> OrderAccepted {
        self.channel.place_order(&self.order_of(number, quantities)).expect("accepted")
    }

    /// The same, twice.
    pub fn place(&self, number: &str, quantities: &[u32]) -> OrderAccepted {
        let order = self.order_of(number, quantities);
        let first = self.channel.place_order(&order).expect("accepted");
        let again = self.channel.place_order(&order).expect("accepted again");
        assert_eq!(first, again, "the same order twice is one order");
        first
    }

    /// Sends an order's JSON as it stands, valid or not.
    pub fn send(&self, order: &[u8]) -> Result<OrderAccepted, DemoError> {
        self.channel.place_text(order)
    }

    /// A pickup order of the first items, in these quantities; of none where it is 0.
    pub fn order_of(&self, number: &str, quantities: &[u32]) -> NewOrder {
        let wanted = quantities.iter().enumerate().filter(|(_, quantity)| **quantity > 0);
        let line = |(at, quantity): (usize, &u32)| NewLine {
            line: u32::try_from(at).expect("few lines") + 1,
            sku: self.items[at].sku.clone(),
            quantity: *quantity,
            price_minor: self.items[at].price_minor,
        };
        NewOrder {
            channel: "web".into(),
            external_number: number.into(),
            placed_at: "2026-01-01T00:00:00Z".into(),
            promise_at: None,
            currency: "USD".into(),
            method: Method::Pickup { location: DEMO_LOCATION.into() },
            customer: Customer {
                name: "Ada Canary".into(),
                phone: "555 0100".into(),
                email: "ada@example.com".into(),
            },
            lines: wanted.map(line).collect(),
            note: None,
        }
    }

    /// The order as the console shows it.
    pub fn order(&self, id: OrderId) -> OrderDetail {
        self.operator.order(id).expect("found")
    }

    /// Barcodes by SKU.
    pub fn barcodes(&self) -> BTreeMap<String, String> {
        self.items.iter().map(|item| (item.sku.clone(), item.gtin.clone())).collect()
    }
}

/// Imports rows in batches; every row must be new and taken.
pub fn import<T: Serialize>(operator: &Api, kind: &str, rows: &[T]) {
    for batch in rows.chunks(IMPORT_ROWS) {
        let answer = operator.import(kind, &files::to_lines(batch)).expect("imported");
        assert_eq!((answer.accepted, answer.refused.len()), (batch.len(), 0), "{kind}");
    }
}

fn stock_of(item: &ItemRow) -> StockRow {
    let (location, sku) = (DEMO_LOCATION.to_owned(), item.sku.clone());
    StockRow { location, sku, on_hand: ON_HAND, safety: 0 }
}
