//! The work of locations, as operators see it. The aggregate itself is in [`crate::fulfillment`].

use serde::{Deserialize, Serialize};

use super::exceptions::ExceptionRow;
use crate::{
    clock::{TimeMs, rfc3339},
    fulfillment::{Method, Stage},
    ids::{FulfillmentId, LocationId, OrderId},
};

/// The work of one location for an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FulfillmentDetail {
    /// Which.
    pub id: FulfillmentId,
    /// Where.
    pub location: LocationId,
    /// Name of the location.
    pub location_name: String,
    /// Where it stands.
    pub stage: Stage,
    /// The stage in words.
    pub stage_words: String,
    /// Since when.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub stage_since: TimeMs,
    /// Who works on it, by name where it is known.
    pub claimed_by: Option<String>,
    /// Slots in which it waits.
    pub slots: Vec<String>,
    /// Packages closed.
    pub packages: u32,
    /// What record and reality disagree on.
    pub exceptions: Vec<ExceptionRow>,
}

/// One fulfillment in a location's queue or among those at risk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct QueueRow {
    /// The order.
    pub order: OrderId,
    /// The fulfillment.
    pub fulfillment: FulfillmentId,
    /// Four characters that people say.
    pub short_code: String,
    /// The channel's number.
    pub external_number: String,
    /// Where.
    pub location: LocationId,
    /// Its name.
    pub location_name: String,
    /// How the goods leave.
    pub method: Method,
    /// Where it stands.
    pub stage: Stage,
    /// The stage in words.
    pub stage_words: String,
    /// Units wanted.
    pub units: u32,
    /// When sourcing made it.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub created_at: TimeMs,
    /// When it must be ready.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub promise_at: TimeMs,
    /// Milliseconds to the promise; negative when it is late.
    pub left_ms: i64,
    /// Why it is at risk, in words; absent when it is not.
    pub risk: Option<String>,
    /// Who works on it, by name where it is known.
    pub claimed_by: Option<String>,
}
