//! Placeholder; filled in by the next slices.

pub mod device_auth;
pub mod enrol;
pub mod exchange;
pub mod fulfillments;
pub mod parked;
pub mod planted;
pub mod secrets;
pub mod snapshot;
