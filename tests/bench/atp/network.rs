//! A large network, made from numbers: always the same.

use std::sync::Arc;

use domain::{clock::TimeMs, fulfillment::Method, location::Coordinates};
use sync_server::atp::{
    index::{Index, index},
    pool::Pool,
    rules::{Amount, Rule, RuleSet, Says, Segment, Stack},
    scope::{ItemFacts, Items, LocationFacts, Locations, Pools},
    stock::Units,
};

pub const LOCATIONS: u16 = 2_000;
pub const POOLS: usize = 16;
/// Locations of an item.
const EACH: u32 = 48;
const CATEGORIES: u32 = 40;
const REGIONS: u16 = 8;

pub struct Network {
    pub index: Arc<Index>,
    items: u32,
}

/// Scattered like a random number, and always the same.
pub fn scattered(seed: u64) -> u64 {
    let mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

impl Network {
    pub fn of(items: u32) -> Self {
        let (index, mut writer) = index(1);
        for location in 0..LOCATIONS {
            writer.location(location.into(), facts_of(location));
        }
        let categories: Vec<Arc<str>> = (0..CATEGORIES).map(|c| format!("C{c}").into()).collect();
        let department: Arc<str> = "D".into();
        for item in 0..items {
            let category = Arc::clone(&categories[(item % CATEGORIES) as usize]);
            let (sku, department) = (sku(item).into(), Arc::clone(&department));
            let facts = ItemFacts { sku, category, department, attributes: Arc::default() };
            let number = writer.item(item.into(), facts);
            writer.fill(number, &positions(item));
        }
        writer.look(rules(), 1, TimeMs(0));
        Self { index, items }
    }

    pub fn items(&self) -> u32 {
        self.items
    }

    pub fn rules(&self) -> usize {
        self.index.view().set().rules.len()
    }

    /// Units on all shelves, read one after the other.
    pub fn read_all(&self) -> i64 {
        let mut units = 0;
        for item in 0..self.items {
            self.index.stock().each(item, |_, at| {
                units += i64::from(at.on_hand) - i64::from(at.reserved) - i64::from(at.safety);
            });
        }
        units
    }

    /// Numbers of some items are those of a count that knows nothing of the index.
    pub fn assert_right(&self) {
        let view = self.index.view();
        let set = rules();
        for item in (0..self.items).step_by((self.items as usize / 500).max(1)) {
            for (at, pool) in set.pools.iter().enumerate() {
                let sum: i64 = positions(item)
                    .iter()
                    .filter(|(location, _)| gives(*location, pool))
                    .map(|(_, units)| left(item, *units))
                    .sum();
                let kept = if pool.channel.is_none() { (sum * 10 + 99) / 100 } else { 0 };
                let number = (sum - kept - i64::from(item % CATEGORIES == 3)).max(0);
                assert_eq!(self.index.number(&view, item, at), number, "{} of {item}", pool.id);
            }
        }
    }
}

pub fn sku(item: u32) -> String {
    format!("{:08}", 10_000_000 + u64::from(item) * 7)
}

fn facts_of(location: u16) -> LocationFacts {
    let at = scattered(u64::from(location));
    let part = |shift: u32, range: i64| {
        i64::try_from((at >> shift) & 0xffff).unwrap_or(0) * range / 0xffff
    };
    LocationFacts {
        id: format!("S{location}").into(),
        name: format!("Store {location}").into(),
        kind: if location.is_multiple_of(20) { "warehouse" } else { "store" }.into(),
        country: "US".into(),
        region: format!("R{}", location % REGIONS).into(),
        ships: true,
        pickup: !location.is_multiple_of(20),
        coordinates: Coordinates {
            lat_e6: 25_000_000 + part(0, 24_000_000),
            lon_e6: -124_000_000 + part(20, 57_000_000),
        },
    }
}

fn gives(location: u16, pool: &Pool) -> bool {
    let facts = facts_of(location);
    facts.can(pool.method) && pool.locations.has(&facts)
}

/// What an item has at its locations, ascending.
fn positions(item: u32) -> Vec<(u16, Units)> {
    let seed = scattered(u64::from(item) << 8);
    let step = u32::from(LOCATIONS) / EACH;
    let at = |n: u32| {
        let roll = scattered(seed.wrapping_add(u64::from(n)));
        let location = n * step + u32::try_from(roll % u64::from(step)).unwrap_or(0);
        let units = |shift: u32, below: u64| i32::try_from((roll >> shift) % below).unwrap_or(0);
        let units = Units { on_hand: units(8, 30), reserved: units(16, 4), safety: units(24, 2) };
        (u16::try_from(location).unwrap_or(0), units)
    };
    (0..EACH).map(at).collect()
}

/// What a location gives under the rules below, counted by hand.
fn left(item: u32, units: Units) -> i64 {
    let safety = if item % CATEGORIES < 4 { units.safety.max(2) } else { units.safety };
    let left = i64::from(units.on_hand - units.reserved - safety);
    let last = i64::from(item % CATEGORIES == 5) * 2;
    if left > last { left } else { 0 }
}

/// Eight regions, each for shipping and for pickup, of which half the pools are of a channel.
fn rules() -> RuleSet {
    let pools = (0..POOLS).map(|n| {
        let region = u16::try_from(n).unwrap_or(0) % REGIONS;
        let method = if n < POOLS / 2 { Method::Ship } else { Method::Pickup };
        let locations = Locations { regions: vec![format!("R{region}")], ..Locations::default() };
        let channel = (n % 2 == 0).then(|| "market".to_owned());
        let region = Some(format!("R{region}"));
        Pool { id: format!("p{n}"), channel, market: None, region, method, locations }
    });
    let category = |at: u32| Items { categories: vec![format!("C{at}")], ..Items::default() };
    let rule = |id: &str, says, items| Rule {
        id: id.into(),
        says,
        stack: Stack::Max,
        items,
        locations: Locations::default(),
        pools: Pools::default(),
        from: None,
        until: None,
    };
    let few = Items { categories: (0..4).map(|c| format!("C{c}")).collect(), ..Items::default() };
    let segment =
        Segment { channel: "market".into(), amount: Amount::Percent(10), fall_through: true };
    let rules = vec![
        rule("keep-two", Says::Safety(Amount::Units(2)), few),
        rule("not-the-last", Says::LastPiece(2), category(5)),
        rule("one-for-the-counter", Says::Threshold(Amount::Units(1)), category(3)),
        rule("for-the-market", Says::Segment(segment), Items::default()),
    ];
    RuleSet { pools: pools.collect(), rules }
}
