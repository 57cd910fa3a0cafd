//! What record and reality disagree on, as operators see it.

use serde::{Deserialize, Serialize};

use crate::{
    clock::{TimeMs, rfc3339},
    exception::ExceptionKind,
    ids::{ExceptionId, LocationId, OrderId},
};

/// One exception.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ExceptionRow {
    /// Which.
    pub id: ExceptionId,
    /// Its kind.
    pub kind: ExceptionKind,
    /// What happened.
    pub sentence: String,
    /// What to do.
    pub next_action: String,
    /// The order.
    pub order: OrderId,
    /// Its short code.
    pub short_code: String,
    /// Where.
    pub location: LocationId,
    /// When.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub raised_at: TimeMs,
    /// How it was closed; absent while open.
    pub settled: Option<String>,
}
