//! A batch from its first byte to its last: begun once, gone on with after a break, ended with the hash
//! of what it was.

use domain::{
    api::{BatchRow, Transport},
    clock::TimeMs,
};

use super::take::Terms;
use crate::{
    db::{
        DbError, Tx,
        batches::{self, Batch, Counts, End},
        sources::Source,
    },
    ingest::{Plan, Profile, profile::Absent},
};

/// A source that can be read: its stored profile has no problems.
///
/// # Errors
/// [`DbError::Impossible`]: a profile is checked before it is stored.
pub fn plan(source: &Source) -> Result<Plan, DbError> {
    let broken = || DbError::impossible("sources", "profile", source.id.clone());
    let profile: Profile = serde_json::from_str(&source.profile).map_err(|_| broken())?;
    Plan::new(&profile).map_err(|_| broken())
}

/// How what a source writes gets here.
///
/// # Errors
/// [`DbError::Impossible`]: a transport is checked before it is stored.
pub fn transport_of(source: &Source) -> Result<Transport, DbError> {
    let broken = |_| DbError::impossible("sources", "transport", source.id.clone());
    serde_json::from_str(&source.transport).map_err(broken)
}

/// How the id of a batch begins that collects a day's events.
const OF_EVENTS: &str = "events-";

/// The id of the batch that collects a day's events.
#[must_use]
pub fn of_events(now: TimeMs) -> String {
    format!("{OF_EVENTS}{}", &now.to_rfc3339()[..10])
}

/// Whether an id may be that of such a batch: no sender may choose it.
#[must_use]
pub fn is_of_events(id: &str) -> bool {
    let is_of_day = |byte: u8| byte.is_ascii_digit() || byte == b'-';
    id.strip_prefix(OF_EVENTS).is_some_and(|day| day.len() == 10 && day.bytes().all(is_of_day))
}

/// How a batch is to be taken.
#[must_use]
pub fn terms(source: &Source, plan: &Plan, batch: &Batch) -> Terms {
    Terms {
        source_key: source.key,
        batch_key: batch.key,
        batch_id: batch.id.clone(),
        includes: plan.profile.includes,
        hold_above: source.hold_above,
        as_of: batch.as_of,
        whole_locations: plan.profile.absent != Absent::Kept,
        may_repeat: false,
    }
}

/// Begins a batch, or finds it as it was left.
///
/// # Errors
/// [`DbError`].
pub fn begin(
    tx: &mut Tx,
    source: &Source,
    id: &str,
    as_of: Option<TimeMs>,
    now: TimeMs,
) -> Result<Batch, DbError> {
    let as_of = as_of.unwrap_or(now).min(now);
    batches::begin(tx, source.key, id, &source.kind, as_of, now)?;
    let found = batches::find(tx, source.key, id)?;
    found.ok_or_else(|| DbError::impossible("source_batches", "id", id))
}

/// Ends a batch and reads it once more.
///
/// # Errors
/// [`DbError`].
pub fn end(
    tx: &mut Tx,
    source: &Source,
    batch: &Batch,
    end: &End<'_>,
    now: TimeMs,
) -> Result<Batch, DbError> {
    batches::end(tx, batch.key, end, now)?;
    let found = batches::find(tx, source.key, &batch.id)?;
    found.ok_or_else(|| DbError::impossible("source_batches", "id", batch.id.clone()))
}

/// A batch as the API shows it.
#[must_use]
pub fn row(batch: Batch) -> BatchRow {
    // Nobody says that a day's events are over.
    let is_open = is_of_events(&batch.id) && batch.state == "running";
    let state = if is_open { "collecting".to_owned() } else { batch.state };
    let Counts { done, accepted, unchanged, ignored, refused, held } = batch.counts;
    BatchRow {
        id: batch.id,
        state,
        as_of: batch.as_of,
        bytes: batch.bytes.unsigned_abs(),
        rows: done,
        accepted,
        unchanged,
        ignored,
        refused,
        held,
        started_at: batch.started_at,
        touched_at: batch.touched_at,
        message: batch.message,
    }
}
