//! What a version of the rules makes of the stock: of each position, how many units it gives to a
//! pool, and of each item, the sums over a pool's locations.
//!
//! Sums are kept by adding what a change makes; [`View::count`] makes them from nothing, and both
//! always agree (`tests/`). A sum is exact below 2^31 units. What it deliberately does not do: read a
//! clock. A rule that begins or ends makes another view.

use std::{
    collections::HashMap,
    ops::Range,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{
            AtomicI32, AtomicU8, AtomicU32, AtomicU64,
            Ordering::{Acquire, Relaxed, Release},
        },
    },
};

use domain::{clock::TimeMs, fulfillment::Method};

use super::{
    bits::{Bits, ones},
    chunks::{Chunks, PART},
    dated::{Dated, Least, Needed},
    directory::Directory,
    judge::{self, Outer},
    pool::Shopper,
    rules::{Campaign, Rule, RuleSet, Says},
    scope::{ItemFacts, LocationFacts},
    sold::Sold,
    stock::{ITEMS_MAX, Stock, Units},
};

/// Items whose sums are made without a look at whether others want to go on.
const STEP: u32 = 1 << 12;

/// More than a byte can say, or less than nothing: the number itself tells.
const MANY: u8 = u8::MAX;

/// A version of the rules, with the sums that it makes.
#[derive(Debug)]
pub struct View {
    set: RuleSet,
    version: i64,
    epoch: u64,
    /// Rules about single locations, and those about sums, by pool: those that hold.
    at_location: Vec<Bits>,
    of_sum: Vec<Bits>,
    /// By location: rules that are about it, and pools that it gives to.
    locations: Vec<(Bits, u64)>,
    /// The class of each item: items that the same rules are about.
    class_of: Chunks<AtomicU32>,
    items: AtomicU32,
    classes: Chunks<AtomicU64>,
    class_numbers: Mutex<HashMap<Bits, u32>>,
    sums: Chunks<AtomicI32>,
    /// What becomes of each sum.
    numbers: Chunks<AtomicI32>,
    /// The same where it is below [`MANY`]: the answer to most questions. A quarter as large, it is
    /// sooner found in a cache.
    few: Chunks<AtomicU8>,
    /// What was sold under rules that count.
    sold: Arc<Sold>,
    /// Sums of an item; a power of two, so that they never cross a part's end.
    stride: usize,
}

impl View {
    /// What a version makes of these items and locations, all sums still zero.
    #[must_use]
    pub fn new(
        set: RuleSet,
        (version, epoch): (i64, u64),
        at: TimeMs,
        directory: &Directory,
        sold: Arc<Sold>,
    ) -> Self {
        let rules = &set.rules;
        let of_pool = |pool| {
            let is = |rule: &Rule| rule.holds(at) && rule.pools.has(pool);
            Bits::of(rules.len(), |rule| is(&rules[rule]))
        };
        let inner = Bits::of(rules.len(), |rule| rules[rule].says.is_of_location());
        let outer = Bits::of(rules.len(), |rule| !rules[rule].says.is_of_location());
        let pools: Vec<Bits> = set.pools.iter().map(of_pool).collect();
        let stride = set.pools.len().next_power_of_two();
        let view = Self {
            at_location: pools.iter().map(|bits| *bits & inner).collect(),
            of_sum: pools.iter().map(|bits| *bits & outer).collect(),
            locations: directory.locations.all().map(|facts| about(&set, facts)).collect(),
            class_of: Chunks::with_max(ITEMS_MAX),
            items: AtomicU32::new(0),
            classes: Chunks::with_max(ITEMS_MAX),
            class_numbers: Mutex::default(),
            sums: Chunks::with_max(ITEMS_MAX * stride),
            numbers: Chunks::with_max(ITEMS_MAX * stride),
            few: Chunks::with_max(ITEMS_MAX * stride),
            set,
            version,
            epoch,
            sold,
            stride,
        };
        for (item, facts) in (0u32..).zip(directory.items.all()) {
            view.classify(item, facts);
        }
        view
    }

    /// The rules and pools.
    #[must_use]
    pub const fn set(&self) -> &RuleSet {
        &self.set
    }

    /// The number of the version; 0 when nobody has stated any.
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// Another one for each view of an index.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Bytes in memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let classes = self.class_of.bytes() + self.classes.bytes();
        self.sums.bytes() + self.numbers.bytes() + self.few.bytes() + classes
    }

    /// The pool of a shopper.
    #[must_use]
    pub fn pool_of(&self, shopper: &Shopper<'_>) -> Option<usize> {
        self.set.pool_of(shopper)
    }

    /// Items that it has sums of; their numbers are below.
    #[must_use]
    pub fn items(&self) -> u32 {
        self.items.load(Acquire)
    }

    /// The rules that are about an item.
    #[must_use]
    pub fn class(&self, item: u32) -> Bits {
        let class = self.class_of.at(item as usize).load(Acquire) as usize;
        let words = self.classes.run(class * Bits::WORDS, Bits::WORDS);
        Bits(std::array::from_fn(|word| words[word].load(Relaxed)))
    }

    /// Whether a location gives to a pool.
    #[must_use]
    pub fn gives(&self, location: u16, pool: usize) -> bool {
        self.pools(location) >> pool & 1 == 1
    }

    /// Whether a pool is for deliveries.
    #[must_use]
    pub fn ships(&self, pool: usize) -> bool {
        self.set.pools[pool].method == Method::Ship
    }

    /// An item's sum over a pool's locations.
    #[must_use]
    pub fn sum(&self, item: u32, pool: usize) -> i64 {
        i64::from(self.sums.at(item as usize * self.stride + pool).load(Relaxed))
    }

    /// Units that a pool may promise of an item: its sum less what is kept, and what already waits.
    #[must_use]
    pub fn number(&self, item: u32, pool: usize) -> i64 {
        let at = item as usize * self.stride + pool;
        match self.few.at(at).load(Acquire) {
            MANY => i64::from(self.numbers.at(at).load(Relaxed)),
            few => i64::from(few),
        }
    }

    fn put_number(&self, at: usize, number: i32) {
        self.numbers.at(at).store(number, Relaxed);
        self.few.at(at).store(u8::try_from(number).unwrap_or(MANY), Release);
    }

    /// Units that a location gives to a pool, whose rules tell what they make of it.
    pub fn available(
        &self,
        class: Bits,
        pool: usize,
        location: u16,
        units: Units,
        tell: impl FnMut(usize, i64),
    ) -> i64 {
        let rules = self.at_location[pool] & class;
        // Most items have none: then the location need not be looked up.
        let rules = if rules.is_empty() { rules } else { rules & self.about(location) };
        judge::gives(self.rules(rules), units, tell)
    }

    /// What campaigns leave of an item in a pool; `None` where none is about it.
    #[must_use]
    pub fn campaign_left(&self, item: u32, pool: usize) -> Option<i64> {
        let rules = self.rules(self.of_sum[pool] & self.class(item));
        let left = rules.filter_map(|(at, rule)| match rule.says {
            Says::Campaign(campaign) => Some(self.left_of(item, at, campaign)),
            _ => None,
        });
        left.min().map(|left| left.max(0))
    }

    fn left_of(&self, item: u32, rule: usize, campaign: Campaign) -> i64 {
        let counted = (!campaign.together).then_some(item);
        i64::from(campaign.units) - self.sold.of(&self.set.rules[rule].id, counted)
    }

    /// What becomes of a pool's sum of an item, of which others need some already.
    pub fn outer(
        &self,
        item: u32,
        class: Bits,
        pool: usize,
        sum: i64,
        needed: &Needed<'_>,
        tell: impl FnMut(usize, i64),
    ) -> Outer {
        let channel = self.set.pools[pool].channel.as_deref();
        let rules = self.rules(self.of_sum[pool] & class);
        let left_of = |rule, campaign| self.left_of(item, rule, campaign);
        judge::outer(rules, channel, sum, needed, left_of, tell)
    }

    fn rules(&self, bits: Bits) -> impl Iterator<Item = (usize, &Rule)> {
        bits.places().map(|at| (at, &self.set.rules[at]))
    }

    /// Takes a new item in, or one whose facts have changed. For the writer, before the item's sums.
    pub fn classify(&self, item: u32, facts: &ItemFacts) {
        let rules = &self.set.rules;
        let class = self.class_number(Bits::of(rules.len(), |rule| rules[rule].items.has(facts)));
        let items = item as usize + 1;
        self.sums.grow(items * self.stride);
        self.numbers.grow(items * self.stride);
        self.few.grow(items * self.stride);
        self.class_of.grow(items);
        self.class_of.at(item as usize).store(class, Release);
        self.items.fetch_max(item + 1, Release);
    }

    /// Adds to the sums what a change of a position makes. For the writer.
    pub fn moved(&self, stock: &Stock, item: u32, location: u16, before: Units, after: Units) {
        let (class, dated) = (self.class(item), stock.dated(item));
        let gives = |pool, units| self.available(class, pool, location, units, |_, _| ());
        for pool in ones(self.pools(location)) {
            let more = cut(gives(pool, after)).wrapping_sub(cut(gives(pool, before)));
            let sum = self.sums.at(item as usize * self.stride + pool);
            let now = sum.load(Relaxed).wrapping_add(more);
            sum.store(now, Relaxed);
            self.tell(class, item, pool, now, dated.as_deref());
        }
    }

    /// The items of rules: those that are about any of them, by number.
    #[must_use]
    pub fn items_of(&self, rules: Bits) -> Vec<u32> {
        (0..self.items()).filter(|item| !(self.class(*item) & rules).is_empty()).collect()
    }

    /// Makes the numbers of an item from its sums: something else is to come or to be given, or was sold.
    /// For the writer.
    pub fn retell(&self, stock: &Stock, item: u32) {
        let (class, dated) = (self.class(item), stock.dated(item));
        for pool in 0..self.set.pools.len() {
            let sum = self.sums.at(item as usize * self.stride + pool).load(Relaxed);
            self.tell(class, item, pool, sum, dated.as_deref());
        }
    }

    /// What may be promised of a pool for an instant (`None`: now), and why no more.
    #[must_use]
    pub fn least(
        &self,
        item: u32,
        class: Bits,
        pool: usize,
        sum: i64,
        dated: &Dated<u16>,
        from: Option<TimeMs>,
    ) -> Least {
        let judge =
            |sum, needed: &Needed<'_>| self.outer(item, class, pool, sum, needed, |_, _| ());
        dated.least(from, sum, self.ships(pool), |location| self.gives(location, pool), judge)
    }

    /// Apart, as the next: few items have rules about sums, fewer have dates, and all are told.
    #[inline(never)]
    fn number_by_rules(&self, item: u32, class: Bits, pool: usize, sum: i64) -> i64 {
        self.outer(item, class, pool, sum, &Needed::default(), |_, _| ()).number
    }

    #[cold]
    #[inline(never)]
    fn number_by_date(
        &self,
        item: u32,
        class: Bits,
        pool: usize,
        sum: i64,
        dated: &Dated<u16>,
    ) -> i64 {
        self.least(item, class, pool, sum, dated, None).outer.number
    }

    fn tell(&self, class: Bits, item: u32, pool: usize, sum: i32, dated: Option<&Dated<u16>>) {
        let sum = i64::from(sum);
        let number = match dated {
            None if (self.of_sum[pool] & class).is_empty() => sum.max(0),
            None => self.number_by_rules(item, class, pool, sum),
            Some(dated) => self.number_by_date(item, class, pool, sum, dated),
        };
        self.put_number(item as usize * self.stride + pool, cut(number));
    }

    /// The sum of an item in a pool, and its number. For the writer.
    pub(super) fn put_numbers(&self, item: u32, pool: usize, sum: i32, number: i32) {
        let at = item as usize * self.stride + pool;
        self.sums.at(at).store(sum, Relaxed);
        self.put_number(at, number);
    }

    /// Makes the sums of all items from nothing, on all cores.
    pub fn count_all(&self, stock: &Stock) {
        let next = AtomicU32::new(0);
        let work = || {
            loop {
                let start = next.fetch_add(STEP, Relaxed);
                let items = stock.items().min(self.items());
                if start >= items {
                    return;
                }
                self.count(stock, start..items.min(start + STEP));
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            (1..cores).for_each(|_| drop(scope.spawn(work)));
            work();
        });
        // What they are made of is known now.
        let known = self.items();
        let kits = stock.kits().into_iter().filter(|kit| *kit < known);
        kits.for_each(|kit| self.count_kit(stock, kit));
    }

    /// Makes the sums of some items from nothing; kits are left as they are.
    pub fn count(&self, stock: &Stock, items: Range<u32>) {
        for item in items.filter(|item| stock.kit(*item).is_none()) {
            let sums = stock.consistent(item, || self.summed(stock, item));
            let (class, dated) = (self.class(item), stock.dated(item));
            let places = self.sums.run(item as usize * self.stride, self.set.pools.len());
            for (pool, place) in places.iter().enumerate() {
                place.store(sums[pool], Relaxed);
                self.tell(class, item, pool, sums[pool], dated.as_deref());
            }
        }
    }

    /// An item's sums, made from nothing: by pool.
    fn summed(&self, stock: &Stock, item: u32) -> [i32; 64] {
        let (class, mut sums) = (self.class(item), [0i32; 64]);
        let plain = self.at_location.iter().all(|rules| (*rules & class).is_empty());
        stock.each(item, |location, units| {
            let mut pools = self.pools(location);
            if plain {
                let left = i64::from(units.on_hand) - i64::from(units.reserved);
                let left = cut((left - i64::from(units.safety)).max(0));
                while pools != 0 {
                    let sum = &mut sums[pools.trailing_zeros() as usize];
                    *sum = sum.wrapping_add(left);
                    pools &= pools - 1;
                }
                return;
            }
            for pool in ones(pools) {
                let left = self.available(class, pool, location, units, |_, _| ());
                sums[pool] = sums[pool].wrapping_add(cut(left));
            }
        });
        sums
    }

    fn about(&self, location: u16) -> Bits {
        self.locations.get(usize::from(location)).map(|(bits, _)| *bits).unwrap_or_default()
    }

    fn pools(&self, location: u16) -> u64 {
        self.locations.get(usize::from(location)).map_or(0, |(_, pools)| *pools)
    }

    fn class_number(&self, bits: Bits) -> u32 {
        let mut numbers = self.class_numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let next = u32::try_from(numbers.len()).expect("no more than items");
        *numbers.entry(bits).or_insert_with(|| {
            let start = next as usize * Bits::WORDS;
            self.classes.grow(start + Bits::WORDS);
            for (word, bits) in self.classes.run(start, Bits::WORDS).iter().zip(bits.0) {
                word.store(bits, Relaxed);
            }
            next
        })
    }
}

const _: () = assert!(PART.is_multiple_of(Bits::WORDS), "a class never crosses a part's end");

/// The rules that are about a location, and the pools that it gives to.
fn about(set: &RuleSet, facts: &LocationFacts) -> (Bits, u64) {
    let rules = Bits::of(set.rules.len(), |rule| set.rules[rule].locations.has(facts));
    let gives = set.pools.iter().map(|pool| facts.can(pool.method) && pool.locations.has(facts));
    let pools = gives.enumerate().fold(0, |pools, (at, gives)| pools | u64::from(gives) << at);
    (rules, pools)
}

/// As many units as a sum can count.
fn cut(units: i64) -> i32 {
    i32::try_from(units).unwrap_or(if units < 0 { i32::MIN } else { i32::MAX })
}
