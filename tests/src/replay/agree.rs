//! Whether everybody says the same: the shelves in truth, the positions, the ledger, the index that has
//! followed them, and one that begins anew.

use std::{collections::BTreeMap, fmt::Debug};

use demo_network::api::Api;

use super::{
    Replay,
    books::{Books, Place, Shelf},
};
use crate::server::{CHANNEL_TOKEN, LOGIN, PASSWORD, Server, Store};

/// Items of one question.
const ASKED: usize = 100;

/// What an index says: its terms at each location, and the number of each item.
#[derive(PartialEq, Eq)]
struct Told {
    shelves: BTreeMap<Place, Shelf>,
    units: BTreeMap<String, i64>,
}

impl Replay {
    /// Ends the server once it has come to rest, and begins another on its data; the first thing that two
    /// of them say otherwise.
    pub fn disagreement(&self, server: Server, store: &Store) -> Option<String> {
        let followed = self.at_rest(server.address());
        drop(server);
        let books = Books::read(store);
        let server = Server::start(store);
        let anew = self.told(server.address());
        first("truth and positions", &self.shelves(), &on_hand(&books.positions))
            .or_else(|| first("positions and ledger", &books.positions, &books.ledger))
            .or_else(|| first("ledger and the index", &books.ledger, &followed.shelves))
            .or_else(|| first("ledger and numbers", &books.units(), &followed.units))
            .or_else(|| first("the index and a new one", &followed.shelves, &anew.shelves))
            .or_else(|| first("numbers and new ones", &followed.units, &anew.units))
    }

    /// What the index says when it has seen everything and nothing is being sourced any more: twice the
    /// same.
    fn at_rest(&self, address: &str) -> Told {
        let mut told = self.told(address);
        loop {
            let again = self.told(address);
            if told == again {
                return told;
            }
            told = again;
        }
    }

    /// Asks for everything, once the server knows.
    fn told(&self, address: &str) -> Told {
        let url = format!("http://{address}");
        let operator = Api::sign_in(&url, LOGIN, PASSWORD).expect("signed in");
        let shop = Api::with_token(&url, CHANNEL_TOKEN);
        let mut told = Told { shelves: BTreeMap::new(), units: BTreeMap::new() };
        while shop.atp(&[&self.skus[0]], "method=ship").is_err() {
            std::thread::yield_now();
        }
        for sku in &self.skus {
            let why = operator.atp_explained(sku, "method=ship").expect("explained");
            for at in why.locations {
                let shelf = Shelf { on_hand: at.on_hand, reserved: at.reserved };
                told.shelves.insert((sku.clone(), at.location.to_string()), shelf);
            }
        }
        for some in self.skus.chunks(ASKED) {
            let skus: Vec<&str> = some.iter().map(String::as_str).collect();
            let list = shop.atp(&skus, "method=ship").expect("answered");
            told.units
                .extend(list.items.into_iter().map(|item| (item.sku.to_string(), item.units)));
        }
        told
    }
}

fn on_hand(shelves: &BTreeMap<Place, Shelf>) -> BTreeMap<Place, i64> {
    shelves.iter().map(|(place, shelf)| (place.clone(), shelf.on_hand)).collect()
}

/// The first key that the two say otherwise of.
fn first<K: Ord + Debug, V: PartialEq + Debug>(
    what: &str,
    one: &BTreeMap<K, V>,
    other: &BTreeMap<K, V>,
) -> Option<String> {
    let differs = |key: &&K| one.get(key) != other.get(key);
    let key = one.keys().chain(other.keys()).find(differs)?;
    Some(format!("{what} at {key:?}: {:?}, {:?}", one.get(key), other.get(key)))
}
