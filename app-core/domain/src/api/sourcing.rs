//! Why an order was sourced as it was. Decides nothing.

use serde::{Deserialize, Serialize};

use crate::{
    clock::{TimeMs, rfc3339},
    ids::LocationId,
};

/// One sourcing decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SourcingDetail {
    /// The how-manieth try.
    pub attempt: u32,
    /// When.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub at: TimeMs,
    /// The decision in one sentence.
    pub sentence: String,
    /// Name and version of the policy.
    pub policy: String,
    /// Candidates that were looked at, the best first, a bounded number.
    pub candidates: Vec<CandidateDetail>,
    /// Candidates in all.
    pub candidates_total: u32,
    /// Units that found no location.
    pub unsourced: u32,
}

/// One location that sourcing looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CandidateDetail {
    /// Where.
    pub location: LocationId,
    /// Its name.
    pub name: String,
    /// Distance to the customer in metres; absent for pickup.
    pub distance_m: Option<u64>,
    /// Units of the order it could give.
    pub units: u32,
    /// Lines it could give whole.
    pub lines_whole: u32,
    /// Units it was asked for.
    pub chosen_units: u32,
    /// Why it was chosen, or not.
    pub reason: String,
}
