//! The answer to an import. The rows of each kind are the server's.

use serde::{Deserialize, Serialize};

/// The answer to an import.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({
    "accepted": 998, "unchanged": 1, "refused_total": 1,
    "refused": [{"line": 17, "code": "unknown_sku", "message": "there is no item 100024"}]
})))]
pub struct ImportAnswer {
    /// Rows that changed something.
    pub accepted: u64,
    /// Rows that said what was known.
    pub unchanged: u64,
    /// Rows refused in all.
    pub refused_total: u64,
    /// The first of them.
    pub refused: Vec<RefusedRow>,
}

/// One refused row of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RefusedRow {
    /// Line of the body, from 1.
    pub line: u64,
    /// Stable code.
    pub code: String,
    /// What is wrong and what is allowed.
    pub message: String,
}
