//! Goods back. Types only: the flow comes with its own issue, the words are fixed here.

use serde::{Deserialize, Serialize};

/// Where a return stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnStage {
    /// Asked for.
    Requested,
    /// Allowed.
    Authorised,
    /// On its way back.
    InTransit,
    /// With the associate.
    AtCounter,
    /// Taken back.
    Received,
    /// Condition judged.
    Graded,
    /// Sent to where it belongs.
    Dispositioned,
    /// Money given back; final.
    Settled,
    /// Not allowed; final.
    Refused,
    /// Withdrawn; final.
    Cancelled,
}

/// Where returned goods go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Back to the shelf.
    Shelf,
    /// Looked at first.
    Inspect,
    /// Mended.
    Repair,
    /// Sent back to the vendor.
    Vendor,
    /// Given away.
    Donate,
    /// Destroyed.
    Destroy,
}
