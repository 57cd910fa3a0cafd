//! The one vocabulary that every source is translated into. SKUs, locations and ids are the source's own
//! after the profile's translation; resolving them to keys, judging ages and jumps is the server's work.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Text of a row: borrowed from it when nothing had to be changed.
pub type Text<'a> = Cow<'a, str>;

/// What one row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record<'a> {
    /// So many units stand there.
    Count(Count<'a>),
    /// So many units more or fewer.
    Change(Change<'a>),
    /// A till sold, took back, or voided.
    Till(Till<'a>),
    /// Units will come.
    Supply(Supply<'a>),
    /// A snapshot of a location is complete: every SKU that it did not state is at zero.
    LocationEnd(LocationEnd<'a>),
    /// The profile says to leave this row out; it is counted, nothing else.
    Ignored,
}

/// Where units of a source are. What is picked or staged is ours to know, no source states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// To be sold.
    Sellable,
    /// The display piece.
    Display,
    /// Not to be sold.
    Damaged,
    /// Waits for an inspection.
    QualityHold,
}

impl Bucket {
    /// Every bucket.
    pub const ALL: [Self; 4] = [Self::Sellable, Self::Display, Self::Damaged, Self::QualityHold];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sellable => "sellable",
            Self::Display => "display",
            Self::Damaged => "damaged",
            Self::QualityHold => "quality_hold",
        }
    }
}

/// Units by bucket; a bucket that was not stated is not known, not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Units([Option<i64>; Bucket::ALL.len()]);

impl Units {
    /// Units of one bucket.
    #[must_use]
    pub fn of(bucket: Bucket, units: i64) -> Self {
        let mut all = Self::default();
        all.set(bucket, units);
        all
    }

    /// States a bucket.
    pub const fn set(&mut self, bucket: Bucket, units: i64) {
        self.0[bucket as usize] = Some(units);
    }

    /// What was stated of a bucket.
    #[must_use]
    pub const fn get(&self, bucket: Bucket) -> Option<i64> {
        self.0[bucket as usize]
    }

    /// Whether nothing was stated.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }

    /// The stated buckets.
    pub fn iter(&self) -> impl Iterator<Item = (Bucket, i64)> + '_ {
        Bucket::ALL.into_iter().zip(self.0).filter_map(|(bucket, units)| Some((bucket, units?)))
    }
}

/// A stated count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count<'a> {
    /// The item.
    pub sku: Text<'a>,
    /// Where.
    pub location: Text<'a>,
    /// Whole units, 0 to [`UNITS_MAX`](super::limits::UNITS_MAX); at least one bucket.
    pub units: Units,
    /// When it was counted, in ms since 1970 UTC; `None`: the batch says.
    pub counted_at_ms: Option<i64>,
    /// The source's own sequence.
    pub sequence: Option<u64>,
    /// The source's id of the count.
    pub event_id: Option<Text<'a>>,
}

/// A change of a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<'a> {
    /// The item.
    pub sku: Text<'a>,
    /// Where.
    pub location: Text<'a>,
    /// Which units.
    pub bucket: Bucket,
    /// Whole units, not 0.
    pub units: i64,
    /// When, in ms since 1970 UTC.
    pub changed_at_ms: Option<i64>,
    /// The source's own sequence.
    pub sequence: Option<u64>,
    /// The source's id: the same id is the same change.
    pub event_id: Text<'a>,
    /// The purchase order, notice or transfer that the units came with.
    pub reference: Option<Text<'a>>,
    /// The line of it; any line of the item, if absent.
    pub line: Option<Text<'a>>,
}

/// What a till did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TillAct<'a> {
    /// Units left with a customer.
    Sale,
    /// Units came back.
    Return,
    /// An earlier event did not happen, for so many of its units.
    Void {
        /// The earlier event's id.
        voids: Text<'a>,
    },
}

/// An event at a till.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Till<'a> {
    /// What.
    pub act: TillAct<'a>,
    /// The source's id: the same id is the same event.
    pub event_id: Text<'a>,
    /// The item.
    pub sku: Text<'a>,
    /// Where.
    pub location: Text<'a>,
    /// Whole units, at least 1.
    pub units: i64,
    /// When, in ms since 1970 UTC.
    pub at_ms: Option<i64>,
    /// The order that these goods belong to: then they are its pickup, and no sale of their own.
    pub order: Option<Text<'a>>,
    /// The till's receipt, for people.
    pub receipt: Option<Text<'a>>,
}

/// How supply comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupplyKind {
    /// Ordered from a supplier.
    PurchaseOrder,
    /// Announced by a supplier, on its way.
    Asn,
    /// On its way from another location.
    Transfer,
}

impl SupplyKind {
    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PurchaseOrder => "purchase_order",
            Self::Asn => "asn",
            Self::Transfer => "transfer",
        }
    }
}

/// A line of future supply. The last statement of a line (kind, reference, line) holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supply<'a> {
    /// How it comes.
    pub kind: SupplyKind,
    /// Number of the purchase order, notice or transfer.
    pub reference: Text<'a>,
    /// Line of it.
    pub line: Text<'a>,
    /// The item.
    pub sku: Text<'a>,
    /// Where it goes.
    pub location: Text<'a>,
    /// Where a transfer comes from.
    pub from: Option<Text<'a>>,
    /// Whole units, at least 0: what is still to come.
    pub units: i64,
    /// When, in ms since 1970 UTC; a date alone is the start of that day in the profile's zone.
    pub expected_at_ms: Option<i64>,
    /// When the source said so.
    pub stated_at_ms: Option<i64>,
    /// The source's own sequence.
    pub sequence: Option<u64>,
    /// Nothing of it will come.
    pub cancelled: bool,
}

/// The end of a location's snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocationEnd<'a> {
    /// Which.
    pub location: Text<'a>,
    /// Rows that stated something of it.
    pub stated: u64,
    /// Rows of it, or of no readable location, that were refused: then absence proves nothing.
    pub refused: u64,
}

/// What a row claims to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// [`Record::Count`].
    Count,
    /// [`Record::Change`].
    Change,
    /// [`TillAct::Sale`].
    Sale,
    /// [`TillAct::Return`].
    Return,
    /// [`TillAct::Void`].
    Void,
    /// [`SupplyKind::PurchaseOrder`].
    PurchaseOrder,
    /// [`SupplyKind::Asn`].
    Asn,
    /// [`SupplyKind::Transfer`].
    Transfer,
    /// [`Record::LocationEnd`].
    LocationEnd,
    /// [`Record::Ignored`].
    Ignored,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Count,
        Self::Change,
        Self::Sale,
        Self::Return,
        Self::Void,
        Self::PurchaseOrder,
        Self::Asn,
        Self::Transfer,
        Self::LocationEnd,
        Self::Ignored,
    ];

    /// The word in canonical rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Change => "change",
            Self::Sale => "sale",
            Self::Return => "return",
            Self::Void => "void",
            Self::PurchaseOrder => "purchase_order",
            Self::Asn => "asn",
            Self::Transfer => "transfer",
            Self::LocationEnd => "location_end",
            Self::Ignored => "ignored",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_known_or_not() {
        let mut units = Units::of(Bucket::Damaged, 0);
        assert_eq!((units.get(Bucket::Damaged), units.get(Bucket::Sellable)), (Some(0), None));
        units.set(Bucket::Sellable, 4);
        assert_eq!(units.iter().collect::<Vec<_>>(), [(Bucket::Sellable, 4), (Bucket::Damaged, 0)]);
        assert!(Units::default().is_empty() && !units.is_empty());
    }

    #[test]
    fn words_are_those_of_json() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).expect("a word"), kind.as_str());
        }
        for bucket in Bucket::ALL {
            assert_eq!(serde_json::to_value(bucket).expect("a word"), bucket.as_str());
        }
    }
}
