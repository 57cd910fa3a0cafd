//! A webhook as operators see it.

use domain::{
    api::{
        NewWebhook, WebhookDetail, WebhookKind, WebhookOutcome, WebhookRow, WebhookStop, WebhookTry,
    },
    clock::TimeMs,
    fulfillment::Method,
    limits,
};

use crate::{
    atp::index::Index,
    db::{
        DbError, Tx,
        deliveries::{self, Try},
        webhooks::{Stated, Webhook},
    },
    webhooks::signature,
};

/// The method of a stored word.
pub(super) fn method(word: &str) -> Method {
    if word == Method::Pickup.as_str() { Method::Pickup } else { Method::Ship }
}

/// What is told, by its stored word.
#[must_use]
pub fn kind(word: &str) -> WebhookKind {
    if word == WebhookKind::Bands.as_str() { WebhookKind::Bands } else { WebhookKind::Units }
}

/// A webhook in a list.
///
/// # Errors
/// [`DbError`].
pub fn row(
    tx: &mut Tx,
    index: &Index,
    webhook: Webhook,
    now: TimeMs,
) -> Result<WebhookRow, DbError> {
    let last = deliveries::newest(tx, webhook.key, 1)?.pop().map(tried);
    Ok(told(index, webhook, last, now))
}

/// A webhook with its tries.
///
/// # Errors
/// [`DbError`].
pub fn detail(
    tx: &mut Tx,
    index: &Index,
    webhook: Webhook,
    now: TimeMs,
) -> Result<WebhookDetail, DbError> {
    let tries = deliveries::newest(tx, webhook.key, limits::WEBHOOK_TRIES_KEPT)?;
    let tries: Vec<_> = tries.into_iter().map(tried).collect();
    Ok(WebhookDetail { webhook: told(index, webhook, tries.first().cloned(), now), tries })
}

fn told(index: &Index, webhook: Webhook, last: Option<WebhookTry>, now: TimeMs) -> WebhookRow {
    let view = index.view();
    let pool = super::pool(&view, &webhook.stated);
    let waits = webhook.stated.enabled && webhook.tries > 0;
    WebhookRow {
        pool: pool.map(|pool| view.set().pools[pool].id.clone()),
        stopped: match webhook.stopped.as_str() {
            "gone" => Some(WebhookStop::Gone),
            "failing" => Some(WebhookStop::Failing),
            _ => None,
        },
        sequence: webhook.sequence.unsigned_abs(),
        tries: number(webhook.tries),
        next_try_at: waits.then_some(webhook.next_try_at),
        failing_since: webhook.failing_since,
        old_secret_until: signature::old_until(webhook.secret, webhook.secret_since, now),
        last,
        id: webhook.id,
        stated: stated(webhook.stated),
    }
}

fn stated(stated: Stated) -> NewWebhook {
    NewWebhook {
        method: method(&stated.method),
        kind: kind(&stated.kind),
        name: stated.name,
        url: stated.url,
        channel: stated.channel,
        market: stated.market,
        region: stated.region,
        debounce_ms: number(stated.debounce_ms),
        batch_max: number(stated.batch_max),
        enabled: stated.enabled,
    }
}

/// A try as operators see it.
#[must_use]
pub fn tried(tried: Try) -> WebhookTry {
    let known = WebhookOutcome::ALL.into_iter().find(|(word, _)| *word == tried.outcome);
    WebhookTry {
        message: tried.message,
        what: tried.what,
        items: number(tried.items),
        at: tried.at,
        took_ms: number(tried.took_ms),
        outcome: known.map_or(WebhookOutcome::Unreachable, |(_, outcome)| outcome),
        status: u16::try_from(tried.status).ok().filter(|status| *status > 0),
    }
}

fn number(stored: i64) -> u32 {
    u32::try_from(stored).unwrap_or(u32::MAX)
}
