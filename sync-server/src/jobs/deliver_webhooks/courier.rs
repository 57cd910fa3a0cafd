//! The courier of one webhook: follows the index, and sends one delivery after the other.
//!
//! A delivery is written down before it is sent, and is sent under its number until it is taken; what was
//! taken is written down before the next. So nothing is lost or overtaken by a server that is killed, and
//! a delivery may come twice, under the same number. What a receiver knows is in the database by item:
//! after a restart, or by other rules, only what is different from it is told.

use std::{sync::Arc, time::Duration};

use domain::{
    api::{WebhookKind, WebhookOutcome},
    clock::TimeMs,
};
use reqwest::Url;

use super::super::pause;
use crate::{
    app::webhooks::{kind, pool},
    atp::{
        feed::{Place, changed},
        index::Index,
    },
    clock::{self, Stopwatch},
    db::{
        DbError,
        deliveries::{self, Lease, Try},
        webhooks::{self, Stated, Webhook},
    },
    state::AppState,
    webhooks::{
        backoff,
        message::{self, Changes, Item},
        send::{Answered, PATIENCE, Sent},
        signature,
        waiting::Waiting,
    },
};

/// A server that is killed is missed for so long.
const LEASE_MS: i64 = 20_000;
/// A lease is kept at least so often.
const KEEP: Duration = Duration::from_secs(5);
/// How often the index is looked at: it costs a look at every item's stamp.
const LOOK: Duration = Duration::from_millis(250);
/// Rows that are read at once.
const PAGE: u32 = 20_000;

const _: () = assert!(
    PATIENCE.as_millis() + 2 * KEEP.as_millis() <= LEASE_MS.unsigned_abs() as u128,
    "nobody takes the lease while an answer is waited for"
);

/// Delivers a webhook, until it is somebody else's, an operator changes it, or the server stops.
pub(super) async fn run(state: AppState, key: i64, holder: String) {
    match Courier::start(&state, key, holder).await {
        Ok(None) => {}
        Ok(Some(mut courier)) => {
            if let Err(error) = courier.work().await {
                let webhook = &courier.webhook.id;
                tracing::warn!(webhook, %error, "a webhook will be gone on with");
            }
            let lease = courier.lease.clone();
            // If it cannot be given back it runs out.
            let _ = state.db.write(move |tx| deliveries::give_back(tx, &lease)).await;
        }
        Err(error) => tracing::warn!(%error, "a webhook will be started again"),
    }
}

struct Courier {
    state: AppState,
    lease: Lease,
    /// Since the lease was kept.
    kept: Stopwatch,
    webhook: Webhook,
    url: Url,
    kind: WebhookKind,
    waiting: Waiting,
    /// How far the index has been followed.
    place: Option<Place>,
    /// Everything that was committed by then has been looked at.
    as_of: TimeMs,
}

/// What a look at the index has found.
struct Looked {
    waiting: Waiting,
    place: Option<Place>,
}

/// What to do next.
enum Step {
    Wait(Duration),
    /// The webhook is another courier's.
    Lost,
}

impl Courier {
    /// Takes the lease; `None` when somebody else was faster.
    async fn start(state: &AppState, key: i64, holder: String) -> Result<Option<Self>, DbError> {
        let (kept, now) = (Stopwatch::start(), clock::now());
        let until = now.plus_ms(LEASE_MS);
        let taken = state.db.write(move |tx| {
            let Some(lease) = deliveries::take(tx, key, &holder, now, until)? else {
                return Ok::<_, DbError>(None);
            };
            Ok(webhooks::of_key(tx, key)?.map(|webhook| (lease, webhook)))
        });
        let Some((lease, webhook)) = taken.await? else { return Ok(None) };
        let Ok(url) = Url::parse(&webhook.stated.url) else { return Ok(None) };
        let kind = kind(&webhook.stated.kind);
        let (waiting, place, as_of) = (Waiting::default(), None, TimeMs(0));
        let state = state.clone();
        Ok(Some(Self { state, lease, kept, webhook, url, kind, waiting, place, as_of }))
    }

    /// Until all stock has been read; false when the server stops or the lease is lost.
    async fn wait_for_index(&mut self) -> Result<bool, DbError> {
        while self.state.promises.index.seen().is_none() {
            if !pause(&self.state, LOOK).await || !self.keeps(false).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads what the receiver has acknowledged, and what is under way to it.
    async fn read_told(&mut self) -> Result<bool, DbError> {
        let (key, mut after) = (self.lease.key, 0);
        loop {
            let page = self.state.db.read(move |tx| deliveries::told(tx, key, after, PAGE)).await?;
            let Some((last, _)) = page.last() else { break };
            after = *last;
            let directory = self.state.promises.index.directory();
            for (item, told) in &page {
                let Some(item) = directory.items.by_key(*item) else { continue };
                self.waiting.told(item, i32::try_from(*told).unwrap_or(i32::MAX));
            }
        }
        if let Some((_, body)) = &self.webhook.message {
            let directory = self.state.promises.index.directory();
            for (sku, told) in message::items(body) {
                let Some(item) = directory.items.number(&sku) else { continue };
                self.waiting.told(item, told);
            }
        }
        self.keeps(false).await
    }

    async fn work(&mut self) -> Result<(), DbError> {
        if !self.wait_for_index().await? || !self.read_told().await? {
            return Ok(());
        }
        let mut changes = self.state.webhook_changes.subscribe();
        let mut at_once = false;
        while self.keeps(at_once).await? {
            let Step::Wait(wait) = self.step().await? else { return Ok(()) };
            let stays = tokio::select! {
                stays = pause(&self.state, wait) => { at_once = false; stays }
                // An operator has changed one: perhaps this.
                Ok(()) = changes.changed() => { at_once = true; true }
            };
            if !stays {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Keeps the lease, if it is time to; false when it is lost, or the webhook is another one now.
    async fn keeps(&mut self, at_once: bool) -> Result<bool, DbError> {
        if !at_once && self.kept.elapsed() < KEEP {
            return Ok(true);
        }
        let kept = Stopwatch::start();
        let (lease, until) = (self.lease.clone(), clock::now().plus_ms(LEASE_MS));
        let keeps = self.state.db.write(move |tx| deliveries::keep(tx, &lease, until)).await?;
        self.kept = kept;
        Ok(keeps)
    }

    async fn step(&mut self) -> Result<Step, DbError> {
        let now = clock::now();
        self.look(now).await;
        let due = self.waiting.due(self.webhook.stated.debounce_ms);
        if self.webhook.message.is_none() {
            match due {
                Some(due) if due <= now => {
                    if !self.begin(now).await? {
                        return Ok(Step::Lost);
                    }
                }
                _ => return Ok(Step::Wait(until(now, due))),
            }
        }
        if self.webhook.next_try_at > now {
            return Ok(Step::Wait(until(now, Some(self.webhook.next_try_at))));
        }
        Ok(if self.send().await? { Step::Wait(Duration::ZERO) } else { Step::Lost })
    }

    /// Follows the index.
    async fn look(&mut self, now: TimeMs) {
        let index = Arc::clone(&self.state.promises.index);
        // Before the numbers: they may be newer, never older.
        self.as_of = index.seen().map_or(self.as_of, |seen| seen.as_of);
        let known = |place: Place| place.mark == index.mark(&index.view());
        if self.place.is_some_and(known) {
            return;
        }
        let looked = Looked { waiting: std::mem::take(&mut self.waiting), place: self.place };
        let (stated, kind) = (self.webhook.stated.clone(), self.kind);
        let work = move || look(&index, looked, &stated, kind, now);
        let looked = tokio::task::spawn_blocking(work).await;
        let looked = looked.expect("looking does not panic and is never aborted");
        (self.waiting, self.place) = (looked.waiting, looked.place);
    }

    /// Writes down the next delivery; false when it is another courier's to do.
    async fn begin(&mut self, now: TimeMs) -> Result<bool, DbError> {
        let taken = self.waiting.take(usize::try_from(self.webhook.stated.batch_max).unwrap_or(1));
        let data = self.changes(&taken);
        let (id, body) = (message_id(), message::changes(data, now));
        let kept = Stopwatch::start();
        let (lease, stored, until) =
            (self.lease.clone(), (id.clone(), body.clone()), now.plus_ms(LEASE_MS));
        let begun = self
            .state
            .db
            .write(move |tx| deliveries::begin(tx, &lease, &stored.0, &stored.1, until));
        let begun = begun.await?;
        self.kept = kept;
        self.webhook.message = Some((id, body));
        Ok(begun)
    }

    fn changes(&self, taken: &[(u32, i32)]) -> Changes {
        let (index, view) = (&self.state.promises.index, self.state.promises.index.view());
        let directory = index.directory();
        let sku = |item: u32| &*directory.items.facts(item).sku;
        let pool = pool(&view, &self.webhook.stated).map(|pool| view.set().pools[pool].id.clone());
        Changes {
            webhook: self.webhook.id.clone(),
            sequence: self.webhook.sequence.unsigned_abs() + 1,
            pool: pool.unwrap_or_default(),
            as_of: self.as_of.to_rfc3339(),
            items: taken.iter().map(|(i, told)| Item::new(self.kind, sku(*i), *told)).collect(),
        }
    }

    /// Tries the delivery under way once, and writes down what became of it; false when that is another
    /// courier's by now.
    async fn send(&mut self) -> Result<bool, DbError> {
        let (id, body) = self.webhook.message.clone().expect("something is under way");
        let at = clock::now();
        let Webhook { secret, secret_since, .. } = self.webhook;
        let secrets =
            signature::secrets(&self.state.keys, &self.webhook.id, secret, secret_since, at);
        let sent = Sent { url: &self.url, id: &id, body: &body, at };
        let answered = tokio::select! {
            answered = self.state.post.send(sent, &secrets) => answered,
            // The server stops: whoever goes on sends it again.
            false = pause(&self.state, 2 * PATIENCE) => return Ok(false),
        };
        let told = message::items(&body);
        self.state.note_delivery(answered, told.len());
        let tried = Try::new(id, "changes", told.len(), at, answered);
        if answered.outcome == WebhookOutcome::Taken {
            let told = told.into_iter().map(|(sku, told)| (sku, i64::from(told))).collect();
            self.taken(tried, told).await
        } else {
            self.not_taken(tried, answered).await
        }
    }

    async fn taken(&mut self, tried: Try, told: Vec<(String, i64)>) -> Result<bool, DbError> {
        let lease = self.lease.clone();
        let write = self.state.db.write(move |tx| {
            let is_ours = deliveries::acknowledge(tx, &lease, &tried.message, &told)?;
            if is_ours {
                deliveries::note(tx, lease.key, &tried)?;
            }
            Ok::<_, DbError>(is_ours)
        });
        let is_ours = write.await?;
        let webhook = &mut self.webhook;
        webhook.sequence += 1;
        (webhook.message, webhook.tries, webhook.failing_since) = (None, 0, None);
        webhook.next_try_at = TimeMs(0);
        Ok(is_ours)
    }

    async fn not_taken(&mut self, tried: Try, answered: Answered) -> Result<bool, DbError> {
        let (lease, now) = (self.lease.clone(), clock::now());
        let webhook = &mut self.webhook;
        webhook.tries += 1;
        let since = *webhook.failing_since.get_or_insert(now);
        let stop = backoff::stop(answered.outcome, since, now);
        let tries = u32::try_from(webhook.tries).unwrap_or(u32::MAX);
        let random = clock::random_bits();
        let next = backoff::next_try(now, tries, answered.retry_after_ms, random);
        webhook.next_try_at = next;
        let outcome = answered.outcome.as_str();
        match stop {
            Some(why) => tracing::warn!(webhook = webhook.id, outcome, why, "a webhook is stopped"),
            None => tracing::info!(webhook = webhook.id, outcome, tries, "not delivered yet"),
        }
        let write = self.state.db.write(move |tx| {
            let is_ours = deliveries::fail(tx, &lease, &tried.message, next, now, stop)?;
            if is_ours {
                deliveries::note(tx, lease.key, &tried)?;
            }
            Ok::<_, DbError>(is_ours)
        });
        Ok(write.await? && stop.is_none())
    }
}

/// Takes in what has changed in the index. Without a pool there is nothing to tell, until other rules
/// have one.
fn look(
    index: &Index,
    mut looked: Looked,
    stated: &Stated,
    kind: WebhookKind,
    now: TimeMs,
) -> Looked {
    let view = index.view();
    let found = changed(index, &view, looked.place, usize::MAX);
    match pool(&view, stated) {
        Some(pool) => found.items.into_iter().for_each(|item| {
            let units = index.number(&view, item, pool);
            looked.waiting.is(item, now, message::told(kind, units));
        }),
        None => looked.waiting.rest(),
    }
    looked.place = Some(found.next);
    looked
}

/// A delivery's number: no other has it.
fn message_id() -> String {
    let mut moment = clock::moment();
    format!("msg_{}", domain::ids::uuid_v7(moment.now, moment.entropy()))
}

/// How long to wait for an instant, though not longer than until the next look.
fn until(now: TimeMs, due: Option<TimeMs>) -> Duration {
    let ms = due.map_or(i64::MAX, |due| due.0.saturating_sub(now.0));
    LOOK.min(Duration::from_millis(ms.max(0).unsigned_abs()))
}
