//! Stock positions that a person should look at. Which they are is decided by the server.

use serde::{Deserialize, Serialize};

use crate::{
    clock::{TimeMs, rfc3339},
    ids::{LocationId, Sku},
};

/// Why a stock position should be looked at; of several reasons the first of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DoubtKind {
    /// Fewer than no units are on the shelf by our books.
    Negative,
    /// More units are promised than there are.
    Short,
    /// Somebody looked for promised units since the last count and did not find them.
    Unfound,
    /// Nobody has counted it for long, though it has units or they move.
    Stale,
}

impl DoubtKind {
    /// Every kind, the worst first.
    pub const ALL: [Self; 4] = [Self::Negative, Self::Short, Self::Unfound, Self::Stale];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Short => "short",
            Self::Unfound => "unfound",
            Self::Stale => "stale",
        }
    }
}

/// A stock position that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({
    "kind": "short",
    "location": "S0042",
    "location_name": "Main Street",
    "sku": "100023",
    "name": "Mug, blue",
    "on_hand": 1,
    "reserved": 3,
    "shortage": 2,
    "not_found": 1,
    "confidence": 18,
    "counted_at": "2026-11-11T06:00:00.000Z",
    "moved_at": "2026-11-23T09:14:00.000Z"
})))]
pub struct StockDoubt {
    /// Why.
    pub kind: DoubtKind,
    /// Where.
    pub location: LocationId,
    /// Its name.
    pub location_name: String,
    /// The item.
    pub sku: Sku,
    /// Its name.
    pub name: String,
    /// Units on the shelf by our books.
    pub on_hand: i64,
    /// Units promised and not yet picked.
    pub reserved: i64,
    /// Units promised that are not there.
    pub shortage: i64,
    /// Picks since the last count that did not find promised units.
    pub not_found: u32,
    /// How far the number on hand is to be believed, in percent.
    #[cfg_attr(feature = "schema", schema(maximum = 100))]
    pub confidence: u8,
    /// When it was last counted; absent: never.
    #[serde(default, with = "rfc3339::option", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub counted_at: Option<TimeMs>,
    /// When units last came or left, counts aside; absent: never.
    #[serde(default, with = "rfc3339::option", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub moved_at: Option<TimeMs>,
}
