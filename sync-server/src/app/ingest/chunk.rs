//! Rows that are settled in one transaction: gathered from a reader, their names looked up, still in
//! the order in which they came.

use domain::{clock::TimeMs, stock::StockEvent};

use super::{
    keys::{Asked, Keys, Name},
    settle::{Counted, Said},
};
use crate::{
    db::supplies,
    ingest::{
        Code, Record, Refusal, RefusedRow,
        record::{Bucket, Change, Count, Supply, Till, TillAct},
        refused::Spot,
    },
};

/// Facts of one transaction, but for the rest of its last row: enough that its commit costs little beside
/// them, few enough that others get their turn, and that it is written, and followed by the index, while the
/// next is read.
pub const FACTS_MAX: usize = 1_250;
/// Rows that change nothing between two notes of how far a batch has come.
const SAME_MAX: u64 = 250_000;

/// One word of a source about one shelf.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Which of the chunk's rows says it.
    pub row: usize,
    /// The item.
    pub item: Name,
    /// Where.
    pub location: Name,
    /// When it was so, if the row says.
    pub at: Option<TimeMs>,
    /// What.
    pub said: Said,
    /// The source's id of the event, which is taken once.
    pub event: Option<String>,
    /// The order that the goods belong to.
    pub order: Option<String>,
    /// The supply that units have come with.
    pub came_with: Option<CameWith>,
}

impl Fact {
    /// Of when it is, where a row that does not say is of `as_of`. Nothing has happened after we heard of
    /// it, whatever a till's clock says.
    #[must_use]
    pub fn time(&self, as_of: TimeMs, now: TimeMs) -> TimeMs {
        self.at.unwrap_or(as_of).min(now)
    }
}

/// Supply, and which line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CameWith {
    /// Number of the purchase order, notice or transfer.
    pub reference: String,
    /// The line; any of the item, if absent.
    pub line: Option<String>,
}

/// A line of supply, with its names.
#[derive(Debug, Clone)]
pub struct Coming {
    /// Which of the chunk's rows says it.
    pub row: usize,
    /// The item.
    pub item: Name,
    /// Where to.
    pub location: Name,
    /// The rest; its keys are still 0.
    pub line: supplies::Line,
    /// Whether it says when it was stated; else the batch does.
    pub is_dated: bool,
}

/// One row, as it may have to be shown to a person.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Where it stood.
    pub spot: Spot,
    /// The row itself, kept where something may still be wrong with it.
    pub kept: Option<Box<RefusedRow>>,
}

/// Rows of one transaction.
#[derive(Debug, Clone, Default)]
pub struct Chunk {
    /// Every row, in order; refused and ignored ones too.
    pub rows: Vec<Origin>,
    /// What they say of shelves.
    pub facts: Vec<Fact>,
    /// What they say of supply.
    pub coming: Vec<Coming>,
    /// Rows that are refused.
    pub refused: Vec<RefusedRow>,
    /// Rows that the profile leaves out.
    pub left_out: u64,
    /// Rows that say what the books say; nothing of them is kept.
    pub same: u64,
    /// Names to look up.
    pub asked: Asked,
    /// Made by us for what a snapshot left out: these are no rows of its input.
    pub is_made: bool,
}

impl Chunk {
    /// Zero for items of a location that a snapshot did not name.
    #[must_use]
    pub fn of_absent(location: i64, items: &[i64]) -> Self {
        let fact = |(row, item): (usize, &i64)| Fact {
            row,
            item: Name::Known(*item),
            location: Name::Known(location),
            at: None,
            said: Said::Count(Counted::Shelf, 0),
            event: None,
            order: None,
            came_with: None,
        };
        let facts = items.iter().enumerate().map(fact).collect();
        let origin = Origin { spot: Spot::default(), kept: None };
        Self { rows: vec![origin; items.len()], facts, is_made: true, ..Self::default() }
    }

    /// Puts keys for the names that were found.
    pub fn resolve(&mut self, keys: &Keys) {
        for fact in &mut self.facts {
            keys.resolve(&mut fact.item, &mut fact.location);
        }
        for coming in &mut self.coming {
            keys.resolve(&mut coming.item, &mut coming.location);
        }
    }

    /// Rows of the input in it.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.rows.len() as u64 + self.same
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it holds as much as one transaction takes.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.facts.len() >= FACTS_MAX
            || self.same >= SAME_MAX
            || self.rows.len() >= FACTS_MAX
            || self.refused.len() >= FACTS_MAX
    }

    /// Adds what a row says. `keep` gives the row itself, for a person, if it comes to that.
    pub fn add(
        &mut self,
        keys: &Keys,
        record: Record<'_>,
        spot: Spot,
        keep: impl FnOnce() -> RefusedRow,
        may_hold: bool,
    ) {
        let row = self.rows.len();
        let (facts, coming) = (self.facts.len(), self.coming.len());
        match record {
            Record::Count(count) => self.count(keys, row, &count),
            Record::Change(change) => self.change(keys, row, change),
            Record::Till(till) => self.till(keys, row, till),
            Record::Supply(supply) => self.supply(keys, row, supply),
            Record::LocationEnd(_) | Record::Ignored => self.left_out += 1,
        }
        let mut is_asked = false;
        let names = self.facts[facts..].iter().map(|fact| (&fact.item, &fact.location));
        let names = names.chain(self.coming[coming..].iter().map(|c| (&c.item, &c.location)));
        for (item, location) in names {
            is_asked |= matches!((item, location), (Name::Asked(_), _) | (_, Name::Asked(_)));
            self.asked.add(item, location);
        }
        let kept = (may_hold || is_asked).then(|| Box::new(keep()));
        self.rows.push(Origin { spot, kept });
    }

    /// Takes in the rows of another chunk, with their keys, behind its own.
    pub fn append(&mut self, other: Self) {
        let behind = self.rows.len();
        let facts = other.facts.into_iter();
        self.facts.extend(facts.map(|fact| Fact { row: behind + fact.row, ..fact }));
        let coming = other.coming.into_iter();
        self.coming.extend(coming.map(|coming| Coming { row: behind + coming.row, ..coming }));
        self.rows.extend(other.rows);
        self.refused.extend(other.refused);
        self.left_out += other.left_out;
        self.same += other.same;
    }

    /// Dates what the row added last says, where it does not itself.
    pub fn date_last(&mut self, at: TimeMs) {
        let last = self.rows.len().saturating_sub(1);
        for fact in self.facts.iter_mut().rev().take_while(|fact| fact.row == last) {
            fact.at.get_or_insert(at);
        }
        for coming in self.coming.iter_mut().rev().take_while(|coming| coming.row == last) {
            if !coming.is_dated {
                (coming.is_dated, coming.line.stated_at) = (true, at);
            }
        }
    }

    /// Adds a row that is refused.
    pub fn refuse(&mut self, row: RefusedRow) {
        self.rows.push(Origin { spot: row.spot, kept: None });
        self.refused.push(row);
    }

    fn count(&mut self, keys: &Keys, row: usize, count: &Count<'_>) {
        let (item, location) = (keys.item(&count.sku), keys.location(&count.location));
        for (bucket, units) in count.units.iter() {
            self.facts.push(Fact {
                row,
                item: item.clone(),
                location: location.clone(),
                at: count.counted_at_ms.map(TimeMs),
                said: Said::Count(counted(bucket), units),
                // A count that is sent again says the same again.
                event: None,
                order: None,
                came_with: None,
            });
        }
    }

    fn change(&mut self, keys: &Keys, row: usize, change: Change<'_>) {
        self.facts.push(Fact {
            row,
            item: keys.item(&change.sku),
            location: keys.location(&change.location),
            at: change.changed_at_ms.map(TimeMs),
            said: Said::Moved(changed(change.bucket, change.units > 0), units(change.units)),
            event: Some(change.event_id.into_owned()),
            order: None,
            came_with: change.reference.filter(|_| change.units > 0).map(|reference| CameWith {
                reference: reference.into_owned(),
                line: change.line.map(std::borrow::Cow::into_owned),
            }),
        });
    }

    fn till(&mut self, keys: &Keys, row: usize, till: Till<'_>) {
        let event = match till.act {
            TillAct::Sale => StockEvent::TillSale,
            TillAct::Return => StockEvent::Return,
            TillAct::Void { .. } => StockEvent::TillVoid,
        };
        self.facts.push(Fact {
            row,
            item: keys.item(&till.sku),
            location: keys.location(&till.location),
            at: till.at_ms.map(TimeMs),
            said: Said::Moved(event, units(till.units)),
            event: Some(till.event_id.into_owned()),
            order: till.order.map(std::borrow::Cow::into_owned),
            came_with: None,
        });
    }

    fn supply(&mut self, keys: &Keys, row: usize, supply: Supply<'_>) {
        let line = supplies::Line {
            kind: supply.kind.as_str(),
            reference: supply.reference.into_owned(),
            line: supply.line.into_owned(),
            item_key: 0,
            location_key: 0,
            units: if supply.cancelled { 0 } else { supply.units },
            expected_at: TimeMs(supply.expected_at_ms.unwrap_or_default()),
            stated_at: TimeMs(supply.stated_at_ms.unwrap_or_default()),
        };
        let is_dated = supply.stated_at_ms.is_some();
        let (item, location) = (keys.item(&supply.sku), keys.location(&supply.location));
        self.coming.push(Coming { row, item, location, line, is_dated });
    }

    /// The row behind a fact, refused by the server.
    #[must_use]
    pub fn refused_row(&self, row: usize, refusal: Refusal) -> RefusedRow {
        let Origin { spot, kept } = &self.rows[row];
        let empty = || RefusedRow {
            spot: *spot,
            refusal: refusal.clone(),
            raw: String::new(),
            cut: true,
            fields: Vec::new(),
        };
        let kept = kept.as_deref().cloned().unwrap_or_else(empty);
        RefusedRow { refusal, ..kept }
    }
}

/// Stands in until it is known what is wrong.
#[must_use]
pub fn nothing_wrong() -> Refusal {
    Refusal::row(Code::Held, "")
}

const fn counted(bucket: Bucket) -> Counted {
    match bucket {
        Bucket::Sellable => Counted::Shelf,
        Bucket::Display => Counted::Display,
        Bucket::Damaged => Counted::Damaged,
        Bucket::QualityHold => Counted::Quality,
    }
}

const fn changed(bucket: Bucket, is_more: bool) -> StockEvent {
    match (bucket, is_more) {
        (Bucket::Sellable, true) => StockEvent::Receipt,
        (Bucket::Sellable, false) => StockEvent::SendOut,
        (Bucket::Display, true) => StockEvent::DisplayMore,
        (Bucket::Display, false) => StockEvent::DisplayLess,
        (Bucket::Damaged, true) => StockEvent::DamagedMore,
        (Bucket::Damaged, false) => StockEvent::DamagedLess,
        (Bucket::QualityHold, true) => StockEvent::QualityMore,
        (Bucket::QualityHold, false) => StockEvent::QualityLess,
    }
}

/// The parser keeps units within a billion.
fn units(units: i64) -> u32 {
    u32::try_from(units.unsigned_abs()).unwrap_or(u32::MAX)
}
