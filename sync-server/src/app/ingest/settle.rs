//! What a source's word about one shelf means, given our books: pure. A count states what *was*
//! there; what happened since is in our ledger. A sale that a later count has already found missing
//! explains the difference and takes nothing from the shelf.
//!
//! What it deliberately does not do: know the source's file, or tell an event that was taken before
//! (its caller does, by id).

use domain::{
    clock::TimeMs,
    stock::{Place, StockEvent},
};

use crate::{
    db::shelves::{Change, Confirmed, Key, Shelf, Since},
    ingest::profile::Includes,
};

/// Which units a count states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// What is sellable.
    Shelf,
    /// Display pieces.
    Display,
    /// Damaged units.
    Damaged,
    /// Units on quality hold.
    Quality,
}

/// What a source says of one shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// So many were there.
    Count(Counted, i64),
    /// So many came or left.
    Moved(StockEvent, u32),
}

/// What becomes of a source's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It changed the books.
    Accepted,
    /// It says what the books say.
    Unchanged,
    /// It is older than what is known.
    Ignored,
    /// It would move so many units that a person must look first.
    Held {
        /// Units more (or less, negative) than the books have.
        more: i64,
    },
}

/// One line of the ledger to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The event, in a word.
    pub cause: StockEvent,
    /// From where.
    pub from: Place,
    /// To where.
    pub to: Place,
    /// Units, above 0.
    pub units: i64,
    /// When it happened.
    pub at: TimeMs,
    /// Which of the batch's facts caused it, by its place.
    pub fact: usize,
}

/// One shelf while a batch's words about it are settled in order.
#[derive(Debug)]
pub struct Book {
    shelf: Shelf,
    /// Its newest count before.
    known_at: TimeMs,
    /// There is no position yet.
    is_missing: bool,
    /// Nobody has said anything of this place before.
    is_new: bool,
    change: Change,
    confirmed: Option<TimeMs>,
    /// Movements of this very batch: when, and units to the shelf.
    moved: Vec<(TimeMs, i64)>,
    /// The ledger to be.
    pub entries: Vec<Entry>,
}

impl Book {
    /// Opens the books of a place.
    #[must_use]
    pub fn open(key: Key, known: Option<Shelf>) -> Self {
        let (nothing, never) = (domain::stock::Position::default(), TimeMs(0));
        let empty = Shelf { key, position: nothing, counted_at: never, moved_at: never, rev: 0 };
        let is_missing = known.is_none();
        let shelf = known.unwrap_or(empty);
        let rev = shelf.rev;
        let change = Change { key, delta: nothing, counted_at: never, moved_at: never, rev };
        Self {
            known_at: shelf.counted_at,
            shelf,
            is_missing,
            is_new: is_missing,
            change,
            confirmed: None,
            moved: Vec::new(),
            entries: Vec::new(),
        }
    }

    /// Whether there is no position of the place yet.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        self.is_missing
    }

    /// Whether a count of this time needs to know what the ledger says that happened since.
    #[must_use]
    pub fn needs_since(shelf: &Shelf, at: TimeMs, includes: Includes) -> bool {
        shelf.moved_at > at || includes != Includes::default()
    }

    /// Settles one word. `since` is what the ledger had before this batch; counts that differ by
    /// more than `hold_above` units are held.
    pub fn settle(
        &mut self,
        (fact, said, at): (usize, Said, TimeMs),
        includes: Includes,
        since: Since,
        hold_above: Option<i64>,
    ) -> Fate {
        match said {
            Said::Count(counted, units) => {
                if at < self.shelf.counted_at {
                    return Fate::Ignored;
                }
                let more = match counted {
                    Counted::Shelf => units + self.since(at, includes, since) - self.here(includes),
                    Counted::Display => units - self.shelf.position.display,
                    Counted::Damaged => units - self.shelf.position.damaged,
                    Counted::Quality => units - self.shelf.position.quality,
                };
                self.count(counted, more, at, hold_above, fact)
            }
            Said::Moved(event, units) => self.happened(event, units, at, fact),
        }
    }

    /// What the books have now of what the source counts.
    const fn here(&self, includes: Includes) -> i64 {
        let p = &self.shelf.position;
        let mut here = p.on_hand;
        if includes.picked {
            here += p.picked;
        }
        if includes.staged {
            here += p.staged;
        }
        if !includes.reserved {
            here -= p.reserved;
        }
        here
    }

    /// How that has changed after the count.
    fn since(&self, at: TimeMs, includes: Includes, ledger: Since) -> i64 {
        let batch: i64 = self.moved.iter().filter(|(when, _)| *when > at).map(|(_, u)| u).sum();
        let mut since = ledger.shelf + batch;
        if includes.picked {
            since += ledger.picked;
        }
        if includes.staged {
            since += ledger.staged;
        }
        if !includes.reserved {
            since -= ledger.reserved;
        }
        since
    }

    fn count(
        &mut self,
        counted: Counted,
        more: i64,
        at: TimeMs,
        hold_above: Option<i64>,
        fact: usize,
    ) -> Fate {
        if !self.is_new && hold_above.is_some_and(|most| more.abs() > most) {
            return Fate::Held { more };
        }
        if counted == Counted::Shelf {
            self.shelf.counted_at = at;
            self.change.counted_at = at;
        }
        if more == 0 {
            self.confirmed = self.confirmed.max(Some(at));
            // The first word about a place makes it known, even if it says "none".
            return if std::mem::take(&mut self.is_new) { Fate::Accepted } else { Fate::Unchanged };
        }
        let event = self.difference(counted, more > 0);
        self.is_new = false;
        let (from, to) = event.movement().places.expect("counts move units");
        self.carry(Entry { cause: event, from, to, units: more.abs(), at, fact });
        Fate::Accepted
    }

    const fn difference(&self, counted: Counted, is_more: bool) -> StockEvent {
        use StockEvent::{
            CountLess, CountMore, DamagedLess, DamagedMore, DisplayLess, DisplayMore, QualityLess,
            QualityMore, Receipt,
        };
        match (counted, is_more) {
            (Counted::Shelf, true) if self.is_new => Receipt,
            (Counted::Shelf, true) => CountMore,
            (Counted::Shelf, false) => CountLess,
            (Counted::Display, true) => DisplayMore,
            (Counted::Display, false) => DisplayLess,
            (Counted::Damaged, true) => DamagedMore,
            (Counted::Damaged, false) => DamagedLess,
            (Counted::Quality, true) => QualityMore,
            (Counted::Quality, false) => QualityLess,
        }
    }

    fn happened(&mut self, event: StockEvent, units: u32, at: TimeMs, fact: usize) -> Fate {
        let Some(places) = event.movement().places else { return Fate::Ignored };
        let is_counted = at <= self.shelf.counted_at;
        // A count has found it already: the books' own adjustment is what is explained by it.
        let (from, to) = if is_counted { counted_out(places) } else { places };
        if units == 0 || from == to {
            return Fate::Ignored;
        }
        self.is_new = false;
        let units = i64::from(units);
        self.carry(Entry { cause: event, from, to, units, at, fact });
        if !is_counted {
            let to_shelf = if to == Place::Shelf { units } else { -units };
            self.moved.push((at, to_shelf));
            self.change.moved_at = self.change.moved_at.max(at);
        }
        Fate::Accepted
    }

    fn carry(&mut self, entry: Entry) {
        self.shelf.position.carry(entry.from, entry.to, entry.units);
        self.change.delta.carry(entry.from, entry.to, entry.units);
        self.entries.push(entry);
    }

    /// What is to be written of the position, if anything moved.
    #[must_use]
    pub fn change(&self) -> Option<Change> {
        (!self.entries.is_empty()).then_some(self.change)
    }

    /// A count that is newer than all before, and found everything as it is.
    #[must_use]
    pub fn confirmed(&self) -> Option<Confirmed> {
        let at = self.confirmed.filter(|at| *at > self.known_at)?;
        let is_alone = self.entries.is_empty() && !self.is_missing;
        is_alone.then_some((self.shelf.key, self.shelf.rev, at))
    }
}

fn counted_out((from, to): (Place, Place)) -> (Place, Place) {
    let counted = |place| if place == Place::Shelf { Place::AdjustedOut } else { place };
    (counted(from), counted(to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: Key = (1, 1);

    fn sale(units: u32) -> Said {
        Said::Moved(StockEvent::TillSale, units)
    }

    fn shelf(units: i64) -> Said {
        Said::Count(Counted::Shelf, units)
    }

    fn say(book: &mut Book, said: Said, at: i64) -> Fate {
        book.settle((0, said, TimeMs(at)), Includes::default(), Since::default(), None)
    }

    #[test]
    fn a_late_count_does_not_forget_what_was_sold_since() {
        let mut book = Book::open(KEY, None);
        assert_eq!(say(&mut book, shelf(10), 100), Fate::Accepted);
        assert_eq!(say(&mut book, sale(3), 300), Fate::Accepted);
        assert_eq!(say(&mut book, shelf(9), 200), Fate::Accepted);
        assert_eq!(book.shelf.position.on_hand, 6, "9 at 200, less 3 at 300");
        assert_eq!(say(&mut book, shelf(50), 150), Fate::Ignored, "older than the last count");
    }

    #[test]
    fn a_late_sale_is_in_the_count_already() {
        let mut book = Book::open(KEY, None);
        say(&mut book, shelf(10), 100);
        say(&mut book, shelf(8), 200);
        assert_eq!(say(&mut book, sale(2), 150), Fate::Accepted);
        let position = book.shelf.position;
        assert_eq!((position.on_hand, position.sold, position.adjusted_out), (8, 2, 0));
    }

    #[test]
    fn what_a_source_counts_along_is_taken_off() {
        let position = domain::stock::Position {
            on_hand: 5,
            reserved: 2,
            picked: 3,
            staged: 1,
            received: 9,
            ..Default::default()
        };
        let (counted_at, moved_at) = (TimeMs(0), TimeMs(0));
        let known = Shelf { key: KEY, position, counted_at, moved_at, rev: 1 };
        let with = |includes, units| {
            let mut book = Book::open(KEY, Some(known));
            let fact = (0, shelf(units), TimeMs(1));
            book.settle(fact, includes, Since::default(), None);
            book.shelf.position.on_hand
        };
        let all = Includes { reserved: true, picked: true, staged: true };
        assert_eq!(with(all, 9), 5);
        assert_eq!(with(Includes { reserved: false, ..Includes::default() }, 3), 5);
        assert_eq!(with(Includes::default(), 7), 7);
    }

    #[test]
    fn an_absurd_jump_is_held_and_changes_nothing() {
        let mut book = Book::open(KEY, None);
        say(&mut book, shelf(10), 100);
        let fate = book.settle(
            (0, shelf(10_000), TimeMs(200)),
            Includes::default(),
            Since::default(),
            Some(500),
        );
        assert_eq!(fate, Fate::Held { more: 9_990 });
        assert_eq!(book.shelf.position.on_hand, 10);
        assert_eq!(book.shelf.counted_at, TimeMs(100));
    }

    proptest! {
        /// In whatever order words arrive, the books end at the newest count and what happened
        /// after it, and nothing is lost.
        #[test]
        fn the_order_of_arrival_does_not_matter(
            sales in prop::collection::vec((1u32..5, 1i64..1_000), 0..12),
            counts in prop::collection::btree_map(1i64..1_000, 0i64..100, 1..6),
            order in any::<u64>(),
        ) {
            let mut words: Vec<(Said, i64)> =
                sales.iter().map(|(units, at)| (sale(*units), *at)).collect();
            words.extend(counts.iter().map(|(at, units)| (shelf(*units), *at)));
            shuffle(&mut words, order);
            let mut book = Book::open(KEY, None);
            for (said, at) in words {
                say(&mut book, said, at);
            }
            let (last, units) = counts.last_key_value().expect("one at least");
            let after: u32 = sales.iter().filter(|(_, at)| at > last).map(|(units, _)| units).sum();
            prop_assert_eq!(book.shelf.position.on_hand, units - i64::from(after));
            let sold: u32 = sales.iter().map(|(units, _)| units).sum();
            prop_assert_eq!(book.shelf.position.sold, i64::from(sold));
            prop_assert!(book.shelf.position.is_conserved());
        }
    }

    fn shuffle<T>(items: &mut [T], mut seed: u64) {
        for at in (1..items.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            items.swap(at, (seed >> 33) as usize % (at + 1));
        }
    }
}
