//! Webhooks as operators steer them, and as they see them. Delivering is `jobs/deliver_webhooks.rs`'s.

mod check;
mod show;

use domain::{clock::TimeMs, problem::Problem};

use super::refusal::{AppError, not_found};
use crate::{
    atp::{pool::Shopper, view::View},
    db::{
        Tx,
        webhooks::{self, Stated, Webhook},
    },
    moment::Moment,
};

pub use check::checked;
pub use show::{detail, kind, row, tried};

/// Why nothing of this id is there.
#[must_use]
pub fn unknown() -> Problem {
    not_found("unknown_webhook", "There is no such webhook.")
}

/// The pool whose numbers a webhook is told; `None` while no pool is for such customers.
#[must_use]
pub fn pool(view: &View, stated: &Stated) -> Option<usize> {
    let method = show::method(&stated.method);
    let (channel, market) = (stated.channel.as_deref(), stated.market.as_deref());
    view.pool_of(&Shopper { channel, market, region: stated.region.as_deref(), method })
}

/// Adds a webhook; it is told everything first.
///
/// # Errors
/// `too_many_webhooks`.
pub fn add(tx: &mut Tx, moment: &mut Moment, stated: &Stated) -> Result<Webhook, AppError> {
    let most = domain::limits::WEBHOOKS_MAX;
    if webhooks::count(tx)? >= i64::try_from(most).expect("few") {
        let title = format!("There are {most} webhooks already.");
        let problem = Problem::new(409, "too_many_webhooks", title);
        return Err(problem.advise("Remove one that is not needed.").into());
    }
    let id: String = moment.entropy().iter().map(|byte| format!("{byte:02x}")).collect();
    let id = format!("wh_{id}");
    webhooks::add(tx, &id, stated, moment.now)?;
    Ok(webhooks::find(tx, &id)?.expect("it was just added"))
}

/// States a webhook anew. A receiver at another address, or of other numbers, is told everything.
///
/// # Errors
/// `unknown_webhook`.
pub fn change(tx: &mut Tx, id: &str, stated: &Stated, now: TimeMs) -> Result<Webhook, AppError> {
    let before = webhooks::lock(tx, id)?.ok_or_else(unknown)?;
    webhooks::change(tx, before.key, stated, now)?;
    if !stated.tells_the_same(&before.stated) {
        webhooks::forget_told(tx, before.key)?;
    }
    Ok(webhooks::find(tx, id)?.expect("it is locked"))
}

/// Removes a webhook.
///
/// # Errors
/// `unknown_webhook`.
pub fn remove(tx: &mut Tx, id: &str) -> Result<(), AppError> {
    let found = webhooks::lock(tx, id)?.ok_or_else(unknown)?;
    Ok(webhooks::remove(tx, found.key)?)
}

/// Tells a receiver everything again. What it was sent before is not repeated as it was: numbers of
/// then would overwrite those of now.
///
/// # Errors
/// `unknown_webhook`.
pub fn again(tx: &mut Tx, id: &str) -> Result<(), AppError> {
    let found = webhooks::lock(tx, id)?.ok_or_else(unknown)?;
    Ok(webhooks::forget_told(tx, found.key)?)
}

/// Gives a webhook its next secret.
///
/// # Errors
/// `unknown_webhook`.
pub fn rotate(tx: &mut Tx, id: &str, now: TimeMs) -> Result<Webhook, AppError> {
    let found = webhooks::lock(tx, id)?.ok_or_else(unknown)?;
    webhooks::next_secret(tx, found.key, now)?;
    Ok(webhooks::find(tx, id)?.expect("it is locked"))
}
