//! Writing the work of locations: the aggregate with everything that must change with it, in one
//! transaction. [`insert`] for new work, [`save`] for one change, [`Changes`] for many.
//!
//! With a fulfillment change its columns, the order's stored stage, units given back to sourcing,
//! stock with its ledger, reservations, exceptions, the order's history, and the location's feed.
//! Rows are locked in one order: fulfillments by id, orders, positions by location and item, feed heads by
//! location, then counts of rules.
//!
//! What it deliberately does not do: decide (that is `domain::fulfillment`), reserve stock for new
//! work (sourcing does, before [`insert`]), poke tablets (after the commit), and open exceptions for
//! a shortage of other fulfillments: the next pick of the shelf finds it.

mod changes;
mod feed_rows;

use domain::{
    clock::TimeMs,
    fulfillment::Fulfillment,
    ids::{DeviceId, FulfillmentId},
    stock::LineStock,
};

pub use changes::{Changes, Heads};

use crate::db::{self, DbError, Tx, fulfillments::Stored, history};

/// Why a fulfillment changes: a line of the order's history and of the ledger.
#[derive(Debug, Clone)]
pub struct Cause {
    /// A command's type, `order.sourced`, `order.cancelled` …
    pub kind: String,
    /// The command, decision or request; names the rows that it made.
    pub id: String,
    /// Associate, operator, channel or `server`.
    pub actor: String,
    /// On which tablet.
    pub device: Option<DeviceId>,
    /// When, by the clock of whoever did it; only people read it.
    pub at: TimeMs,
    /// What happened, in words, without a customer's data.
    pub sentence: String,
}

impl Cause {
    fn history(&self, f: &Fulfillment) -> history::Entry {
        history::Entry {
            order: f.order(),
            at: self.at,
            kind: self.kind.clone(),
            actor: self.actor.clone(),
            body: history::Body {
                sentence: self.sentence.clone(),
                device: self.device,
                fulfillment: Some(f.id()),
            },
        }
    }
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// Revision of the fulfillment.
    pub rev: u64,
    /// Cursor of the location's feed at which it is visible. Poke after the commit.
    pub cursor: u64,
}

/// Reads a fulfillment and locks it until the end of the transaction.
///
/// # Errors
/// [`DbError`].
pub fn load(tx: &mut Tx, id: FulfillmentId) -> Result<Option<Stored>, DbError> {
    Ok(db::fulfillments::lock(tx, [id])?.pop())
}

/// Adds new work whose units are reserved already ([`db::stock::reserve`]) and no longer counted as
/// unsourced in `order_lines`; brings the order's stage up to date. The location's tablets get the
/// work, the customer, items that they may not know, and the new stock figures.
///
/// # Errors
/// [`DbError`].
pub fn insert(
    tx: &mut Tx,
    location_key: i64,
    fulfillment: &Fulfillment,
    cause: &Cause,
) -> Result<Saved, DbError> {
    db::fulfillments::insert(tx, location_key, fulfillment)?;
    db::fulfillments::refresh_order(tx, fulfillment.order())?;
    history::append(tx, &[cause.history(fulfillment)])?;
    let rows = feed_rows::of_new_work(tx, location_key, fulfillment, &cause.id)?;
    let cursor = db::feed::append(tx, location_key, &rows)?;
    Ok(Saved { rev: 1, cursor })
}

/// Writes the next state of a fulfillment that [`load`] found, with what it did to stock. `now` is
/// the server's clock.
///
/// # Errors
/// [`DbError`].
pub fn save(
    tx: &mut Tx,
    now: TimeMs,
    before: Stored,
    next: Fulfillment,
    stock: Vec<LineStock>,
    cause: Cause,
) -> Result<Saved, DbError> {
    let (id, location_key) = (next.id(), before.location_key);
    let mut changes = Changes::at([location_key]);
    changes.add(before);
    let rev = changes.record(id, next, stock, cause);
    let heads = changes.write(tx, now)?;
    Ok(Saved { rev, cursor: heads[&location_key] })
}
