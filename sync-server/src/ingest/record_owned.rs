//! Records that outlive their row: the same values with their texts copied.

use std::borrow::Cow;

use super::record::{Change, Count, LocationEnd, Record, Supply, Text, Till, TillAct};

fn owned(text: Text<'_>) -> Text<'static> {
    Cow::Owned(text.into_owned())
}

impl Record<'_> {
    /// The same, with texts of its own.
    #[must_use]
    pub fn into_owned(self) -> Record<'static> {
        match self {
            Self::Count(count) => Record::Count(count.into_owned()),
            Self::Change(change) => Record::Change(change.into_owned()),
            Self::Till(till) => Record::Till(till.into_owned()),
            Self::Supply(supply) => Record::Supply(supply.into_owned()),
            Self::LocationEnd(LocationEnd { location, stated, refused }) => {
                Record::LocationEnd(LocationEnd { location: owned(location), stated, refused })
            }
            Self::Ignored => Record::Ignored,
        }
    }
}

impl Count<'_> {
    fn into_owned(self) -> Count<'static> {
        let Self { sku, location, units, counted_at_ms, sequence, event_id } = self;
        let (sku, location, event_id) = (owned(sku), owned(location), event_id.map(owned));
        Count { sku, location, units, counted_at_ms, sequence, event_id }
    }
}

impl Change<'_> {
    fn into_owned(self) -> Change<'static> {
        let Self {
            sku,
            location,
            bucket,
            units,
            changed_at_ms,
            sequence,
            event_id,
            reference,
            line,
        } = self;
        let (sku, location, event_id) = (owned(sku), owned(location), owned(event_id));
        let (reference, line) = (reference.map(owned), line.map(owned));
        Change { sku, location, bucket, units, changed_at_ms, sequence, event_id, reference, line }
    }
}

impl Till<'_> {
    fn into_owned(self) -> Till<'static> {
        let Self { act, event_id, sku, location, units, at_ms, order, receipt } = self;
        let act = match act {
            TillAct::Sale => TillAct::Sale,
            TillAct::Return => TillAct::Return,
            TillAct::Void { voids } => TillAct::Void { voids: owned(voids) },
        };
        Till {
            act,
            event_id: owned(event_id),
            sku: owned(sku),
            location: owned(location),
            units,
            at_ms,
            order: order.map(owned),
            receipt: receipt.map(owned),
        }
    }
}

impl Supply<'_> {
    fn into_owned(self) -> Supply<'static> {
        Supply {
            reference: owned(self.reference),
            line: owned(self.line),
            sku: owned(self.sku),
            location: owned(self.location),
            from: self.from.map(owned),
            kind: self.kind,
            units: self.units,
            expected_at_ms: self.expected_at_ms,
            stated_at_ms: self.stated_at_ms,
            sequence: self.sequence,
            cancelled: self.cancelled,
        }
    }
}
