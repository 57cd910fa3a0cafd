//! Locations in lists. What tablets hold of theirs is [`crate::sync::LocationCard`].

use serde::{Deserialize, Serialize};

use crate::ids::LocationId;

/// One location in lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LocationRow {
    /// Its number.
    pub id: LocationId,
    /// Its name.
    pub name: String,
    /// City.
    pub city: String,
    /// State or province.
    pub region: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Fulfillments open there.
    pub open: u32,
    /// Fulfillments late there.
    pub late: u32,
    /// Active tablets.
    pub devices: u32,
}
