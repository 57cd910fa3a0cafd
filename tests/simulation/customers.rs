//! Who orders, who changes their mind, and who brings goods: everything that happens to the server
//! from outside the stores. Also the stock, the people and the catalogue of the first morning.

use domain::{
    api::OrderAccepted,
    clock::TimeMs,
    ids::{ChannelId, ExternalNumber, LocationId, Sku},
    measure::Quantity,
    order::{Address, Customer, Destination, PlacedLine, PlacedOrder},
};
use serde_json::json;
use sync_server::app::{import::Kind, parked};

use crate::{
    associate::people_of,
    faults::Fault,
    invariants::{Held, Invariant, Violation},
    random::Random,
    world::{Event, World},
};

/// Everybody's PIN.
pub const PIN: &str = "481526";
/// Where everybody lives.
const POSTCODE: &str = "45501";

/// What was ordered and may be ordered again.
#[derive(Debug)]
pub struct Customers {
    random: Random,
    placed: Vec<(PlacedOrder, OrderAccepted)>,
    /// Orders still to come.
    left: u32,
    items: u32,
}

impl Customers {
    /// Nobody has ordered yet.
    pub fn new(seed: u64) -> Self {
        let mut random = Random::of(seed, "customers");
        let left = u32::try_from(random.between(5, 14)).expect("small");
        let items = u32::try_from(random.between(2, 4)).expect("small");
        Self { random, placed: Vec::new(), left, items }
    }

    fn sku(n: u32) -> Sku {
        Sku::new(format!("SKU-{n}")).expect("valid")
    }

    /// An order of a few units of a few items: some to be picked up, some to be shipped.
    fn order(&mut self, locations: &[LocationId], now: TimeMs) -> PlacedOrder {
        let number = self.placed.len() + 1;
        let lines = u32::try_from(self.random.between(1, 3)).expect("small");
        let method = if self.random.chance(650) {
            let location = self.random.pick(locations).expect("a location").clone();
            Destination::Pickup { location }
        } else {
            Destination::Ship { address: address() }
        };
        let line = |line: u32, random: &mut Random, items: u32| PlacedLine {
            line,
            sku: Self::sku(u32::try_from(random.below(u64::from(items))).expect("small") + 1),
            quantity: Quantity::new(random.between(1, 3)).expect("in range"),
            price_minor: 499,
        };
        let (random, items) = (&mut self.random, self.items);
        PlacedOrder {
            channel: ChannelId::new("web").expect("valid"),
            external_number: ExternalNumber::new(format!("W-{number}")).expect("valid"),
            placed_at: now,
            promise_at: None,
            currency: "USD".into(),
            method,
            customer: Customer { name: "Grace Hopper".into(), phone: None, email: None },
            lines: (1..=lines).map(|number| line(number, random, items)).collect(),
            note: None,
            customer_reference: None,
            promise: None,
        }
    }
}

fn address() -> Address {
    Address {
        name: "Grace Hopper".into(),
        street: "Harbour Street 1".into(),
        city: "Springfield".into(),
        region: "OH".into(),
        postcode: POSTCODE.into(),
        country: "US".into(),
    }
}

impl World {
    /// Stores, catalogue, stock and people, the way a customer's data comes in.
    pub fn open_stores(&mut self, count: u64) {
        let now = self.now.plus_ms(-30 * 24 * 3_600_000);
        let names: Vec<String> = (1..=count).map(|n| format!("S{n}")).collect();
        self.locations =
            names.iter().map(|name| LocationId::new(name.as_str()).expect("valid")).collect();
        let stores: Vec<_> = names.iter().zip(0..).map(|(name, n)| store(name, n)).collect();
        self.server.import(Kind::Locations, &stores, now);
        let place = json!({"country": "US", "postcode": POSTCODE, "lat": 39.9, "lon": -83.8});
        self.server.import(Kind::Postcodes, &[place], now);
        let items = self.customers.items;
        let item = |n| {
            json!({
                "sku": format!("SKU-{n}"), "name": format!("Item {n}"), "currency": "USD",
                "weight_g": 400,
            })
        };
        self.server.import(Kind::Items, &(1..=items).map(item).collect::<Vec<_>>(), now);
        let people: Vec<_> = names
            .iter()
            .flat_map(|name| {
                people_of(name).into_iter().zip(["associate", "lead"]).map(move |(id, role)| {
                    json!({
                        "location": name, "id": id, "name": format!("Person {id}"), "role": role,
                        "pin": PIN,
                    })
                })
            })
            .collect();
        self.server.import(Kind::Associates, &people, now);
        self.stock_up(now);
    }

    /// Somebody counts shelves, or a delivery comes.
    fn stock_up(&mut self, now: TimeMs) {
        let mut rows = Vec::new();
        for location in &self.locations {
            for n in 1..=self.customers.items {
                let on_hand = self.customers.random.between(0, 14);
                let safety = self.customers.random.between(0, 1);
                rows.push(json!({
                    "location": location, "sku": format!("SKU-{n}"), "on_hand": on_hand,
                    "safety": safety,
                }));
            }
        }
        let pokes = self.server.import(Kind::Stock, &rows, now);
        self.poke(&pokes);
    }

    /// Something happens outside the stores.
    pub fn shop(&mut self) -> Held {
        if self.quiet {
            return Ok(());
        }
        if self.server_up {
            self.happen()?;
            self.checks.settled(&self.server)?;
        }
        let ms = self.customers.random.between(5_000, 90_000);
        self.after(ms, Event::Customers);
        Ok(())
    }

    fn happen(&mut self) -> Held {
        match self.customers.random.below(20) {
            0 => {
                self.say("somebody counts the shelves");
                let now = self.now;
                self.stock_up(now);
                Ok(())
            }
            1 => self.order_again(),
            2..=3 => self.decide_parked(),
            4..=6 if self.strikes(Fault::Cancel) => self.change_mind(),
            _ if self.customers.left > 0 => self.order(),
            _ => Ok(()),
        }
    }

    fn order(&mut self) -> Held {
        self.customers.left -= 1;
        let placed = self.customers.order(&self.locations, self.now);
        let taken = self.server.take(&placed, self.now).map_err(|error| {
            Violation::of(Invariant::NothingLost, format!("an order is refused: {error:?}"))
        })?;
        self.say(format!(
            "order {} is taken: {}",
            placed.external_number, taken.accepted.short_code
        ));
        self.orders.push(taken.accepted.id);
        self.customers.placed.push((placed, taken.accepted));
        self.source()
    }

    /// A channel that did not hear the answer sends an order again, and gets the same answer.
    fn order_again(&mut self) -> Held {
        let placed = self.customers.random.pick(&self.customers.placed).cloned();
        let Some((placed, accepted)) = placed else { return Ok(()) };
        match self.server.take(&placed, self.now) {
            Ok(again) if !again.new && again.accepted == accepted => Ok(()),
            other => {
                let what = format!("an order sent again is answered otherwise: {other:?}");
                Err(Violation::of(Invariant::ExactlyOnce, what))
            }
        }
    }

    fn change_mind(&mut self) -> Held {
        let order = self.customers.random.pick(&self.orders).copied();
        let Some(order) = order else { return Ok(()) };
        let reason = "changed my mind";
        match self.server.cancel(order, reason, self.now) {
            Ok(pokes) => {
                self.say(format!("order {order} is cancelled: {pokes:?}"));
                self.checks.cancelled(&self.server, order, reason, self.now)?;
                self.poke(&pokes);
            }
            Err(error) => self.say(format!("order {order} is not cancelled: {:?}", error.code())),
        }
        Ok(())
    }

    /// An operator looks at what the server could not read.
    fn decide_parked(&mut self) -> Held {
        let Some((sender, seq)) = self.server.parked().into_iter().next() else { return Ok(()) };
        let replay = self.customers.random.chance(300);
        let action = if replay { parked::Action::Replay } else { parked::Action::Discard };
        let decided = self.server.decide_parked(sender, seq, action, self.now);
        self.say(format!("operator: {action:?} of {} {seq}: {decided}", sender.device));
        self.checks.late(sender.device, sender.epoch, seq);
        Ok(())
    }
}

fn store(name: &str, n: u32) -> serde_json::Value {
    json!({
        "id": name, "name": format!("Store {name}"), "kind": "store", "country": "US",
        "lat": 39.9 + f64::from(n), "lon": -83.8, "time_zone": "America/New_York",
        "pickup": true, "ships": true,
    })
}
