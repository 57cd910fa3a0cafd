//! The central order management server.
//!
//! `api` speaks HTTP, `app` holds the use cases (each a function of one transaction), `db` all SQL,
//! `sourcing` the pure plan.

pub mod api;
pub mod app;
pub mod clock;
pub mod db;
pub mod jobs;
pub mod keys;
pub mod metrics;
pub mod moment;
pub mod poke;
pub mod sourcing;
pub mod state;
