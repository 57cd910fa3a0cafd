//! What the books have of a chunk's places: positions, and what the ledger says that happened after the
//! counts. Read by the transaction that settles the chunk, or ahead of it, while the one before is still
//! being written.
//!
//! What tills sell is written without a look at all, where it is newer than every count
//! ([`Books::assumed`]).
//!
//! A look ahead can be overtaken. Whatever is written then tells (`db::shelves`), and the chunk is settled
//! again. Where a chunk finds what it says, nothing is written and nothing would tell: nobody may look
//! ahead of a transaction of his own about the same places ([`meet`]).

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use domain::{
    clock::TimeMs,
    stock::{Position, StockEvent},
};

use super::{
    chunk::{Chunk, Fact},
    foreseen::Foreseen,
    settle::{Book, Said},
    take::Terms,
};
use crate::db::{
    DbError, Tx,
    shelves::{self, Hold, Key, Shelf, Since},
};

/// How a chunk's transaction comes to know the books.
#[derive(Debug, Clone)]
pub enum Look {
    /// It reads them, held like this.
    Now(Hold),
    /// They were read before it began, and are watched.
    Ahead(Arc<Books>),
    /// It does not need to, if the index is right.
    Foreseen(Arc<Foreseen>),
}

/// What is said of a place, and of when.
pub type Word = (Key, Said, TimeMs);

/// What the books have of some places.
#[derive(Debug, Default)]
pub struct Books {
    shelves: HashMap<Key, Shelf>,
    since: HashMap<Key, HashMap<TimeMs, Since>>,
    is_assumed: bool,
}

impl Books {
    /// Of what only tills speak of, and nobody needs to read: positions that are there, with older counts. It
    /// is written only where that is so. `None` where more is said.
    #[must_use]
    pub fn assumed(words: &[Word]) -> Option<Self> {
        let is_plain = |(_, said, _): &Word| {
            use StockEvent::{Return, TillSale, TillVoid};
            matches!(said, Said::Moved(TillSale | TillVoid | Return, _))
        };
        let (position, never) = (Position::default(), TimeMs(i64::MIN));
        let shelf = |key| Shelf { key, position, counted_at: never, moved_at: never, rev: 0 };
        let shelves = words.iter().map(|(key, ..)| (*key, shelf(*key)));
        words.iter().all(is_plain).then(|| Self {
            shelves: shelves.collect(),
            since: HashMap::new(),
            is_assumed: true,
        })
    }

    /// Whether nobody has read them.
    #[must_use]
    pub const fn is_assumed(&self) -> bool {
        self.is_assumed
    }

    /// Reads what words are about.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn read(tx: &mut Tx, terms: &Terms, words: &[Word], hold: Hold) -> Result<Self, DbError> {
        let places = places(words.iter().map(|(key, ..)| *key));
        let shelves = shelves::read(tx, &places, hold)?.into_iter();
        let mut books = Self { shelves: shelves.map(|s| (s.key, s)).collect(), ..Self::default() };
        let needs = |(key, said, at): &&Word| {
            let shelf = books.shelves.get(key);
            matches!(said, Said::Count(..))
                && shelf.is_some_and(|shelf| Book::needs_since(shelf, *at, terms.includes))
        };
        let mut counted: Vec<_> =
            words.iter().filter(needs).map(|(key, _, at)| (*key, *at)).collect();
        counted.sort_unstable();
        counted.dedup();
        for ((key, at), what) in shelves::since(tx, &counted)? {
            books.since.entry(key).or_default().insert(at, what);
        }
        Ok(books)
    }

    /// The books of one of the places, as they were read.
    #[must_use]
    pub fn open(&self, key: Key) -> Book {
        Book::open(key, self.shelves.get(&key).copied())
    }

    /// What the ledger says that happened at a place after a count of this time.
    #[must_use]
    pub fn since(&self, key: Key, at: TimeMs) -> Since {
        self.since.get(&key).and_then(|of| of.get(&at)).copied().unwrap_or_default()
    }

    /// Whether anything has happened after a count of the place.
    #[must_use]
    pub fn is_moved(&self, key: Key) -> bool {
        self.since.contains_key(&key)
    }
}

/// What a chunk says of places that exist.
#[must_use]
pub fn words(chunk: &Chunk, terms: &Terms, now: TimeMs) -> Vec<Word> {
    let word = |fact: &Fact| {
        Some(((fact.item.key()?, fact.location.key()?), fact.said, fact.time(terms.as_of, now)))
    };
    chunk.facts.iter().filter_map(word).collect()
}

/// Each place once, by ascending location and item.
#[must_use]
pub fn places(keys: impl Iterator<Item = Key>) -> Vec<Key> {
    let mut places: Vec<Key> = keys.collect();
    places.sort_unstable_by_key(|(item, location)| (*location, *item));
    places.dedup();
    places
}

/// Whether any place is in both.
#[must_use]
pub fn meet(these: &[Word], those: &HashSet<Key>) -> bool {
    these.iter().any(|(key, ..)| those.contains(key))
}
