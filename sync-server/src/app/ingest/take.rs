//! One transaction of an intake: what was taken before is left out, the rest is settled shelf by
//! shelf, and positions, ledger, supply, dead rows and the batch's counters are written together.

use std::{
    collections::{BTreeMap, HashSet},
    mem,
    sync::Arc,
};

use domain::{clock::TimeMs, ids::LocationId, stock::Place};
use sha2::{Digest, Sha256};

use super::{
    chunk::{CameWith, Chunk, Fact},
    keys::Name,
    look::{self, Books, Look, Word},
    settle::{Book, Fate, Said},
};
use crate::{
    app::import::stock::tell,
    db::{
        Database, DbError, Tx,
        batches::{self, Counts},
        dead_rows::{self, Dead},
        plain_moves::{self, PlainMove},
        shelves::{self, Hold, Key, Line},
        supplies,
    },
    ingest::{Code, Refusal, RefusedRow, field::Field, profile::Includes},
};

/// Refused rows of one batch that are kept for a person; all of them are counted.
pub const DEAD_ROWS_MAX: u64 = 100_000;

/// Whose rows they are and how they are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The source.
    pub source_key: i64,
    /// The batch.
    pub batch_key: i64,
    /// The batch's id: the ledger names it where there is no event.
    pub batch_id: String,
    /// Which of our units its counts include.
    pub includes: Includes,
    /// Counts that differ by more are held.
    pub hold_above: Option<i64>,
    /// When what it states was so, unless a row says.
    pub as_of: TimeMs,
    /// Whether a count of the whole location follows, which counts for every position in it.
    pub whole_locations: bool,
    /// Whether the same rows may come again, at the same place: each is then refused or held once.
    pub may_repeat: bool,
}

/// What became of a chunk.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// Its rows.
    pub counts: Counts,
    /// Each of them; `None` for one that is refused or left out.
    pub fates: Vec<Option<Fate>>,
    /// Feeds that moved, to be poked after the commit.
    pub pokes: Vec<(LocationId, u64)>,
    /// Somebody was faster than what the chunk's transaction began with.
    pub was_overtaken: bool,
}

/// Why a chunk was not taken.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NotTaken {
    /// The database failed; nothing was written.
    #[error(transparent)]
    Db(#[from] DbError),
    /// The same batch is being sent by somebody else, who is further.
    #[error("another sender of this batch is further")]
    Overtaken,
}

/// Settles and writes a chunk in a transaction of its own; again, with its places locked, where somebody
/// was faster. Arguments are those of [`take`].
///
/// # Errors
/// [`NotTaken`].
pub fn commit(
    db: &Database,
    terms: Terms,
    chunk: Chunk,
    from: Option<u64>,
    mut look: Look,
    now: TimeMs,
) -> impl Future<Output = Result<Taken, NotTaken>> + Send + use<> {
    let mut is_again = false;
    db.write(move |tx: &mut Tx| {
        // Who was overtaken once does not try his luck again.
        let look = mem::replace(&mut look, Look::Now(Hold::Lock));
        let was_overtaken = mem::replace(&mut is_again, true);
        Ok(Taken { was_overtaken, ..take(tx, &terms, &chunk, from, &look, now)? })
    })
}

/// Settles and writes a chunk. `from` is how many rows of the batch were done before, where that
/// must hold.
///
/// # Errors
/// [`NotTaken`].
pub fn take(
    tx: &mut Tx,
    terms: &Terms,
    chunk: &Chunk,
    from: Option<u64>,
    look: &Look,
    now: TimeMs,
) -> Result<Taken, NotTaken> {
    let Settled { mut counts, fates, mut dead, pokes } = settle(tx, terms, chunk, look, now)?;
    if terms.may_repeat {
        leave_out_known(tx, terms, &mut dead, &mut counts, now)?;
    }
    bury(tx, terms, &dead, now)?;
    if !batches::advance(tx, terms.batch_key, from, &counts, now)? {
        return Err(NotTaken::Overtaken);
    }
    Ok(Taken { counts, fates, pokes, was_overtaken: false })
}

/// What became of rows, before anybody has counted them.
#[derive(Debug)]
pub struct Settled {
    /// The rows, by what became of them.
    pub counts: Counts,
    /// Each of them; `None` for one that is refused or left out.
    pub fates: Vec<Option<Fate>>,
    /// Those that a person must look at.
    pub dead: Vec<RefusedRow>,
    /// Feeds that moved, to be poked after the commit.
    pub pokes: Vec<(LocationId, u64)>,
}

/// Settles rows shelf by shelf, and writes positions, ledger and supply.
///
/// # Errors
/// [`DbError`].
pub fn settle(
    tx: &mut Tx,
    terms: &Terms,
    chunk: &Chunk,
    look: &Look,
    now: TimeMs,
) -> Result<Settled, DbError> {
    match look {
        Look::Foreseen(counts) => counts.settle(tx, terms, chunk, now),
        Look::Ahead(books) => by_books(tx, terms, chunk, now, |_, _| Ok(Arc::clone(books))),
        Look::Now(hold) => by_books(tx, terms, chunk, now, |tx, facts| {
            let words: Vec<Word> =
                facts.iter().map(|fact| (fact.key, fact.said, fact.at)).collect();
            let assumed = Books::assumed(&words).filter(|_| *hold == Hold::Watch);
            assumed.map_or_else(|| Books::read(tx, terms, &words, *hold), Ok).map(Arc::new)
        }),
    }
}

/// Settles rows by the books that `open` gives of their facts.
fn by_books(
    tx: &mut Tx,
    terms: &Terms,
    chunk: &Chunk,
    now: TimeMs,
    open: impl FnOnce(&mut Tx, &[Known<'_>]) -> Result<Arc<Books>, DbError>,
) -> Result<Settled, DbError> {
    let mut fates: Vec<Option<Fate>> = vec![None; chunk.rows.len()];
    let mut dead = chunk.refused.clone();
    let facts = known(tx, terms, chunk, now, &mut fates, &mut dead)?;
    let known = open(tx, &facts)?;
    let mut books = Open::new();
    for (at, fact) in facts.iter().enumerate() {
        let book = books.entry(fact.key).or_insert_with(|| known.open(fact.key));
        let (word, since) = ((at, fact.said, fact.at), known.since(fact.key, fact.at));
        let fate = book.settle(word, terms.includes, since, terms.hold_above);
        if let Fate::Held { more } = fate {
            let message = format!("{more:+} units: look before it is believed");
            dead.push(chunk.refused_row(fact.row, Refusal::row(Code::Held, message)));
        }
        note(&mut fates[fact.row], fate);
    }
    // Where the whole location is counted, the books and what has happened since must still be of one
    // moment.
    let is_confirmed = |key| !terms.whole_locations || known.is_moved(key);
    let change = if known.is_assumed() { add } else { change };
    change(tx, &books)?;
    let moved = record(tx, terms, &facts, &books, now)?;
    confirm(tx, &books, is_confirmed)?;
    supply(tx, terms, chunk, now, &mut fates, &mut dead)?;
    supplies::receive(tx, &came(&facts, &fates), now)?;
    let counts = tally(chunk, &fates);
    Ok(Settled { counts, fates, dead, pokes: tell(tx, &moved)? })
}

/// A fact whose place and time are known.
struct Known<'a> {
    row: usize,
    key: Key,
    at: TimeMs,
    said: Said,
    event: Option<&'a str>,
    came_with: Option<&'a CameWith>,
}

/// Units that have come with supply.
fn came<'a>(facts: &[Known<'a>], fates: &[Option<Fate>]) -> Vec<supplies::Came<'a>> {
    let is_new = |fact: &&Known<'_>| fates[fact.row] == Some(Fate::Accepted);
    let came = |fact: &Known<'a>| {
        let (with, Said::Moved(_, units)) = (fact.came_with?, fact.said) else { return None };
        let (item_key, location_key) = fact.key;
        let (reference, line) = (with.reference.as_str(), with.line.as_deref());
        Some(supplies::Came { reference, line, item_key, location_key, units, at: fact.at })
    };
    facts.iter().filter(is_new).filter_map(came).collect()
}

/// The facts that are to be settled: their places exist, and no event is taken twice.
fn known<'a>(
    tx: &mut Tx,
    terms: &Terms,
    chunk: &'a Chunk,
    now: TimeMs,
    fates: &mut [Option<Fate>],
    dead: &mut Vec<RefusedRow>,
) -> Result<Vec<Known<'a>>, DbError> {
    let mut placed = Vec::with_capacity(chunk.facts.len());
    // Each row is refused once, however many buckets it states.
    let mut refused = None;
    for fact in &chunk.facts {
        match place(&fact.item, &fact.location) {
            Ok(key) => placed.push((fact, key)),
            Err(refusal) if refused.replace(fact.row) != Some(fact.row) => {
                dead.push(chunk.refused_row(fact.row, refusal));
            }
            Err(_) => {}
        }
    }
    let mut fresh = unseen(tx, terms, &placed, now)?;
    let orders = orders(tx, &placed)?;
    let mut facts = Vec::with_capacity(placed.len());
    for (fact, key) in placed {
        let is_taken = fact.event.as_deref().is_some_and(|event| !fresh.remove(event));
        // The goods of an order leave our books with its handoff.
        let is_order = fact.order.as_deref().is_some_and(|number| orders.contains(number));
        if is_taken || is_order {
            note(&mut fates[fact.row], Fate::Ignored);
            continue;
        }
        let (row, said, at) = (fact.row, fact.said, fact.time(terms.as_of, now));
        let (event, came_with) = (fact.event.as_deref(), fact.came_with.as_ref());
        facts.push(Known { row, key, at, said, event, came_with });
    }
    Ok(facts)
}

fn place(item: &Name, location: &Name) -> Result<Key, Refusal> {
    let unknown_sku = || Refusal::field(Code::UnknownSku, Field::Sku, "there is no such item");
    let unknown_location = || {
        let said = "there is no such location";
        Refusal::field(Code::UnknownLocation, Field::Location, said)
    };
    let item = item.key().ok_or_else(unknown_sku)?;
    Ok((item, location.key().ok_or_else(unknown_location)?))
}

fn unseen(
    tx: &mut Tx,
    terms: &Terms,
    placed: &[(&Fact, Key)],
    now: TimeMs,
) -> Result<HashSet<String>, DbError> {
    let mut events: Vec<_> = placed.iter().filter_map(|(fact, _)| fact.event.as_deref()).collect();
    events.sort_unstable();
    events.dedup();
    Ok(batches::unseen(tx, terms.source_key, &events, now)?.into_iter().collect())
}

fn orders(tx: &mut Tx, placed: &[(&Fact, Key)]) -> Result<HashSet<String>, DbError> {
    let mut named: Vec<_> = placed.iter().filter_map(|(fact, _)| fact.order.as_deref()).collect();
    named.sort_unstable();
    named.dedup();
    Ok(batches::known_orders(tx, &named)?.into_iter().collect())
}

/// The books of each place while they are being settled.
type Open = BTreeMap<Key, Book>;

/// Changes positions as they were read, and makes those that are missing.
fn change(tx: &mut Tx, books: &Open) -> Result<(), DbError> {
    let mut changes: Vec<_> = books.values().filter_map(Book::change).collect();
    changes.sort_unstable_by_key(|change| (change.key.1, change.key.0));
    let is_missing = |change: &shelves::Change| books[&change.key].is_missing();
    let (missing, known): (Vec<_>, Vec<_>) = changes.into_iter().partition(is_missing);
    shelves::make(tx, &missing)?;
    shelves::change(tx, &known)
}

/// Adds to positions that nobody has read.
fn add(tx: &mut Tx, books: &Open) -> Result<(), DbError> {
    let plain = |book: &Book| {
        let shelves::Change { key, delta, moved_at: last_at, .. } = book.change()?;
        let first_at = book.entries.iter().map(|entry| entry.at).min()?;
        Some(PlainMove { key, delta, first_at, last_at })
    };
    let mut moves: Vec<_> = books.values().filter_map(plain).collect();
    moves.sort_unstable_by_key(|of| (of.key.1, of.key.0));
    plain_moves::add(tx, &moves)
}

/// Writes the ledger; the places whose shelves changed, by ascending location and item.
fn record(
    tx: &mut Tx,
    terms: &Terms,
    facts: &[Known<'_>],
    books: &Open,
    now: TimeMs,
) -> Result<Vec<Key>, DbError> {
    let lines = books.iter().flat_map(|(key, book)| {
        book.entries.iter().map(move |entry| {
            let cause_id = facts[entry.fact].event.unwrap_or(&terms.batch_id);
            let (cause, from, to) = (entry.cause.as_str(), entry.from, entry.to);
            let (units, happened_at) = (entry.units, entry.at);
            Line { key: *key, cause, cause_id, from, to, units, happened_at }
        })
    });
    let mut lines: Vec<Line<'_>> = lines.collect();
    shelves::record(tx, terms.source_key, &lines, now)?;
    lines.retain(|line| is_on_shelf(line.from) || is_on_shelf(line.to));
    Ok(look::places(lines.iter().map(|line| line.key)))
}

/// Notes counts that found everything as it is.
fn confirm(tx: &mut Tx, books: &Open, is_confirmed: impl Fn(Key) -> bool) -> Result<(), DbError> {
    let confirmed = books.values().filter_map(Book::confirmed);
    let mut confirmed: Vec<_> = confirmed.filter(|(key, ..)| is_confirmed(*key)).collect();
    confirmed.sort_unstable_by_key(|((item, location), ..)| (*location, *item));
    shelves::confirm(tx, &confirmed)
}

const fn is_on_shelf(place: Place) -> bool {
    matches!(place, Place::Shelf)
}

fn supply(
    tx: &mut Tx,
    terms: &Terms,
    chunk: &Chunk,
    now: TimeMs,
    fates: &mut [Option<Fate>],
    dead: &mut Vec<RefusedRow>,
) -> Result<(), DbError> {
    // The last word on a line holds.
    let mut lines: BTreeMap<(&str, &str), supplies::Line> = BTreeMap::new();
    for coming in &chunk.coming {
        match place(&coming.item, &coming.location) {
            Err(refusal) => dead.push(chunk.refused_row(coming.row, refusal)),
            Ok((item_key, location_key)) => {
                let stated_at = if coming.is_dated { coming.line.stated_at } else { terms.as_of };
                let line =
                    supplies::Line { item_key, location_key, stated_at, ..coming.line.clone() };
                lines.insert((&coming.line.reference, &coming.line.line), line);
                note(&mut fates[coming.row], Fate::Accepted);
            }
        }
    }
    supplies::put(tx, terms.source_key, &lines.into_values().collect::<Vec<_>>(), now)?;
    Ok(())
}

fn bury(tx: &mut Tx, terms: &Terms, dead: &[RefusedRow], now: TimeMs) -> Result<(), DbError> {
    if dead.is_empty() {
        return Ok(());
    }
    let room = DEAD_ROWS_MAX.saturating_sub(dead_rows::buried(tx, terms.batch_key)?);
    let room = usize::try_from(room).unwrap_or(usize::MAX);
    let rows: Vec<Dead> = dead.iter().take(room).map(dead_row).collect();
    for some in rows.chunks(crate::db::BULK_ROWS_MAX) {
        dead_rows::bury(tx, terms.batch_key, some, now)?;
    }
    Ok(())
}

/// Leaves out rows that a person has got before. They are remembered like events, by where they stood
/// and what they said.
fn leave_out_known(
    tx: &mut Tx,
    terms: &Terms,
    dead: &mut Vec<RefusedRow>,
    counts: &mut Counts,
    now: TimeMs,
) -> Result<(), DbError> {
    let marks: Vec<String> = dead.iter().map(mark).collect();
    let mut asked: Vec<&str> = marks.iter().map(String::as_str).collect();
    asked.sort_unstable();
    asked.dedup();
    let fresh = batches::unseen(tx, terms.source_key, &asked, now)?;
    let fresh: HashSet<&str> = fresh.iter().map(String::as_str).collect();
    let mut marks = marks.iter();
    let mut known = BTreeMap::new();
    dead.retain(|row| {
        let is_fresh = marks.next().is_some_and(|mark| fresh.contains(mark.as_str()));
        if !is_fresh {
            known.insert((row.spot.line, row.spot.ordinal), row.refusal.code == Code::Held);
        }
        is_fresh
    });
    let held = known.values().filter(|is_held| **is_held).count() as u64;
    counts.held -= held;
    counts.refused -= known.len() as u64 - held;
    counts.ignored += known.len() as u64;
    Ok(())
}

/// No event's id: those have no spaces at their start.
fn mark(row: &RefusedRow) -> String {
    let sha = Sha256::digest(&row.raw);
    let sha = u64::from_be_bytes(sha[..8].try_into().expect("a digest has 32 bytes"));
    format!(" {} {} {sha:016x}", row.spot.line, row.spot.ordinal)
}

/// Databases take no NUL; a row that has one shows where it was.
fn dead_row(row: &RefusedRow) -> Dead {
    let clean = |text: &str| text.replace('\0', "\u{2400}");
    let fields = serde_json::to_string(&row.fields).expect("text is plain data");
    Dead {
        line: row.spot.line,
        field: row.refusal.field.map_or(String::new(), |field| field.as_str().to_owned()),
        code: row.refusal.code.as_str().to_owned(),
        message: clean(&row.refusal.message),
        raw: clean(&row.raw),
        fields: fields.replace("\\u0000", "\u{2400}"),
    }
}

/// A row with several words has the fate of the most notable one.
fn note(fate: &mut Option<Fate>, new: Fate) {
    let weight = |fate: Fate| match fate {
        Fate::Ignored => 0,
        Fate::Unchanged => 1,
        Fate::Accepted => 2,
        Fate::Held { .. } => 3,
    };
    if fate.is_none_or(|old| weight(new) > weight(old)) {
        *fate = Some(new);
    }
}

/// Counts a chunk's rows by what became of them.
#[must_use]
pub fn tally(chunk: &Chunk, fates: &[Option<Fate>]) -> Counts {
    let of =
        |wanted: fn(&Fate) -> bool| fates.iter().flatten().filter(|f| wanted(f)).count() as u64;
    let accepted = of(|fate| *fate == Fate::Accepted);
    if chunk.is_made {
        return Counts { accepted, ..Counts::default() };
    }
    let done = chunk.len();
    let unchanged = of(|fate| *fate == Fate::Unchanged) + chunk.same;
    let ignored = of(|fate| *fate == Fate::Ignored) + chunk.left_out;
    let held = of(|fate| matches!(fate, Fate::Held { .. }));
    let refused = done - accepted - unchanged - ignored - held;
    Counts { done, accepted, unchanged, ignored, refused, held }
}
