//! What can be promised (available to promise), in memory: shops ask it thousands of times a second.
//!
//! `stock` holds the positions by item; `rules` and `pool` what people state, about the items and
//! locations of `scope`, as the domain knows them; `dated`, `terms` and `kits` how items are sold beyond
//! that; `judge` is the arithmetic of a rule, and a `view` what one version of them makes of the stock.
//! `index` puts both together for one writer and any number of readers, who never
//! wait. `near` finds the locations around a customer, `explain` tells every term behind a number,
//! `trial` what other rules would change, `feed` what has changed since somebody last asked.
//! `jobs/follow_stock.rs` keeps it up to date from the log of stock changes.
//!
//! A number here is an answer, never a promise: what an order gets is decided by the guarded updates
//! on the positions themselves, and by the rules as `app/bounds.rs` judges them on rows. What it
//! deliberately does not do: store anything, or read a clock. A restart makes it again from the database.

pub mod bits;
mod calm;
pub mod chunks;
pub mod dated;
pub mod directory;
pub mod explain;
pub mod feed;
pub mod index;
pub mod judge;
pub mod kits;
pub mod near;
pub mod sold;
pub mod stock;
pub mod terms;
pub mod trial;
pub mod view;

pub use domain::atp::{pool, rules, scope};

#[cfg(test)]
mod tests;
