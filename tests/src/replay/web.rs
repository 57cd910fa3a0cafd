//! The web shop: orders that are sent from wherever the goods are, and baskets that are held at a store first.

use demo_network::{
    api::{Api, Method, NewLine, NewOrder},
    rows::BasketRow,
};
use domain::{
    api::{BasketLine, NewPromise, PromiseTo},
    ids::LocationId,
    measure::Quantity,
};
use serde_json::json;

use super::{Sent, documents::Document};

/// The shop and its customers.
pub struct Web {
    pub channel: Api,
    pub stores: Vec<String>,
    pub skus: Vec<String>,
    /// Made-up people; their baskets are not looked at.
    pub customers: Vec<BasketRow>,
}

impl Web {
    /// Places what customers buy, one after the other.
    pub fn place(&self, documents: &[(usize, &Document)]) -> Sent {
        let channel = self.channel.apart();
        let mut sent = Sent::default();
        for (at, document) in documents {
            let promise = if at % 3 == 1 { None } else { self.hold(&channel, *at, document) };
            self.order(&channel, *at, document, promise);
            sent.orders += 1;
            sent.order_lines += document.lines.len() as u64;
        }
        sent
    }

    /// The store and the token of a basket that is held. One of more items than may be held, or of goods
    /// that are not there, is ordered without.
    fn hold(&self, channel: &Api, at: usize, document: &Document) -> Option<(String, String)> {
        let store = self.stores[at % self.stores.len()].clone();
        let line = |(item, units): &(usize, i64)| BasketLine {
            sku: self.skus[*item].parse().expect("valid"),
            quantity: Quantity::new(*units).expect("some"),
        };
        let basket = NewPromise {
            basket: format!("cart-{}", document.number),
            to: PromiseTo::Pickup { location: LocationId::new(store.clone()).expect("valid") },
            lines: document.lines.iter().map(line).collect(),
            region: None,
            customer: None,
            later: false,
            minutes: None,
        };
        channel.promise(&basket).ok().map(|promised| (store, promised.token))
    }

    fn order(
        &self,
        channel: &Api,
        at: usize,
        document: &Document,
        promise: Option<(String, String)>,
    ) {
        let customer = &self.customers[at % self.customers.len()];
        let method = match &promise {
            Some((store, _)) => Method::Pickup { location: store.clone() },
            None => Method::Ship { address: customer.address.clone() },
        };
        let line = |((item, units), line): (&(usize, i64), u32)| NewLine {
            line,
            sku: self.skus[*item].clone(),
            quantity: u32::try_from(units.abs()).expect("few"),
            price_minor: 100,
        };
        let order = NewOrder {
            channel: "web".into(),
            external_number: document.number.clone(),
            placed_at: "2026-01-01T00:00:00Z".into(),
            promise_at: None,
            currency: "USD".into(),
            method,
            customer: customer.customer.clone(),
            lines: document.lines.iter().zip(1..).map(line).collect(),
            note: None,
        };
        let mut order = json!(order);
        if let Some((_, token)) = promise {
            order["promise"] = json!(token);
        }
        channel.place_text(order.to_string().as_bytes()).expect("an order is taken");
    }
}
