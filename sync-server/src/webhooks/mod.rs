//! Webhooks: how somebody else's server is told what can be promised, by the rules of
//! [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks). What is told, when, to
//! which addresses, and what a receiver can check it by.
//!
//! What it deliberately does not do: remember. `db/deliveries.rs` does, and `jobs/deliver_webhooks.rs`
//! puts the two together. Only `send.rs` talks to anybody.

pub mod address;
pub mod backoff;
pub mod message;
pub mod send;
pub mod signature;
pub mod waiting;
