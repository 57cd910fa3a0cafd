//! Whatever happens, the sums are those of a recomputation that knows nothing of the index.

use std::{collections::BTreeMap, sync::Arc};

use domain::{clock::TimeMs, fulfillment::Method, location::Coordinates};
use proptest::{collection::vec, option, prelude::*};

use super::{
    explain::explain,
    feed::{Place, changed},
    index::{Index, Writer, index},
    pool::{Pool, default_pools},
    rules::{Amount, Rule, RuleSet, Says, Segment, Stack},
    scope::{ItemFacts, Items, LocationFacts, Locations, Pools},
    stock::Units,
};

const ITEMS: u32 = 4;
const LOCATIONS: u16 = 5;

/// What may happen to an index.
#[derive(Debug, Clone)]
enum Event {
    Put(u32, u16, Units),
    Rules(RuleSet),
    /// Rules begin and end.
    Time(i64),
    Wait(u32, i32),
    Moved(u32, u8),
    Restart,
}

fn amounts() -> impl Strategy<Value = Amount> {
    prop_oneof![(0u32..6).prop_map(Amount::Units), (0u32..=100).prop_map(Amount::Percent)]
}

fn says() -> impl Strategy<Value = Says> {
    let segments = (0..2usize, amounts(), any::<bool>()).prop_map(|(channel, amount, through)| {
        Says::Segment(Segment {
            channel: ["web", "market"][channel].into(),
            amount,
            fall_through: through,
        })
    });
    prop_oneof![
        1 => Just(Says::Exclude),
        1 => amounts().prop_map(Says::Safety),
        1 => (0u32..4).prop_map(Says::LastPiece),
        1 => amounts().prop_map(Says::Threshold),
        3 => segments,
        1 => (0u32..30).prop_map(Says::Cap),
    ]
}

fn rules() -> impl Strategy<Value = Rule> {
    let stacks = prop_oneof![Just(Stack::Max), Just(Stack::Sum), Just(Stack::Override)];
    let about =
        (vec(0..ITEMS, 0..2), vec(0u8..2, 0..2), vec(0..LOCATIONS, 0..2), vec(0u8..3, 0..2));
    let times = (option::of(0i64..10), option::of(0i64..10));
    (says(), stacks, about, times).prop_map(
        |(says, stack, (skus, categories, locations, pools), (from, until))| {
            let of_location = says.is_of_location();
            Rule {
                id: "r".into(),
                says,
                stack,
                items: Items {
                    skus: skus.iter().map(|item| format!("I{item}")).collect(),
                    categories: categories.iter().map(|c| format!("C{c}")).collect(),
                    departments: Vec::new(),
                },
                locations: Locations {
                    ids: locations
                        .iter()
                        .filter(|_| of_location)
                        .map(|l| format!("L{l}"))
                        .collect(),
                    ..Locations::default()
                },
                pools: Pools {
                    ids: pools
                        .iter()
                        .map(|p| ["ship", "pickup", "web"][usize::from(*p)].into())
                        .collect(),
                    ..Pools::default()
                },
                from: from.map(TimeMs),
                until: until.map(TimeMs),
            }
        },
    )
}

fn sets() -> impl Strategy<Value = RuleSet> {
    let web = Pool {
        id: "web".into(),
        channel: Some("web".into()),
        locations: Locations { ids: vec!["L1".into(), "L3".into()], ..Locations::default() },
        ..default_pools().remove(0)
    };
    vec(rules(), 0..9).prop_map(move |rules| {
        let pools = default_pools().into_iter().chain([web.clone()]).collect();
        RuleSet { pools, rules }
    })
}

fn events() -> impl Strategy<Value = Event> {
    let units = (-2i32..12, 0i32..4, 0i32..3).prop_map(|(on_hand, reserved, safety)| Units {
        on_hand,
        reserved,
        safety,
    });
    prop_oneof![
        8 => (0..ITEMS, 0..LOCATIONS, units).prop_map(|(i, l, units)| Event::Put(i, l, units)),
        4 => sets().prop_map(Event::Rules),
        1 => (0i64..12).prop_map(Event::Time),
        1 => (0..ITEMS, 0i32..9).prop_map(|(item, units)| Event::Wait(item, units)),
        1 => (0..ITEMS, 0u8..2).prop_map(|(item, category)| Event::Moved(item, category)),
        1 => Just(Event::Restart),
    ]
}

/// Everything that an index was told, as plain values.
struct World {
    stock: BTreeMap<(u32, u16), Units>,
    categories: [u8; ITEMS as usize],
    waiting: BTreeMap<u32, i32>,
    set: RuleSet,
    now: TimeMs,
    index: Arc<Index>,
    writer: Writer,
    /// What somebody knows who takes every increment, and up to where.
    told: BTreeMap<u32, Vec<i64>>,
    place: Option<Place>,
}

fn item_facts(item: u32, category: u8) -> ItemFacts {
    let category = format!("C{category}").into();
    ItemFacts { sku: format!("I{item}").into(), category, department: "".into() }
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
            waiting: BTreeMap::new(),
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
        self.wait();
        self.look();
    }

    fn look(&mut self) {
        self.writer.look(self.set.clone(), 1, self.now);
    }

    fn wait(&mut self) {
        let waiting: Vec<_> = self.waiting.iter().map(|(item, units)| (*item, *units)).collect();
        self.writer.wait(&waiting);
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
            Event::Wait(item, units) => {
                self.waiting = BTreeMap::from([(item, units)]);
                self.wait();
            }
            Event::Moved(item, category) => {
                self.categories[item as usize] = category;
                self.writer.item(100 + i64::from(item), item_facts(item, category));
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
        let units = self.stock.get(&(item, location)).copied().unwrap_or_default();
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

    fn number(&self, item: u32, pool: &Pool) -> i64 {
        let sum: i64 = (0..LOCATIONS).map(|location| self.gives(item, location, pool)).sum();
        let rules = self.about(item, pool);
        let segments = rules.iter().filter_map(|rule| match &rule.says {
            Says::Segment(segment) => Some((segment, segment.amount.of(sum).min(sum))),
            _ => None,
        });
        let is_own = |segment: &Segment| pool.channel.as_ref() == Some(&segment.channel);
        let (own, others): (Vec<_>, Vec<_>) = segments.partition(|(segment, _)| is_own(segment));
        let mut left = sum - others.iter().map(|(_, units)| units).sum::<i64>();
        left -= i64::from(self.waiting.get(&item).copied().unwrap_or(0));
        let mut threshold = 0;
        let mut cap = None;
        for rule in rules {
            match rule.says {
                Says::Threshold(amount) => threshold = rule.stack.kept(threshold, amount.of(sum)),
                Says::Cap(units) => {
                    cap = Some(cap.map_or(units.into(), |cap| rule.stack.shown(cap, units.into())));
                }
                _ => {}
            }
        }
        left -= threshold;
        if own.iter().any(|(segment, _)| !segment.fall_through) {
            left = left.min(own.iter().map(|(_, units)| units).sum());
        }
        cap.map_or(left, |cap: i64| left.min(cap)).max(0)
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
        let changed = changed(&self.index, self.place, items_max);
        assert!(changed.items.len() <= items_max);
        let before = self.place.map_or(0, |place| place.sequence);
        assert_eq!(changed.next.sequence, before + 1, "no gap");
        if changed.full {
            self.told.clear();
        }
        let view = self.index.view();
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
                assert_eq!(told.outer.number, number, "what is explained is what is answered");
                let gives = told.locations.iter().map(|gives| gives.available);
                assert_eq!(told.sum, gives.sum::<i64>());
                for location in 0..LOCATIONS {
                    let one = self.index.number_at(&view, item, at, location);
                    assert_eq!(one, self.gives(item, location, pool));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
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

#[test]
fn an_item_outgrows_its_room() {
    let (index, mut writer) = index(0);
    let item = writer.item(1, item_facts(0, 0));
    for location in (0..900u16).rev() {
        writer.location(i64::from(location), location_facts(899 - location));
        writer.put(item, location, Units { on_hand: i32::from(location), reserved: 0, safety: 0 });
    }
    writer.look(RuleSet::default(), 0, TimeMs(0));
    let mut seen = Vec::new();
    index.stock().each(item, |location, units| seen.push((location, units.on_hand)));
    assert_eq!(seen, (0..900u16).map(|l| (l, i32::from(l))).collect::<Vec<_>>());
    assert_eq!(index.stock().positions(), 900);
    assert_eq!(index.stock().get(item, 7).on_hand, 7);
    assert_eq!(index.stock().get(item, 901), Units::default());
}

#[test]
fn readers_never_see_half_a_change() {
    let (index, mut writer) = index(0);
    let item = writer.item(1, item_facts(0, 0));
    for location in 0..2u16 {
        writer.location(location.into(), location_facts(location));
    }
    writer.look(RuleSet::default(), 0, TimeMs(0));
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for turn in 0..200_000 {
                let units = Units { on_hand: turn, reserved: turn / 2, safety: 0 };
                writer.put(item, 1, units);
            }
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        while !stop.load(std::sync::atomic::Ordering::Relaxed) {
            let view = index.view();
            let (units, sum) =
                index.stock().consistent(item, || (index.stock().get(item, 1), view.sum(item, 0)));
            assert_eq!(i64::from(units.on_hand - units.reserved), sum);
            assert_eq!(units.reserved, units.on_hand / 2);
        }
    });
}
