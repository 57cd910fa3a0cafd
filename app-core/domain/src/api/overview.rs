//! What is wrong now, in numbers.

use serde::{Deserialize, Serialize};

use super::fulfillments::QueueRow;

/// What is wrong now, with the list behind each number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Overview {
    /// Orders that wait for a location.
    pub unsourced: u32,
    /// Fulfillments that are late.
    pub late: u32,
    /// Fulfillments that will be late within the hour.
    pub at_risk: u32,
    /// Fulfillments that are open.
    pub open: u32,
    /// Orders that wait for their customers.
    pub ready: u32,
    /// Open exceptions.
    pub exceptions: u32,
    /// Commands that the server could not read.
    pub parked: u32,
    /// Tablets without contact for more than ten minutes, with work waiting or not.
    pub devices_silent: u32,
    /// Active tablets.
    pub devices: u32,
    /// Locations.
    pub locations: u32,
    /// Orders taken in the last 24 hours.
    pub orders_day: u32,
    /// The worst fulfillments, at most ten.
    pub worst: Vec<QueueRow>,
}
