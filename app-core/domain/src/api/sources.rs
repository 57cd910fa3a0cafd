//! Sources of stock, and what became of what they sent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Transport, TransportState};
use crate::clock::{TimeMs, rfc3339};

/// A source as an administrator states it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSource {
    /// What people call it; 1 to 100 characters.
    pub name: String,
    /// What kind of system it is.
    pub kind: SourceKind,
    /// How it writes, see the server's README; absent: our own names in CSV, with counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub profile: Option<serde_json::Value>,
    /// A count that differs from the books by more units waits for a person; absent: none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_above: Option<u32>,
    /// How what it writes gets here; absent: it sends it itself.
    #[serde(default)]
    pub transport: Transport,
}

/// What kind of system a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The retailer's books.
    Erp,
    /// A warehouse.
    Warehouse,
    /// Tills.
    Till,
    /// A vendor or drop-shipper.
    Supplier,
    /// A third party that keeps our stock.
    ThirdParty,
}

impl SourceKind {
    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Erp => "erp",
            Self::Warehouse => "warehouse",
            Self::Till => "till",
            Self::Supplier => "supplier",
            Self::ThirdParty => "third_party",
        }
    }
}

/// A source in a list, with its newest batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SourceRow {
    /// Its id, in routes.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What kind of system it is, in a word.
    pub kind: String,
    /// How it writes: `csv`, `ndjson` …
    pub format: String,
    /// Grows with every change of the profile.
    pub profile_version: i64,
    /// A count that differs by more units waits for a person.
    pub hold_above: Option<u32>,
    /// How what it writes gets here.
    #[serde(default)]
    pub transport: Transport,
    /// Whether it does, where the server has to look by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<TransportState>,
    /// What it sent last.
    pub last: Option<BatchRow>,
}

/// A source with its batches.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SourceDetail {
    /// The source.
    pub source: SourceRow,
    /// How it writes.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub profile: serde_json::Value,
    /// Its newest batches, a bounded number, the newest first.
    pub batches: Vec<BatchRow>,
}

/// The token of a source, shown once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SourceToken {
    /// For `Authorization: Bearer`; the one before is refused from now on.
    pub token: String,
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BatchRow {
    /// Its id, which its source chose.
    pub id: String,
    /// `running`, `done`, or `broken`: send it again. `collecting`: a day's events, which nobody ends.
    pub state: String,
    /// When what it states was so, unless a row says.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub as_of: TimeMs,
    /// Bytes read, packed as they came.
    pub bytes: u64,
    /// Rows read and committed.
    pub rows: u64,
    /// Rows that changed the books.
    pub accepted: u64,
    /// Rows that said what the books said.
    pub unchanged: u64,
    /// Rows older than what was known, taken before, or about the goods of an order.
    pub ignored: u64,
    /// Rows refused.
    pub refused: u64,
    /// Rows that wait for a person.
    pub held: u64,
    /// When it began.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub started_at: TimeMs,
    /// When something of it was last committed, or it ended.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub touched_at: TimeMs,
    /// Why it ended early, or what was left out; empty when there is nothing to say.
    pub message: String,
}

/// A row that was refused, or held for a person, as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DeadRow {
    /// Its key, in routes.
    pub key: i64,
    /// The source.
    pub source: String,
    /// The batch.
    pub batch: String,
    /// Its line, from 1; the number of its message where it came in one.
    pub line: u64,
    /// The field that is wrong; empty for the whole row.
    pub field: String,
    /// Why, in a stable word; `held`: it may be right, and is unusual.
    pub code: String,
    /// Why, for a person.
    pub message: String,
    /// The row, cut to a limit.
    pub raw: String,
    /// What could be read of it, before translation: field and text.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<Vec<String>>))]
    pub fields: Vec<(String, String)>,
    /// `open`, `replayed` or `discarded`.
    pub state: String,
    /// When it was kept.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub at: TimeMs,
    /// Who has dealt with it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub settled_by: String,
    /// Why it was discarded.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A dead row, once more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({ "fields": { "quantity": "12" } })))]
#[serde(deny_unknown_fields)]
pub struct ReplayRow {
    /// Fields that were corrected, as the source would write them; the others stay as they came.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// What became of a row that was replayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReplayedRow {
    /// `accepted`, `unchanged`, or `ignored`: something newer is known by now.
    pub outcome: String,
}

/// Leaves a dead row out for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({ "reason": "The store is closed." })))]
#[serde(deny_unknown_fields)]
pub struct DiscardRow {
    /// Why; 1 to 200 characters.
    pub reason: String,
}
