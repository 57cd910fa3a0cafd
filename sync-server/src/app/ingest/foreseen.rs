//! Counts whose places the index knows: what they change is told from memory, and the books are changed
//! without being read, only where they are as the index said. Most rows of a file that says what has
//! changed are such.
//!
//! What it deliberately does not do: events, or counts that need to know more than what is sellable. A chunk
//! with any of them is settled by the books ([`super::look`]), and so is one about which the index was
//! behind.

use domain::clock::TimeMs;

use super::{
    chunk::{Chunk, Fact},
    look::places,
    settle::{Counted, Fate, Said},
    take::{Settled, Terms, tally},
};
use crate::{
    app::import::stock::tell,
    atp::index::Index,
    db::{
        DbError, Tx,
        plain_counts::{self, PlainCount},
        shelves::Key,
    },
    ingest::profile::Includes,
};

/// What all counts of a chunk change, if the index is right.
#[derive(Debug)]
pub struct Foreseen(Vec<PlainCount>);

impl Foreseen {
    /// For a chunk with its keys; `None` where the books must be read.
    #[must_use]
    pub fn of(index: &Index, chunk: &Chunk, terms: &Terms, now: TimeMs) -> Option<Self> {
        if terms.includes != Includes::default() || !chunk.coming.is_empty() {
            return None;
        }
        let directory = index.directory();
        let known = |(item, location): Key| {
            let item = directory.items.by_key(item)?;
            let location = u16::try_from(directory.locations.by_key(location)?).ok()?;
            let stock = index.stock();
            stock.consistent(item, || stock.find_units(item, location)).map(|units| units.on_hand)
        };
        let count = |fact: &Fact| {
            let (key, units) = plain(fact)?;
            let known = i64::from(known(key)?);
            let (more, at) = (units - known, fact.time(terms.as_of, now));
            let is_held = terms.hold_above.is_some_and(|most| more.abs() > most);
            // Nothing is written of a count that finds what a snapshot says: nothing would tell that the
            // index was behind.
            let is_unwatched = more == 0 && terms.whole_locations;
            (!is_held && !is_unwatched).then_some(PlainCount { key, known, more, at })
        };
        let mut counts = chunk.facts.iter().map(count).collect::<Option<Vec<_>>>()?;
        counts.sort_unstable_by_key(|count| (count.key.1, count.key.0));
        let is_once = counts.windows(2).all(|two| two[0].key != two[1].key);
        (is_once && !counts.is_empty()).then_some(Self(counts))
    }

    /// Writes a chunk.
    ///
    /// # Errors
    /// [`DbError`]; [`DbError::Overtaken`] where the index was behind.
    pub(super) fn settle(
        &self,
        tx: &mut Tx,
        terms: &Terms,
        chunk: &Chunk,
        now: TimeMs,
    ) -> Result<Settled, DbError> {
        let Self(all) = self;
        plain_counts::write(tx, (terms.source_key, &terms.batch_id), all, now)?;
        let moved = || all.iter().filter(|count| count.more != 0).map(|count| count.key);
        let mut fates = vec![None; chunk.rows.len()];
        for fact in &chunk.facts {
            fates[fact.row] = plain(fact).map(|(key, _)| self.fate(key));
        }
        let counts = tally(chunk, &fates);
        let pokes = tell(tx, &places(moved()))?;
        Ok(Settled { counts, fates, dead: chunk.refused.clone(), pokes })
    }

    fn fate(&self, key: Key) -> Fate {
        let at = self.0.binary_search_by_key(&(key.1, key.0), |count| (count.key.1, count.key.0));
        match at {
            Ok(at) if self.0[at].more == 0 => Fate::Unchanged,
            _ => Fate::Accepted,
        }
    }
}

/// A position and how many sellable units were counted there, where a fact says no more.
fn plain(fact: &Fact) -> Option<(Key, i64)> {
    let Said::Count(Counted::Shelf, units) = fact.said else { return None };
    Some(((fact.item.key()?, fact.location.key()?), units))
}
