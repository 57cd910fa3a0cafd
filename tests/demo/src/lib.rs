//! The demo network.
