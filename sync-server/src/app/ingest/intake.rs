//! Reads one input to its end, a chunk to a transaction, and says what became of its rows.
//!
//! For a thread that may wait; a few events are taken without one ([`Intake::few`]). While one transaction
//! is written the rows of the next are read, and what the books have of them ([`look`]); no second is on its
//! way before the first is done. An input that was cut short goes on after the rows that are done, if it is
//! sent again from its beginning.

use std::{
    collections::{HashMap, HashSet},
    io::Read,
    mem,
    sync::Arc,
};

use domain::{clock::TimeMs, ids::LocationId};
use roaring::RoaringTreemap;
use tokio::{runtime::Handle, task::JoinHandle};

use super::{
    chunk::{Chunk, nothing_wrong},
    few_rows::{Few, Together},
    foreseen::Foreseen,
    keys::{Keys, SharedKeys},
    look::{self, Books, Look, Word},
    same::Same,
    settle::{Counted, Said},
    take::{self, NotTaken, Taken, Terms},
};
use crate::{
    atp::index::Index,
    clock,
    db::{
        BULK_ROWS_MAX, Database, DbError, batches,
        batches::Counts,
        shelves::{Hold, Key},
    },
    ingest::{
        Reader, Record, RefusedRow, Row, Stopped,
        profile::UnknownSkus,
        record::{Count, LocationEnd},
    },
};

/// Why an intake ended early. What was committed before stays.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// The input cannot be read on.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The same batch is being sent by somebody else, who is further.
    #[error("another sender of this batch is further")]
    Overtaken,
}

impl From<NotTaken> for Ended {
    fn from(error: NotTaken) -> Self {
        match error {
            NotTaken::Db(error) => Self::Db(error),
            NotTaken::Overtaken => Self::Overtaken,
        }
    }
}

/// Whether all rows go into one transaction, and nobody waits before their end.
enum Sharing {
    No,
    /// With the rows of whoever else comes.
    With(Arc<Together>),
    /// They were meant to, and are too many.
    TooMany,
}

/// A transaction on its way.
struct Writing {
    taken: JoinHandle<Result<Taken, NotTaken>>,
    /// What it is about.
    places: HashSet<Key>,
}

/// One input on its way in.
pub struct Intake {
    db: Database,
    handle: Handle,
    terms: Terms,
    unknown: UnknownSkus,
    keys: Keys,
    shared: Option<Arc<SharedKeys>>,
    few: Sharing,
    chunk: Chunk,
    /// The transaction that is on its way.
    writing: Option<Writing>,
    /// Rows at the beginning that are committed already.
    skip: u64,
    /// Rows committed, those included; `None` for events, which many send at once.
    done: Option<u64>,
    /// What a snapshot has stated: item keys by location key. Only where absence means zero.
    stated: Option<HashMap<i64, RoaringTreemap>>,
    /// Tells the rows that change nothing.
    same: Option<Same>,
    /// Tells what plain counts change; `None` once it was behind.
    index: Option<Arc<Index>>,
    /// Lines of the input before those that are read here.
    lines_before: u64,
    /// The message that rows come from, where they come in messages: its number, and when it was
    /// published.
    message: Option<(u64, TimeMs)>,
    /// What became of the rows of this call.
    pub counts: Counts,
    /// Locations that a snapshot did not cover whole, because rows of theirs were refused.
    pub uncovered: Vec<String>,
    /// Feeds that moved; poke them.
    pub pokes: HashMap<LocationId, u64>,
}

impl Intake {
    /// Ready for the first row. `done` is how many rows of the batch are committed; `None` for
    /// events.
    #[must_use]
    pub fn new(
        db: Database,
        handle: Handle,
        terms: Terms,
        unknown: UnknownSkus,
        done: Option<u64>,
    ) -> Self {
        Self {
            stated: terms.whole_locations.then(HashMap::new),
            same: None,
            index: None,
            db,
            handle,
            terms,
            unknown,
            keys: Keys::default(),
            shared: None,
            few: Sharing::No,
            chunk: Chunk::default(),
            writing: None,
            skip: done.unwrap_or(0),
            done,
            lines_before: 0,
            message: None,
            counts: Counts::default(),
            uncovered: Vec::new(),
            pokes: HashMap::new(),
        }
    }

    /// The same, where others have asked for most names before: for short inputs.
    #[must_use]
    pub fn sharing(self, keys: Arc<SharedKeys>) -> Self {
        Self { shared: Some(keys), ..self }
    }

    /// The same for the rest of an input, behind so many lines.
    #[must_use]
    pub fn behind(self, lines_before: u64) -> Self {
        Self { lines_before, ..self }
    }

    /// The same for a few events: none is written before [`Intake::finish`], which holds no thread, and
    /// then with those of others.
    #[must_use]
    pub fn few(self, together: Arc<Together>) -> Self {
        Self { few: Sharing::With(together), ..self }
    }

    /// Rows of a snapshot that change nothing are told from the index, and never reach the database; nor
    /// is the database asked what plain counts change.
    pub fn look_into(&mut self, index: Arc<Index>) {
        self.same = Same::of(Arc::clone(&index), &self.terms);
        self.index = Some(index);
    }

    /// Takes a row; writes when a transaction is full.
    ///
    /// # Errors
    /// [`Ended`].
    pub fn row(&mut self, row: Row<'_>) -> Result<(), Ended> {
        let Row { mut origin, read } = row;
        if matches!(self.few, Sharing::With(_))
            && (self.chunk.is_full() || matches!(read, Ok(Record::LocationEnd(_))))
        {
            self.few = Sharing::TooMany;
        }
        if matches!(self.few, Sharing::TooMany) {
            return Ok(());
        }
        origin.spot.line += self.lines_before;
        if let Some((number, _)) = self.message {
            origin.spot.line = number;
        }
        match read {
            Ok(Record::LocationEnd(end)) => return self.location_end(&end),
            Ok(Record::Count(count)) if self.is_same(&count) => {}
            Ok(record) => {
                // What else is said of a position would have to be known, too.
                if !matches!(record, Record::Count(_) | Record::Ignored) {
                    self.same = None;
                }
                let may_hold = self.terms.hold_above.is_some();
                let keep = || origin.refused(nothing_wrong());
                self.chunk.add(&self.keys, record, origin.spot, keep, may_hold);
                if let Some(at) = self.dated() {
                    self.chunk.date_last(at);
                }
            }
            Err(refusal) => self.chunk.refuse(origin.refused(refusal)),
        }
        self.make_room()
    }

    /// Of when each row is that does not say, where that is not the same for all that one transaction
    /// takes.
    fn dated(&self) -> Option<TimeMs> {
        let of_message = self.message.map(|(_, at)| at);
        of_message.or_else(|| matches!(self.few, Sharing::With(_)).then_some(self.terms.as_of))
    }

    /// The rows that follow are those of a message: its number is their line, and they were so when
    /// it was published, unless they say.
    pub fn message(&mut self, number: u64, at: TimeMs) {
        self.message = Some((number, at));
    }

    /// Takes a row that its reader could not give.
    ///
    /// # Errors
    /// [`Ended`].
    pub fn refuse(&mut self, row: RefusedRow) -> Result<(), Ended> {
        self.chunk.refuse(row);
        self.make_room()
    }

    fn make_room(&mut self) -> Result<(), Ended> {
        if matches!(self.few, Sharing::No)
            && (self.chunk.is_full() || self.chunk.len() == self.skip)
        {
            self.write()?;
        }
        Ok(())
    }

    /// Writes a few rows; `false`, and nothing is written, where they are more than one transaction takes,
    /// or say that a location is whole: then they are to be taken by a thread that may wait.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn finish(&mut self) -> Result<bool, Ended> {
        let Sharing::With(together) = &self.few else { return Ok(false) };
        let together = Arc::clone(together);
        if let Some(chunk) = self.gathered().await? {
            let terms = Terms { as_of: TimeMs(0), ..self.terms.clone() };
            let taken = together.ask(&self.db, terms.batch_key, Few { terms, chunk }).await?;
            self.count(taken);
        }
        Ok(true)
    }

    /// Writes what was gathered, and waits until all is committed.
    ///
    /// # Errors
    /// [`Ended`].
    pub fn flush(&mut self) -> Result<(), Ended> {
        self.write()?;
        self.settle()
    }

    /// Begins to write what was gathered.
    fn write(&mut self) -> Result<(), Ended> {
        let handle = self.handle.clone();
        match handle.block_on(self.gathered())? {
            Some(chunk) => self.take(chunk),
            None => Ok(()),
        }
    }

    /// What was gathered, with its keys; `None` where there is nothing to write.
    async fn gathered(&mut self) -> Result<Option<Chunk>, Ended> {
        let mut chunk = mem::take(&mut self.chunk);
        if chunk.is_empty() {
            return Ok(None);
        }
        self.look_up(&chunk).await?;
        chunk.resolve(&self.keys);
        self.note_stated(&chunk);
        let rows = chunk.len();
        if self.skip >= rows {
            self.skip -= rows;
            return Ok(None);
        }
        Ok(Some(chunk))
    }

    async fn look_up(&mut self, chunk: &Chunk) -> Result<(), Ended> {
        let mut asked = chunk.asked.clone();
        if let Some(shared) = &self.shared {
            self.keys.learn(shared.answer(&mut asked));
        }
        if asked.is_empty() {
            return Ok(());
        }
        let found = match self.unknown {
            UnknownSkus::Refuse => self.db.read(move |tx| asked.find(tx, false)).await,
            UnknownSkus::Draft => self.db.write(move |tx| asked.find(tx, true)).await,
        };
        let found = found.map_err(|error: DbError| error)?;
        if let Some(shared) = &self.shared {
            shared.learn(found.clone());
        }
        self.keys.learn(found);
        Ok(())
    }

    /// Whether a count changes nothing; then it is noted, and that is all.
    fn is_same(&mut self, count: &Count<'_>) -> bool {
        let (Some(same), Some(stated)) = (&mut self.same, &mut self.stated) else { return false };
        let Some((item, location)) = same.keys(count) else { return false };
        stated.entry(location).or_default().insert(item.unsigned_abs());
        self.chunk.same += 1;
        true
    }

    fn note_stated(&mut self, chunk: &Chunk) {
        let Some(stated) = &mut self.stated else { return };
        for fact in &chunk.facts {
            if let (Said::Count(Counted::Shelf, _), Some(item), Some(location)) =
                (fact.said, fact.item.key(), fact.location.key())
            {
                stated.entry(location).or_default().insert(item.unsigned_abs());
            }
        }
    }

    fn take(&mut self, chunk: Chunk) -> Result<(), Ended> {
        let now = clock::now();
        let words = look::words(&chunk, &self.terms, now);
        let look = self.look(&chunk, &words, now)?;
        self.settle()?;
        let terms = self.terms.clone();
        let places = words.into_iter().map(|(key, ..)| key).collect();
        let taken = take::commit(&self.db, terms, chunk, self.done, look, now);
        self.writing = Some(Writing { taken: self.handle.spawn(taken), places });
        Ok(())
    }

    /// What is known of a chunk's places while the transaction before is still being written: nothing
    /// where that is about one of them.
    fn look(&self, chunk: &Chunk, words: &[Word], now: TimeMs) -> Result<Look, Ended> {
        let is_free = |writing: &Writing| !look::meet(words, &writing.places);
        if !self.writing.as_ref().is_none_or(is_free) {
            return Ok(Look::Now(Hold::Watch));
        }
        let foreseen = self.index.as_ref().map(|of| Foreseen::of(of, chunk, &self.terms, now));
        if let Some(counts) = foreseen.flatten() {
            return Ok(Look::Foreseen(Arc::new(counts)));
        }
        if self.writing.is_none() {
            return Ok(Look::Now(Hold::Watch));
        }
        let (terms, words) = (self.terms.clone(), words.to_vec());
        let books = self.db.read(move |tx| Books::read(tx, &terms, &words, Hold::Watch));
        Ok(Look::Ahead(Arc::new(self.handle.block_on(books).map_err(|error: DbError| error)?)))
    }

    /// Waits for the transaction that is on its way: what came before an input broke off is taken.
    ///
    /// # Errors
    /// [`Ended`].
    pub fn settle(&mut self) -> Result<(), Ended> {
        let handle = self.handle.clone();
        handle.block_on(self.settled())
    }

    async fn settled(&mut self) -> Result<(), Ended> {
        let Some(writing) = self.writing.take() else { return Ok(()) };
        let ended = writing.taken.await;
        // It is aborted only when the whole server stops.
        self.count(ended.map_err(|_| DbError::Closed)??);
        Ok(())
    }

    fn count(&mut self, Taken { counts, pokes, was_overtaken, .. }: Taken) {
        if was_overtaken {
            self.index = None;
        }
        self.done = self.done.map(|done| done + counts.done);
        self.counts = self.counts.and(&counts);
        self.pokes.extend(pokes);
    }

    /// A snapshot has said everything of a location: what it did not name is not there.
    fn location_end(&mut self, end: &LocationEnd<'_>) -> Result<(), Ended> {
        self.flush()?;
        let id = &*end.location;
        let Some(location) = self.keys.location(id).key() else { return Ok(()) };
        let stated = self.stated.as_mut().and_then(|all| all.remove(&location)).unwrap_or_default();
        if end.refused > 0 {
            self.uncovered.push(id.to_owned());
            return Ok(());
        }
        let mut after = i64::MIN;
        loop {
            let page = u32::try_from(BULK_ROWS_MAX).expect("ten thousand");
            let read = self.db.read(move |tx| batches::stocked(tx, location, after, page));
            let items: Vec<i64> = self.handle.block_on(read).map_err(|error: DbError| error)?;
            let Some(&last) = items.last() else { break };
            let absent: Vec<i64> =
                items.into_iter().filter(|item| !stated.contains(item.unsigned_abs())).collect();
            if !absent.is_empty() {
                self.take(Chunk::of_absent(location, &absent))?;
            }
            after = last;
        }
        self.settle()?;
        let at = self.terms.as_of;
        let write = self.db.write(move |tx| batches::location_counted(tx, location, at));
        self.handle.block_on(write).map_err(|error: DbError| error)?;
        Ok(())
    }
}

/// Gives every row of an input to `take`.
///
/// # Errors
/// [`Ended`]: those of `take`, or the input cannot be read on.
pub fn read_all<R: Read>(
    reader: &mut Reader<R>,
    mut take: impl FnMut(Row<'_>) -> Result<(), Ended>,
) -> Result<(), Ended> {
    while let Some(row) = reader.next()? {
        take(row)?;
    }
    Ok(())
}
