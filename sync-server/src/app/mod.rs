//! Placeholder; filled in by the next slices.

pub mod fulfillments;
pub mod secrets;
