//! Whatever happens, the sums are those of a recomputation that knows nothing of the index.

use std::{collections::BTreeMap, sync::Arc};

use domain::{clock::TimeMs, fulfillment::Method, location::Coordinates};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
};

use super::{
    dated::{Dated, Demand, Supply},
    explain::explain,
    feed::{Place, changed},
    index::{Index, Writer, index},
    kits::{Kit, Part},
    pool::{Pool, default_pools},
    rules::{Amount, Campaign, Rule, RuleSet, Says, Segment, Stack},
    scope::{ItemFacts, Items, LocationFacts, Locations, Pools, Saying},
    stock::Units,
    terms::{Backorder, Terms},
};

mod alone;
mod events;

use events::{Event, events};

const ITEMS: u32 = 4;
/// The item that may be a kit of others.
const KIT: u32 = ITEMS - 1;
const LOCATIONS: u16 = 5;

/// Everything that an index was told, as plain values.
struct World {
    stock: BTreeMap<(u32, u16), Units>,
    categories: [u8; ITEMS as usize],
    dated: BTreeMap<u32, Dated<u16>>,
    sold: BTreeMap<(String, Option<u32>), i64>,
    kit: BTreeMap<u32, i64>,
    set: RuleSet,
    now: TimeMs,
    index: Arc<Index>,
    writer: Writer,
    /// What somebody knows who takes every increment, and up to where.
    told: BTreeMap<u32, Vec<i64>>,
    place: Option<Place>,
}

fn item_facts(item: u32, category: u8) -> ItemFacts {
    let words = [format!("c={category}"), format!("n={}", item % 2)];
    let attributes: Vec<Box<str>> = words.into_iter().map(Into::into).collect();
    ItemFacts {
        sku: format!("I{item}").into(),
        category: format!("C{category}").into(),
        department: "".into(),
        attributes: attributes.into(),
    }
}

fn location_facts(location: u16) -> LocationFacts {
    LocationFacts {
        id: format!("L{location}").into(),
        name: "A store".into(),
        kind: "store".into(),
        country: "US".into(),
        region: "".into(),
        ships: location != 2,
        pickup: location != 0,
        coordinates: Coordinates { lat_e6: i64::from(location) * 1_000_000, lon_e6: 0 },
    }
}

impl World {
    fn new() -> Self {
        let (index, writer) = index(0);
        let mut world = Self {
            stock: BTreeMap::new(),
            categories: [0; ITEMS as usize],
            dated: BTreeMap::new(),
            sold: BTreeMap::new(),
            kit: BTreeMap::new(),
            set: RuleSet::default(),
            now: TimeMs(0),
            index,
            writer,
            told: BTreeMap::new(),
            place: None,
        };
        world.restart();
        world
    }

    fn restart(&mut self) {
        (self.index, self.writer) = index(self.place.map_or(1, |place| place.mark.epoch + 1_000));
        for item in 0..ITEMS {
            let facts = item_facts(item, self.categories[item as usize]);
            let number = self.writer.item(100 + i64::from(item), facts);
            let of_item = self.stock.range((item, 0)..=(item, u16::MAX));
            let positions: Vec<_> =
                of_item.map(|((_, location), units)| (*location, *units)).collect();
            self.writer.fill(number, &positions);
        }
        for location in 0..LOCATIONS {
            self.writer.location(location.into(), location_facts(location));
        }
        for (item, dated) in &self.dated {
            self.writer.date(*item, dated.clone());
        }
        let sold = self.sold.iter().map(|((rule, item), units)| (rule.clone(), *item, *units));
        self.writer.sold(&sold.collect::<Vec<_>>());
        self.put_kit();
        self.look();
    }

    fn put_kit(&mut self) {
        let part = |(item, units): (&u32, &i64)| Part { item: *item, units: *units };
        self.writer.kit(KIT, Kit::of(self.kit.iter().map(part).collect()));
    }

    fn is_kit(&self, item: u32) -> bool {
        item == KIT && !self.kit.is_empty()
    }

    /// Kits of which a location has every component.
    fn whole(&self, location: u16, pool: &Pool) -> i64 {
        let of = |(part, units): (&u32, &i64)| self.here(*part, location, pool) / units;
        self.kit.iter().map(of).min().expect("a kit has components")
    }

    fn look(&mut self) {
        self.writer.look(self.set.clone(), 1, self.now);
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Put(item, location, units) => {
                self.stock.insert((item, location), units);
                self.writer.put(item, location, units);
            }
            Event::Rules(set) => {
                self.set = set;
                self.look();
            }
            Event::Time(now) => {
                self.now = TimeMs(now);
                self.look();
            }
            Event::Date(item, dated) => {
                self.dated.insert(item, dated.clone());
                self.writer.date(item, dated);
            }
            Event::Given(item, positions, dated) => {
                self.dated.insert(item, dated.clone());
                let positions: Vec<_> = positions.into_iter().collect();
                self.stock.extend(positions.iter().map(|(at, units)| ((item, *at), *units)));
                self.writer.put_dated(item, &positions, dated);
            }
            Event::Moved(item, category) => {
                self.categories[item as usize] = category;
                self.writer.item(100 + i64::from(item), item_facts(item, category));
            }
            Event::Sold(rule, item, units) => {
                let rule = format!("r{rule}");
                self.sold.insert((rule.clone(), item), units);
                self.writer.sold(&[(rule, item, units)]);
            }
            Event::Kit(kit) => {
                self.kit = kit;
                self.put_kit();
            }
            Event::Restart => self.restart(),
        }
    }

    /// The rules that are about an item and a pool now.
    fn about(&self, item: u32, pool: &Pool) -> Vec<&Rule> {
        let facts = item_facts(item, self.categories[item as usize]);
        let is =
            |rule: &&Rule| rule.holds(self.now) && rule.items.has(&facts) && rule.pools.has(pool);
        self.set.rules.iter().filter(is).collect()
    }

    fn gives(&self, item: u32, location: u16, pool: &Pool) -> i64 {
        let facts = location_facts(location);
        let can = if pool.method == Method::Ship { facts.ships } else { facts.pickup };
        let mut units = self.stock.get(&(item, location)).copied().unwrap_or_default();
        if self.is_kit(item) {
            let on_hand = i32::try_from(self.whole(location, pool)).expect("few");
            units = Units { on_hand, reserved: 0, safety: 0 };
        }
        let (mut safety, mut last) = (i64::from(units.safety), 0);
        if !can || !pool.locations.has(&facts) {
            return 0;
        }
        for rule in self.about(item, pool).iter().filter(|rule| rule.locations.has(&facts)) {
            match &rule.says {
                Says::Exclude => return 0,
                Says::Safety(amount) => {
                    safety = rule.stack.kept(safety, amount.of(units.on_hand.into()));
                }
                Says::LastPiece(pieces) => last = rule.stack.kept(last, (*pieces).into()),
                _ => {}
            }
        }
        let left = i64::from(units.on_hand) - i64::from(units.reserved) - safety;
        if left > last { left } else { 0 }
    }

    /// What may be promised from an instant on: the least of every instant, looked at one by one.
    fn number_from(&self, item: u32, pool: &Pool, from: i64) -> i64 {
        if self.is_kit(item) {
            // Of today alone, and never more than of its components.
            let parts = self.kit.iter();
            let parts = parts.map(|(part, units)| self.number(*part, pool) / units).min();
            return self.number_at(item, pool, 10, 0).min(parts.expect("a kit has components"));
        }
        let backorder = self.dated.get(&item).and_then(|dated| dated.terms().backorder);
        let backorder = backorder.filter(|of| pool.method == Method::Ship && of.from.0 <= from);
        let beyond = backorder.map_or(0, |of| of.units);
        (from..10).map(|at| self.number_at(item, pool, at, beyond)).min().expect("one at least")
    }

    /// Whether what stands on shelves may be given at an instant.
    fn is_released(&self, item: u32, at: i64) -> bool {
        if self.is_kit(item) {
            return true;
        }
        let release = self.dated.get(&item).and_then(|dated| dated.terms().release);
        release.is_none_or(|release| release.0 <= at)
    }

    fn number(&self, item: u32, pool: &Pool) -> i64 {
        self.number_from(item, pool, -1)
    }

    fn number_at(&self, item: u32, pool: &Pool, at: i64, beyond: i64) -> i64 {
        let in_pool = |location: u16| {
            let facts = location_facts(location);
            let can = if pool.method == Method::Ship { facts.ships } else { facts.pickup };
            can && pool.locations.has(&facts)
        };
        let dated = self.dates_of(item);
        let come = dated.supply().iter().filter(|s| s.at.0 <= at && in_pool(s.location));
        let due = |channel: &str| -> i64 {
            let due = dated.demand().iter().filter(|d| d.by.0 <= at && &*d.channel == channel);
            due.filter(|d| d.only.is_none_or(in_pool)).map(|d| d.units).sum()
        };
        let sum: i64 = (0..LOCATIONS).map(|location| self.gives(item, location, pool)).sum();
        let sum = if self.is_released(item, at) { sum } else { 0 };
        let sum = sum + come.map(|supply| supply.units).sum::<i64>() + beyond;
        let rules = self.about(item, pool);
        let kept_for = |channel: &str| -> i64 {
            let kept = rules.iter().filter_map(|rule| match &rule.says {
                Says::Segment(of) if of.channel == channel => Some(of.amount.of(sum).min(sum)),
                _ => None,
            });
            kept.sum()
        };
        let own = pool.channel.as_deref().unwrap_or("nobody's");
        let others = ["web", "market", "other"].into_iter().filter(|channel| *channel != own);
        let (mut kept, mut more) = (0, 0);
        for channel in others {
            kept += kept_for(channel);
            more += (due(channel) - kept_for(channel)).max(0);
        }
        let (mut threshold, mut cap) = (0, None);
        for rule in &rules {
            match rule.says {
                Says::Threshold(amount) => threshold = rule.stack.kept(threshold, amount.of(sum)),
                Says::Cap(units) => {
                    cap = Some(cap.map_or(units.into(), |cap| rule.stack.shown(cap, units.into())));
                }
                _ => {}
            }
        }
        let campaigns = rules.iter().filter_map(|rule| match rule.says {
            Says::Campaign(Campaign { units, together }) => {
                let counted = (rule.id.clone(), (!together).then_some(item));
                Some(i64::from(units) - self.sold.get(&counted).copied().unwrap_or_default())
            }
            _ => None,
        });
        let campaigns = campaigns.min().unwrap_or(i64::MAX);
        let left = sum - kept - threshold;
        let mut left = left - more.min((left - kept_for(own)).max(0)) - due(own);
        let is_closed = rules.iter().any(|rule| match &rule.says {
            Says::Segment(of) => of.channel == own && !of.fall_through,
            _ => false,
        });
        if is_closed {
            left = left.min(kept_for(own) - due(own));
        }
        cap.map_or(left, |cap: i64| left.min(cap)).min(campaigns).max(0)
    }

    /// What one location may give: its own, less what only it can give.
    fn here(&self, item: u32, location: u16, pool: &Pool) -> i64 {
        let gives = self.gives(item, location, pool);
        let facts = location_facts(location);
        let can = if pool.method == Method::Ship { facts.ships } else { facts.pickup };
        if !can || !pool.locations.has(&facts) {
            return 0;
        }
        let dated = self.dates_of(item);
        let left = |at: i64| {
            let come = dated.supply().iter().filter(|s| s.at.0 <= at && s.location == location);
            let due = dated.demand().iter().filter(|d| d.by.0 <= at && d.only == Some(location));
            let (come, due): (i64, i64) = (come.map(|s| s.units).sum(), due.map(|d| d.units).sum());
            let gives = if self.is_released(item, at) { gives } else { 0 };
            (gives + come - due).max(0)
        };
        (-1..10).map(left).min().expect("one at least")
    }

    /// What is to come, and to be given; nothing of a kit.
    fn dates_of(&self, item: u32) -> Dated<u16> {
        let dated = self.dated.get(&item).filter(|_| !self.is_kit(item));
        dated.cloned().unwrap_or_default()
    }

    /// Takes an increment in; whoever does so knows all numbers.
    fn follow(&mut self) {
        // The rest of a file that was cut, and what has changed since it was begun.
        for _ in 0..2 {
            assert!(!self.read(usize::MAX), "it has room for all");
        }
        for item in 0..ITEMS {
            let numbers = self.set.pools.iter().map(|pool| self.number(item, pool));
            assert_eq!(self.told[&item], numbers.collect::<Vec<_>>(), "the feed of item {item}");
        }
    }

    /// Reads one file of at most so many items; whether it goes on at once.
    fn read(&mut self, items_max: usize) -> bool {
        let view = self.index.view();
        let changed = changed(&self.index, &view, self.place, items_max);
        assert!(changed.items.len() <= items_max);
        let before = self.place.map_or(0, |place| place.sequence);
        assert_eq!(changed.next.sequence, before + 1, "no gap");
        if changed.full {
            self.told.clear();
        }
        for item in changed.items {
            let numbers =
                (0..self.set.pools.len()).map(|pool| self.index.number(&view, item, pool));
            self.told.insert(item, numbers.collect());
        }
        // As whoever asks gives it back.
        self.place = Some(changed.next.to_string().parse().expect("a place"));
        changed.next.rest.is_some()
    }

    fn check(&self) {
        let view = self.index.view();
        for item in 0..ITEMS {
            for (at, pool) in self.set.pools.iter().enumerate() {
                let number = self.index.number(&view, item, at);
                assert_eq!(number, self.number(item, pool), "{} of item {item}", pool.id);
                let told = explain(&self.index, &view, &self.index.directory(), item, at);
                let explained = told.least.outer.number;
                assert_eq!(explained, number, "what is explained is what is answered");
                for on in [0, 4, 8] {
                    let later = self.index.number_on(&view, item, at, TimeMs(on));
                    assert_eq!(later, self.number_from(item, pool, on), "at {on}");
                }
                let steps = self.index.steps(&view, item, at);
                assert_eq!(steps[0], (None, number));
                for (from, units) in &steps[1..] {
                    let from = from.expect("a date").0;
                    assert_eq!(*units, self.number_from(item, pool, from), "from {from} on");
                }
                let gives = told.locations.iter().map(|gives| gives.available);
                assert_eq!(told.sum, gives.sum::<i64>());
                for location in 0..LOCATIONS {
                    let one = self.index.number_at(&view, item, at, location);
                    assert_eq!(one, self.here(item, location, pool));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_sums_are_those_of_a_recomputation(
        events in vec((events(), option::of(1..3usize)), 1..40),
    ) {
        let mut world = World::new();
        for (event, part) in events {
            let asks = !matches!(event, Event::Put(..)) || world.stock.len().is_multiple_of(2);
            world.happens(event);
            world.check();
            if let Some(items_max) = part {
                // What is left of the file, or of the next, comes after other events.
                world.read(items_max);
            } else if asks {
                world.follow();
            }
        }
    }
}
