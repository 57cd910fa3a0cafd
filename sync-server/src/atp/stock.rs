//! Positions in memory, by item and then by location: what is on the shelf, promised and kept back.
//! One writer, any number of readers, no lock.
//!
//! An item's positions stand next to each other, ascending by location, with room for some more. When
//! the room is used up they move to a longer run; the old one is left behind until the next start.
//! A reader of several values asks through [`Stock::consistent`].

use std::{
    collections::HashMap,
    hint,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{
            AtomicI32, AtomicU16, AtomicU32, AtomicU64,
            Ordering::{Acquire, Relaxed, Release},
            fence,
        },
    },
};

use super::{
    chunks::{Chunks, PART},
    dated::Dated,
    kits::Kit,
};

/// Items of an index.
pub const ITEMS_MAX: usize = 1 << 24;
/// Places for positions, those left behind included.
const PLACES_MAX: usize = 1 << 29;
/// Version counters; items share them by number.
const LOCKS: usize = 1 << 12;

/// What stands at one location, in units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Units {
    /// Sellable units on the shelf.
    pub on_hand: i32,
    /// Units that are promised.
    pub reserved: i32,
    /// Units that are never promised there, by the location's own statement.
    pub safety: i32,
}

/// Marks the run of an item that is more than its positions: places need 29 of the 32 bits, and whoever
/// looks at an item looks at its run anyway.
const MARKED: u64 = 1 << 63;

/// What few items have beside positions.
#[derive(Debug, Clone, Default)]
struct Marks {
    /// What is to come of it, and to be given.
    dated: Option<Arc<Dated<u16>>>,
    /// What it is made of.
    kit: Option<Arc<Kit>>,
    /// Kits that it is part of.
    kits: Vec<u32>,
}

impl Marks {
    fn is_empty(&self) -> bool {
        self.dated.is_none() && self.kit.is_none() && self.kits.is_empty()
    }
}

/// Where an item's positions stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Run {
    start: u32,
    len: u16,
    room: u16,
}

impl Run {
    fn of(packed: u64) -> Self {
        let packed = packed & !MARKED;
        let [start, rest] = [packed >> 32, packed & 0xffff_ffff];
        let cut = |value: u64| u16::try_from(value & 0xffff).expect("sixteen bits");
        let start = u32::try_from(start).expect("thirty-two bits");
        Self { start, len: cut(rest >> 16), room: cut(rest) }
    }

    fn packed(self) -> u64 {
        u64::from(self.start) << 32 | u64::from(self.len) << 16 | u64::from(self.room)
    }

    fn place(self, at: usize) -> usize {
        self.start as usize + at
    }
}

/// All positions.
#[derive(Debug)]
pub struct Stock {
    runs: Chunks<AtomicU64>,
    locations: Chunks<AtomicU16>,
    on_hand: Chunks<AtomicI32>,
    reserved: Chunks<AtomicI32>,
    safety: Chunks<AtomicI32>,
    /// Of items whose run is marked.
    marks: RwLock<HashMap<u32, Marks>>,
    /// The change of the index that last was about each item.
    stamps: Chunks<AtomicU64>,
    /// Odd while an item of this number is being changed.
    versions: Box<[AtomicU32]>,
    items: AtomicU32,
    /// The first place that no run has.
    end: AtomicU32,
    positions: AtomicU64,
}

impl Default for Stock {
    fn default() -> Self {
        Self {
            runs: Chunks::with_max(ITEMS_MAX),
            locations: Chunks::with_max(PLACES_MAX),
            on_hand: Chunks::with_max(PLACES_MAX),
            reserved: Chunks::with_max(PLACES_MAX),
            safety: Chunks::with_max(PLACES_MAX),
            marks: RwLock::default(),
            stamps: Chunks::with_max(ITEMS_MAX),
            versions: (0..LOCKS).map(|_| AtomicU32::new(0)).collect(),
            items: AtomicU32::new(0),
            end: AtomicU32::new(0),
            positions: AtomicU64::new(0),
        }
    }
}

impl Stock {
    /// Items that exist; their numbers are below.
    #[must_use]
    pub fn items(&self) -> u32 {
        self.items.load(Acquire)
    }

    /// Positions that exist.
    #[must_use]
    pub fn positions(&self) -> u64 {
        self.positions.load(Relaxed)
    }

    /// Bytes in memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.runs.bytes()
            + self.locations.bytes()
            + self.on_hand.bytes()
            + self.reserved.bytes()
            + self.safety.bytes()
            + self.stamps.bytes()
    }

    /// Makes the items below `items` exist, without positions. For the writer.
    pub fn grow_items(&self, items: u32) {
        self.runs.grow(items as usize);
        self.stamps.grow(items as usize);
        self.items.fetch_max(items, Release);
    }

    /// Looks at one item until nothing of it changed meanwhile.
    pub fn consistent<T>(&self, item: u32, look: impl Fn() -> T) -> T {
        let version = self.version(item);
        loop {
            let before = version.load(Acquire);
            if before.is_multiple_of(2) {
                let seen = look();
                fence(Acquire);
                if version.load(Relaxed) == before {
                    return seen;
                }
            }
            hint::spin_loop();
        }
    }

    /// What stands at a location; nothing where there is no position.
    #[must_use]
    pub fn get(&self, item: u32, location: u16) -> Units {
        let run = self.run(item);
        self.find(run, location).map_or_else(|_| Units::default(), |at| self.units(run, at))
    }

    /// What stands at a location; `None` where there is no position.
    #[must_use]
    pub fn find_units(&self, item: u32, location: u16) -> Option<Units> {
        let run = self.run(item);
        self.find(run, location).ok().map(|at| self.units(run, at))
    }

    /// Whether an item stands anywhere.
    #[must_use]
    pub fn has_positions(&self, item: u32) -> bool {
        self.run(item).len > 0
    }

    /// Every position of an item, ascending by location.
    pub fn each(&self, item: u32, mut tell: impl FnMut(u16, Units)) {
        let run = self.run(item);
        let (start, len) = (run.start as usize, usize::from(run.len));
        let locations = self.locations.run(start, len);
        let on_hand = self.on_hand.run(start, len);
        let reserved = self.reserved.run(start, len);
        let safety = self.safety.run(start, len);
        for at in 0..len {
            let units = Units {
                on_hand: on_hand[at].load(Relaxed),
                reserved: reserved[at].load(Relaxed),
                safety: safety[at].load(Relaxed),
            };
            tell(locations[at].load(Relaxed), units);
        }
    }

    /// What is to come of an item and what is to be given; `None` for most.
    #[must_use]
    pub fn dated(&self, item: u32) -> Option<Arc<Dated<u16>>> {
        self.marked(item, |marks| marks.dated.clone())
    }

    /// What an item is made of, if it is a kit.
    #[must_use]
    pub fn kit(&self, item: u32) -> Option<Arc<Kit>> {
        self.marked(item, |marks| marks.kit.clone())
    }

    /// Kits that an item is part of.
    #[must_use]
    pub fn kits_with(&self, item: u32) -> Vec<u32> {
        self.marked(item, |marks| Some(marks.kits.clone())).unwrap_or_default()
    }

    /// All kits.
    #[must_use]
    pub fn kits(&self) -> Vec<u32> {
        let marks = self.marks.read().unwrap_or_else(PoisonError::into_inner);
        marks.iter().filter(|(_, marks)| marks.kit.is_some()).map(|(item, _)| *item).collect()
    }

    /// Whether an item is more than its positions.
    #[must_use]
    pub fn is_marked(&self, item: u32) -> bool {
        self.runs.at(item as usize).load(Relaxed) & MARKED != 0
    }

    fn marked<T>(&self, item: u32, look: impl FnOnce(&Marks) -> Option<T>) -> Option<T> {
        if !self.is_marked(item) {
            return None;
        }
        let marks = self.marks.read().unwrap_or_else(PoisonError::into_inner);
        marks.get(&item).and_then(look)
    }

    fn mark(&self, item: u32, change: impl FnOnce(&mut Marks)) {
        let mut marks = self.marks.write().unwrap_or_else(PoisonError::into_inner);
        let of = marks.entry(item).or_default();
        change(of);
        let is_empty = of.is_empty();
        if is_empty {
            marks.remove(&item);
        }
        let run = self.runs.at(item as usize);
        let plain = run.load(Relaxed) & !MARKED;
        run.store(if is_empty { plain } else { plain | MARKED }, Release);
    }

    /// The change of the index that last was about an item.
    #[must_use]
    pub fn stamp(&self, item: u32) -> u64 {
        self.stamps.at(item as usize).load(Relaxed)
    }

    /// A change of the index was about an item. For the writer.
    pub fn put_stamp(&self, item: u32, change: u64) {
        self.stamps.at(item as usize).store(change, Relaxed);
    }

    /// This is to come of an item now, and to be given. `also` as with [`Stock::put`]. For the writer.
    pub fn date(&self, item: u32, is: Dated<u16>, also: impl FnOnce()) {
        self.change(item, || {
            self.mark(item, |of| of.dated = (!is.is_empty()).then(|| Arc::new(is)));
            also();
        });
    }

    /// An item is made of this now; `None`: it is no kit. For the writer.
    pub fn put_kit(&self, item: u32, kit: Option<Kit>) {
        let before = self.kit(item);
        for part in before.iter().flat_map(|kit| kit.parts()) {
            self.mark(part.item, |of| of.kits.retain(|kit| *kit != item));
        }
        for part in kit.iter().flat_map(Kit::parts) {
            self.mark(part.item, |of| of.kits.push(item));
        }
        self.change(item, || self.mark(item, |of| of.kit = kit.map(Arc::new)));
    }

    /// Changes a position, which is made when it is missing; says what stood there before. `also`
    /// runs while readers of the item wait. For the writer, of which there is one.
    ///
    /// # Panics
    /// The item does not exist, or there is no place left.
    pub fn put(&self, item: u32, location: u16, units: Units, also: impl FnOnce(Units)) {
        let run = self.run(item);
        let found = self.find(run, location);
        let before = found.map_or_else(|_| Units::default(), |at| self.units(run, at));
        self.change(item, || {
            match found {
                Ok(at) => self.store(run, at, location, units),
                Err(at) => self.insert(item, run, at, location, units),
            }
            also(before);
        });
    }

    /// Gives an item without positions all of them at once, ascending by location. For the writer, at
    /// the start: nothing is left behind.
    ///
    /// # Panics
    /// As [`Stock::put`], or the item has positions.
    pub fn fill(&self, item: u32, positions: &[(u16, Units)]) {
        assert_eq!(self.run(item), Run::default(), "the item has no positions yet");
        let len = u16::try_from(positions.len()).expect("fewer locations than sixteen bits count");
        let mut run = self.claim(len.saturating_add(len / 8 + 1));
        for (at, &(location, units)) in positions.iter().enumerate() {
            self.store(run, at, location, units);
        }
        run.len = len;
        self.change(item, || self.put_run(item, run));
        self.positions.fetch_add(u64::from(len), Relaxed);
    }

    /// Changes several things of an item, of which readers that ask through [`Stock::consistent`] see none
    /// or all. For the writer.
    pub fn change(&self, item: u32, change: impl FnOnce()) {
        let version = self.version(item);
        let before = version.load(Relaxed);
        if !before.is_multiple_of(2) {
            // Inside another change of it.
            return change();
        }
        version.store(before.wrapping_add(1), Relaxed);
        fence(Release);
        change();
        version.store(before.wrapping_add(2), Release);
    }

    fn insert(&self, item: u32, run: Run, at: usize, location: u16, units: Units) {
        let mut to = run;
        if run.len == run.room {
            to = self.longer(run);
            (0..at).for_each(|at| self.copy(run, at, to, at));
        }
        (at..usize::from(run.len)).rev().for_each(|from| self.copy(run, from, to, from + 1));
        self.store(to, at, location, units);
        to.len += 1;
        // Whoever sees the run sees its places.
        self.put_run(item, to);
        self.positions.fetch_add(1, Relaxed);
    }

    /// A run with the same number of positions and room for more.
    fn longer(&self, run: Run) -> Run {
        let room = run.room.saturating_add((run.room / 4).max(2));
        assert!(room > run.len, "an item is at fewer locations than sixteen bits can count");
        Run { len: run.len, ..self.claim(room) }
    }

    /// An empty run behind all others.
    fn claim(&self, room: u16) -> Run {
        let (len, end) = (usize::from(room), self.end.load(Relaxed) as usize);
        let crosses = end % PART + len > PART;
        let start = if crosses { end.next_multiple_of(PART) } else { end };
        self.locations.grow(start + len);
        self.on_hand.grow(start + len);
        self.reserved.grow(start + len);
        self.safety.grow(start + len);
        let place = |at: usize| u32::try_from(at).expect("below PLACES_MAX");
        self.end.store(place(start + len), Relaxed);
        Run { start: place(start), len: 0, room }
    }

    fn copy(&self, from: Run, at: usize, to: Run, to_at: usize) {
        let location = self.locations.at(from.place(at)).load(Relaxed);
        self.store(to, to_at, location, self.units(from, at));
    }

    fn store(&self, run: Run, at: usize, location: u16, units: Units) {
        let place = run.place(at);
        self.locations.at(place).store(location, Relaxed);
        self.on_hand.at(place).store(units.on_hand, Relaxed);
        self.reserved.at(place).store(units.reserved, Relaxed);
        self.safety.at(place).store(units.safety, Relaxed);
    }

    fn units(&self, run: Run, at: usize) -> Units {
        let place = run.place(at);
        Units {
            on_hand: self.on_hand.at(place).load(Relaxed),
            reserved: self.reserved.at(place).load(Relaxed),
            safety: self.safety.at(place).load(Relaxed),
        }
    }

    fn find(&self, run: Run, location: u16) -> Result<usize, usize> {
        let locations = self.locations.run(run.start as usize, usize::from(run.len));
        locations.binary_search_by(|at| at.load(Relaxed).cmp(&location))
    }

    fn put_run(&self, item: u32, run: Run) {
        let at = self.runs.at(item as usize);
        at.store(at.load(Relaxed) & MARKED | run.packed(), Release);
    }

    fn run(&self, item: u32) -> Run {
        Run::of(self.runs.at(item as usize).load(Acquire))
    }

    fn version(&self, item: u32) -> &AtomicU32 {
        &self.versions[item as usize % LOCKS]
    }
}
