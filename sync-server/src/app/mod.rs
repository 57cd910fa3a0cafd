//! Placeholder; filled in by the next slices.

pub mod exchange;
pub mod fulfillments;
pub mod parked;
pub mod planted;
pub mod secrets;
