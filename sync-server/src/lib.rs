//! The central order management server.
//!
//! `api` speaks HTTP, `app` holds the use cases (each a function of one transaction), `db` all SQL,
//! `ingest` reads what sources send, `transport` fetches it where they do not send it themselves,
//! `sourcing` is the pure plan, `confidence` how far stock is believed, `atp` what can be promised, `feeds` the same as others' files,
//! `webhooks` how others are told, `jobs` what looks at the world by itself. `router` is the one page
//! with every route and who may call it; `serve` puts it together.

pub mod api;
pub mod app;
pub mod atp;
pub mod calendar;
pub mod clock;
pub mod confidence;
pub mod config;
pub mod db;
pub mod feeds;
pub mod first_start;
pub mod ingest;
pub mod jobs;
pub mod keys;
pub mod metrics;
pub mod moment;
pub mod poke;
pub mod router;
pub mod serve;
pub mod sourcing;
pub mod state;
pub mod telemetry;
pub mod transport;
pub mod webhooks;
