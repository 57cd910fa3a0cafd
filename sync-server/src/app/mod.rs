//! Use cases: each is a function of one transaction, given its moment. Handlers and jobs call them.

pub mod backed_up;
pub mod bounds;
pub mod capacity;
pub mod device_auth;
pub mod doubts;
pub mod enrol;
pub mod exchange;
pub mod fulfillments;
pub mod holds;
pub mod import;
pub mod ingest;
pub mod intake;
pub mod known_tokens;
pub mod leases;
pub mod locations;
pub mod order;
pub mod parked;
pub mod planted;
pub mod refusal;
pub mod restored;
pub mod risk;
pub mod secrets;
pub mod session;
pub mod snapshot;
pub mod sourcing;
pub mod webhooks;
