//! The index: the stock, a view of it, and how far it has followed the log. One [`Writer`] changes it;
//! readers ask [`Index`] and never wait for a lock.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard,
    atomic::{
        AtomicI64, AtomicU64,
        Ordering::{Acquire, Relaxed, Release},
    },
};

use arc_swap::{ArcSwap, Guard};
use domain::clock::TimeMs;

use super::{
    bits::Bits,
    calm::Calm,
    dated::{Dated, Needed, plain},
    directory::Directory,
    kits::Kit,
    rules::{Rule, RuleSet, Says},
    scope::{ItemFacts, LocationFacts},
    sold::Sold,
    stock::{Stock, Units},
    terms::Terms,
    view::View,
};
use crate::calendar::{Calendar, Day};

/// Dates of supply that an answer tells.
const STEPS_MAX: usize = 5;

/// What can be promised, in memory.
#[derive(Debug)]
pub struct Index {
    stock: Stock,
    view: ArcSwap<View>,
    directory: RwLock<Directory>,
    sold: Arc<Sold>,
    place: AtomicI64,
    as_of: AtomicI64,
    /// How many changes of single items there have been.
    changes: AtomicU64,
    calm: Mutex<Calm>,
}

/// How far an index has followed the log: both of one moment, or the place the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The place in the log of stock changes that it has come to.
    pub place: i64,
    /// When that was the log's end.
    pub as_of: TimeMs,
}

/// One of the changes of an index. Every restart and every version of the rules begins an epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The epoch; each index begins with one of its own.
    pub epoch: u64,
    /// The change in it.
    pub change: u64,
}

/// The one who changes an index.
#[derive(Debug)]
pub struct Writer {
    index: Arc<Index>,
}

/// The index of a server: for everybody, and for the job that changes it.
#[derive(Debug)]
pub struct Promises {
    /// For everybody.
    pub index: Arc<Index>,
    writer: Mutex<Writer>,
    network_changes: AtomicU64,
    /// Held while other rules are tried: that takes as much memory as the sums.
    pub trials: tokio::sync::Mutex<()>,
}

impl Promises {
    /// With an empty index; `epoch` as for [`index`].
    #[must_use]
    pub fn new(epoch: u64) -> Self {
        let (index, writer) = index(epoch);
        Self {
            index,
            writer: Mutex::new(writer),
            network_changes: AtomicU64::new(0),
            trials: tokio::sync::Mutex::default(),
        }
    }

    /// For the job that follows the log.
    pub fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Items or locations have changed: they will be read again.
    pub fn network_changed(&self) {
        self.network_changes.fetch_add(1, Relaxed);
    }

    /// How often they have changed here.
    #[must_use]
    pub fn network_changes(&self) -> u64 {
        self.network_changes.load(Relaxed)
    }
}

/// An empty index, and the one who changes it. `epoch` must be another one for each index that a reader
/// of feeds may meet: a random number.
#[must_use]
pub fn index(epoch: u64) -> (Arc<Index>, Writer) {
    let (directory, sold) = (Directory::default(), Arc::<Sold>::default());
    let none = RuleSet::default();
    let view = View::new(none, (0, epoch), TimeMs(0), &directory, Arc::clone(&sold));
    let index = Arc::new(Index {
        stock: Stock::default(),
        view: ArcSwap::from_pointee(view),
        directory: RwLock::new(directory),
        sold,
        place: AtomicI64::new(0),
        as_of: AtomicI64::new(0),
        changes: AtomicU64::new(0),
        calm: Mutex::default(),
    });
    (Arc::clone(&index), Writer { index })
}

impl Index {
    /// The positions.
    #[must_use]
    pub const fn stock(&self) -> &Stock {
        &self.stock
    }

    /// The view of now. Ask it once for one answer.
    #[must_use]
    pub fn view(&self) -> Guard<Arc<View>> {
        self.view.load()
    }

    /// Items and locations.
    pub fn directory(&self) -> RwLockReadGuard<'_, Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was sold under rules that count.
    #[must_use]
    pub const fn sold(&self) -> &Arc<Sold> {
        &self.sold
    }

    /// How far it has followed; `None` before it has come to the log's end once.
    #[must_use]
    pub fn seen(&self) -> Option<Seen> {
        let as_of = self.as_of.load(Acquire);
        let seen = Seen { place: self.place.load(Relaxed), as_of: TimeMs(as_of) };
        (as_of != 0).then_some(seen)
    }

    /// The last change that had been committed by an instant; `None` where the index has not come so far
    /// yet, or does not know any more. An item whose stamp is no later was at `at` as it is now.
    #[must_use]
    pub fn calm_at(&self, at: TimeMs) -> Option<u64> {
        let has_come = self.seen().is_some_and(|seen| seen.as_of >= at);
        let calm = self.calm.lock().unwrap_or_else(PoisonError::into_inner);
        if has_come { calm.at(at) } else { None }
    }

    /// Which of all changes is the last that can be seen in a view. A view that is no longer the newest
    /// does not know the changes since, but its epoch is not theirs.
    #[must_use]
    pub fn mark(&self, view: &View) -> Mark {
        Mark { epoch: view.epoch(), change: self.changes.load(Acquire) }
    }

    /// Units that a pool may promise of an item.
    #[must_use]
    pub fn number(&self, view: &View, item: u32, pool: usize) -> i64 {
        view.number(item, pool)
    }

    /// Units that one location gives to a pool, less those that customers wait for there.
    #[must_use]
    pub fn number_at(&self, view: &View, item: u32, pool: usize, location: u16) -> i64 {
        if !view.gives(location, pool) {
            return 0;
        }
        if self.stock.is_marked(item) {
            return self.marked_at(view, item, pool, location);
        }
        let units = self.stock.consistent(item, || self.stock.get(item, location));
        view.available(view.class(item), pool, location, units, |_, _| ())
    }

    #[cold]
    fn marked_at(&self, view: &View, item: u32, pool: usize, location: u16) -> i64 {
        match self.stock.kit(item) {
            Some(kit) => view.kits_at(&self.stock, (item, &kit), pool, location, |_, _| ()),
            None => view.here(&self.stock, item, pool, location),
        }
    }

    /// Every location of a pool that has a position of an item, or could give a kit, and the units that it
    /// gives.
    #[must_use]
    pub fn numbers_at(&self, view: &View, item: u32, pool: usize) -> Vec<(u16, i64)> {
        let class = view.class(item);
        if let Some(kit) = self.stock.kit(item) {
            let at = |at| (at, view.kits_at(&self.stock, (item, &kit), pool, at, |_, _| ()));
            return view.places(&self.stock, &kit, pool).into_iter().map(at).collect();
        }
        let (mut positions, dated) = self.stock.consistent(item, || {
            let mut positions = Vec::new();
            self.stock.each(item, |location, units| positions.push((location, units)));
            (positions, self.stock.dated(item))
        });
        positions.retain(|(location, _)| view.gives(*location, pool));
        let gives = |(location, units)| {
            let units = view.available(class, pool, location, units, |_, _| ());
            (location, dated.as_ref().map_or(units, |dated| dated.now_at(location, units)))
        };
        positions.into_iter().map(gives).collect()
    }

    /// Units that a pool may promise of an item for an instant.
    #[must_use]
    pub fn number_on(&self, view: &View, item: u32, pool: usize, at: TimeMs) -> i64 {
        let Some(dated) = self.dated_alone(item) else { return view.number(item, pool) };
        let sum = self.stock.consistent(item, || view.sum(item, pool));
        view.least(item, view.class(item), pool, sum, &dated, Some(at)).outer.number
    }

    /// Every instant from which on a pool may promise more of an item than before: now first.
    #[must_use]
    pub fn steps(&self, view: &View, item: u32, pool: usize) -> Vec<(Option<TimeMs>, i64)> {
        let Some(dated) = self.dated_alone(item) else {
            return vec![(None, view.number(item, pool))];
        };
        let class = view.class(item);
        let judge =
            |sum, needed: &Needed<'_>| view.outer(item, class, pool, sum, needed, |_, _| ());
        let sum = self.stock.consistent(item, || view.sum(item, pool));
        dated.steps(sum, view.ships(pool), |location| view.gives(location, pool), judge, STEPS_MAX)
    }

    /// The same at one location.
    #[must_use]
    pub fn steps_at(
        &self,
        view: &View,
        item: u32,
        pool: usize,
        location: u16,
    ) -> Vec<(Option<TimeMs>, i64)> {
        let now = || vec![(None, self.number_at(view, item, pool, location))];
        let Some(dated) = self.dated_alone(item).filter(|_| view.gives(location, pool)) else {
            return now();
        };
        let units = self.stock.consistent(item, || self.stock.get(item, location));
        let sum = view.available(view.class(item), pool, location, units, |_, _| ());
        dated.at(location).steps(sum, false, |_| true, plain, STEPS_MAX)
    }

    /// How an item is sold beyond what is there and coming.
    #[must_use]
    pub fn terms(&self, item: u32) -> Terms {
        self.dated_alone(item).map_or_else(Terms::default, |dated| *dated.terms())
    }

    /// What is to come of an item that is no kit, and to be given.
    fn dated_alone(&self, item: u32) -> Option<Arc<Dated<u16>>> {
        self.stock.dated(item).filter(|_| self.stock.kit(item).is_none())
    }

    /// Bytes in memory, by what they are for.
    #[must_use]
    pub fn bytes(&self) -> [(&'static str, usize); 2] {
        [("positions", self.stock.bytes()), ("sums", self.view.load().bytes())]
    }
}

impl Writer {
    /// The index that it changes.
    #[must_use]
    pub const fn index(&self) -> &Arc<Index> {
        &self.index
    }

    /// Takes an item in, or what is new about it; its number.
    pub fn item(&mut self, key: i64, facts: ItemFacts) -> u32 {
        let sku = Arc::clone(&facts.sku);
        let mut directory = self.index.directory.write().unwrap_or_else(PoisonError::into_inner);
        let (item, changed) = directory.items.put(key, &sku, facts);
        if changed {
            self.index.stock.grow_items(item + 1);
            let view = self.index.view.load();
            view.classify(item, directory.items.facts(item));
            view.count(&self.index.stock, item..item + 1);
            view.count_kit(&self.index.stock, item);
            self.stamp(item);
            self.count_kits_with(item);
        }
        item
    }

    /// An item is made of this now; `None`: it is no kit.
    pub fn kit(&mut self, item: u32, kit: Option<Kit>) {
        let (stock, view) = (&self.index.stock, self.index.view.load());
        if stock.kit(item).as_deref() != kit.as_ref() {
            stock.put_kit(item, kit);
            view.count(stock, item..item + 1);
            view.count_kit(stock, item);
            self.stamp(item);
        }
    }

    /// There is another number of an item: of the kits that it is part of, too.
    fn count_kits_with(&self, item: u32) {
        let (stock, view) = (&self.index.stock, self.index.view.load());
        for kit in stock.kits_with(item) {
            view.count_kit(stock, kit);
            self.stamp(kit);
        }
    }

    /// Takes a location in, or what is new about it; its number, and whether anything has changed.
    /// Then the view has to be made again ([`Writer::look`]).
    ///
    /// # Panics
    /// There are 65,536 locations already.
    pub fn location(&mut self, key: i64, facts: LocationFacts) -> (u16, bool) {
        let id = Arc::clone(&facts.id);
        let mut directory = self.index.directory.write().unwrap_or_else(PoisonError::into_inner);
        let at = facts.coordinates;
        let (location, changed) = directory.locations.put(key, &id, facts);
        directory.points.put(location, at);
        (u16::try_from(location).expect("at most 65,536 locations"), changed)
    }

    /// Locations work like this now, by their keys; no number changes by it.
    pub fn calendars(&mut self, calendars: Vec<(i64, Calendar)>) {
        let mut directory = self.index.directory.write().unwrap_or_else(PoisonError::into_inner);
        let Directory { locations, calendars: known, .. } = &mut *directory;
        let number = |(key, calendar)| Some((locations.by_key(key)?, calendar));
        known.put(calendars.into_iter().filter_map(number));
    }

    /// These days of locations, by their keys, take no more orders now.
    pub fn full_days(&mut self, full: Vec<(i64, Day)>) {
        let mut directory = self.index.directory.write().unwrap_or_else(PoisonError::into_inner);
        let Directory { locations, calendars, .. } = &mut *directory;
        let number = |(key, day)| Some((locations.by_key(key)?, day));
        calendars.fill(full.into_iter().filter_map(number));
    }

    /// Looks at everything by these rules from now on.
    pub fn look(&mut self, set: RuleSet, version: i64, at: TimeMs) {
        let sold = Arc::clone(&self.index.sold);
        let epoch = self.index.view.load().epoch().wrapping_add(1);
        let view = View::new(set, (version, epoch), at, &self.index.directory(), sold);
        view.count_all(&self.index.stock);
        self.index.view.store(Arc::new(view));
    }

    fn stamp(&self, item: u32) {
        let change = self.index.changes.load(Relaxed) + 1;
        self.index.stock.put_stamp(item, change);
        self.index.changes.store(change, Release);
    }

    /// Looks at everything anew by the same rules: time has passed, or locations have changed.
    pub fn look_again(&mut self, at: TimeMs) {
        let (set, version) = {
            let view = self.index.view.load();
            (view.set().clone(), view.version())
        };
        self.look(set, version, at);
    }

    /// Gives an item all its positions, ascending by location: cheaper than one by one for an item that
    /// has none. The view has to be made again afterwards.
    pub fn fill(&mut self, item: u32, positions: &[(u16, Units)]) {
        if self.index.stock.has_positions(item) {
            positions.iter().for_each(|(location, units)| self.put(item, *location, *units));
        } else {
            self.index.stock.fill(item, positions);
        }
    }

    /// A position is like this now.
    pub fn put(&mut self, item: u32, location: u16, units: Units) {
        self.place(item, location, units);
        self.tell(item);
    }

    /// This is to come of an item now, and to be given.
    pub fn date(&mut self, item: u32, dated: Dated<u16>) {
        if self.redate(item, dated) {
            self.tell(item);
        }
    }

    /// Positions of an item are like this now, and this is to come and to be given: what an order waited for
    /// and what it was given of that are seen to change together.
    pub fn put_dated(&mut self, item: u32, positions: &[(u16, Units)], dated: Dated<u16>) {
        self.index.stock.change(item, || {
            positions.iter().for_each(|(location, units)| self.place(item, *location, *units));
            self.redate(item, dated);
        });
        self.tell(item);
    }

    fn place(&self, item: u32, location: u16, units: Units) {
        let (stock, view) = (&self.index.stock, self.index.view.load());
        let is_kit = stock.kit(item).is_some();
        let also = |before| {
            // What stands somewhere under the number of a kit is not promised.
            if !is_kit {
                view.moved(stock, item, location, before, units);
            }
        };
        stock.put(item, location, units, also);
    }

    /// Whether anything about the dates is new.
    fn redate(&self, item: u32, dated: Dated<u16>) -> bool {
        let (stock, view) = (&self.index.stock, self.index.view.load());
        let is_new = stock.dated(item).as_deref().unwrap_or(&Dated::default()) != &dated;
        let is_kit = stock.kit(item).is_some();
        let also = || {
            if !is_kit {
                view.retell(stock, item);
            }
        };
        if is_new {
            stock.date(item, dated, also);
        }
        is_new
    }

    /// Something about an item is new, which may be part of kits.
    fn tell(&self, item: u32) {
        self.stamp(item);
        self.count_kits_with(item);
    }

    /// So many units were sold under rules: of an item, or of all items of the rule together. A look at
    /// every item, where something is new about items together.
    pub fn sold(&mut self, counts: &[(String, Option<u32>, i64)]) {
        let (stock, view) = (&self.index.stock, self.index.view.load());
        let is_new = |(rule, item, units): &&(String, Option<u32>, i64)| {
            self.index.sold.put(rule, *item, *units)
        };
        let counts: Vec<_> = counts.iter().filter(is_new).collect();
        let rules = &view.set().rules;
        let is_together = |rule: &Rule| {
            let counts = || counts.iter().any(|(of, item, _)| item.is_none() && *of == rule.id);
            matches!(rule.says, Says::Campaign(of) if of.together) && counts()
        };
        let together = Bits::of(rules.len(), |at| is_together(&rules[at]));
        let mut items: Vec<u32> = counts.iter().filter_map(|(_, item, _)| *item).collect();
        if !together.is_empty() {
            items.extend(view.items_of(together));
        }
        for item in items {
            if stock.kit(item).is_some() {
                view.count_kit(stock, item);
            } else {
                view.retell(stock, item);
            }
            self.stamp(item);
            self.count_kits_with(item);
        }
    }

    /// The index has followed the log so far; by `looked` everything of it had been committed.
    pub fn seen(&mut self, seen: Seen, looked: TimeMs) {
        let changes = self.index.changes.load(Relaxed);
        let mut calm = self.index.calm.lock().unwrap_or_else(PoisonError::into_inner);
        calm.note(looked, changes);
        drop(calm);
        self.index.place.store(seen.place, Relaxed);
        self.index.as_of.store(seen.as_of.0.max(1), Release);
    }
}
