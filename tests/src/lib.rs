//! What the test programs share: the databases and processes that they start.

pub mod postgres;
pub mod stopwatch;
