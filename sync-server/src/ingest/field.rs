//! The names of what a row can say. Profiles map columns to them, refusals name them, and the canonical
//! formats use them as they are.

use serde::{Deserialize, Serialize};

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// One thing that a row can say.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum Field { $($(#[$doc])* $name,)* }

        impl Field {
            /// Every field, in the order of the canonical CSV.
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$name),*];

            /// Its name in profiles, refusals and canonical rows.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }
        }
    };
}

fields! {
    /// What the row is; see [`Kind`](super::record::Kind).
    Kind = "kind",
    /// The item.
    Sku = "sku",
    /// Where.
    Location = "location",
    /// How many; of the bucket that `bucket` names, else sellable.
    Quantity = "quantity",
    /// The unit that quantities are in.
    Unit = "unit",
    /// Which bucket `quantity` counts.
    Bucket = "bucket",
    /// A count of its own column.
    Sellable = "sellable",
    /// A count of its own column.
    Display = "display",
    /// A count of its own column.
    Damaged = "damaged",
    /// A count of its own column.
    QualityHold = "quality_hold",
    /// When it was counted or happened.
    At = "at",
    /// The source's own sequence.
    Sequence = "sequence",
    /// The source's id of the event.
    EventId = "event_id",
    /// The till's receipt.
    Receipt = "receipt",
    /// The order that a sale belongs to.
    Order = "order",
    /// The event that a void takes back.
    Voids = "voids",
    /// Whether the quantity is a weight.
    Weighed = "weighed",
    /// Number of the purchase order, the shipping notice or the transfer.
    Reference = "reference",
    /// Its line.
    Line = "line",
    /// Where a transfer comes from.
    From = "from",
    /// When supply is expected.
    Expected = "expected",
    /// Whether supply is cancelled.
    Cancelled = "cancelled",
}

impl Field {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Its place in [`Field::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_places_agree() {
        for (at, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field.index(), at);
            let json = serde_json::to_value(field).expect("a word");
            assert_eq!(json, field.as_str());
        }
    }
}
