//! The server's half of an exchange: a device's commands are decided once each and in order, in one
//! transaction ([`decide`]); then its location's feed goes back ([`answer`]), read by another, which sees at
//! least what the first has written: reading does not keep whoever writes from the next exchange.
//!
//! Plain functions over [`Tx`]: the HTTP handler and the simulator call the same ones. All commands
//! of a request are decided in memory first and written at once; a command that panics has so written
//! nothing, and is parked while the others go on.
//!
//! What it deliberately does not do: authenticate (the credential's device is an argument), poke (after
//! the commit), take a request with a gap in part (nothing is lost by sending it again), or refuse a
//! fact. `durable_seq` is what the last completed backup holds, 0 before the first: claiming
//! `last_seq` would let tablets forget commands of which there is only one copy.

mod decide;
mod read;
mod sentence;

use std::sync::Arc;

use domain::{
    api::DeviceState,
    gs1::SsccBlock,
    ids::{DeviceId, FeedEpoch},
    limits,
    outcome::Outcome,
    sync::{Decided, ExchangeRequest, ExchangeResponse, FeedPage, Op, PROTO, Reset, SCHEMA, kind},
};

use crate::{
    app::planted::{self, Bug},
    db::{
        self, Database, DbError, Tx, cards,
        commands::{self, NewEntry, Progress, Sender},
        devices::{self, Device},
        feed, sscc,
    },
    moment::Moment,
};

pub use decide::Decider;
pub use read::Received;

/// Longest wait before a fleet comes for snapshots after the server's history or schema changed.
const RESET_SPREAD_MS: u32 = 300_000;

/// Why a whole exchange is refused. Nothing of it was applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The device has never been enrolled here.
    #[error("this device is not enrolled")]
    UnknownDevice,
    /// The credential is another device's.
    #[error("the request names another device than its credential")]
    OtherDevice,
    /// Stopped: two devices speak with one identity.
    #[error("this device is quarantined: two devices use its identity")]
    Quarantined,
    /// Stopped by an operator.
    #[error("this device was revoked")]
    Revoked,
    /// An epoch that this device does not have now.
    #[error("this device is in epoch {now}")]
    WrongEpoch {
        /// Its epoch.
        now: u32,
    },
    /// Another version of the wire.
    #[error("protocol {PROTO} is spoken here")]
    WrongProtocol,
    /// Commands are missing before the first new one.
    #[error("commands are missing: the next one is {expected_seq}")]
    Gap {
        /// What to send next.
        expected_seq: u64,
    },
    /// A known sequence number with other bytes; the device is quarantined now.
    #[error("command {seq} was sent before with other contents")]
    Equivocation {
        /// Which.
        seq: u64,
    },
    /// Over [`limits::EXCHANGE_COMMANDS_MAX`].
    #[error("an exchange has at most {} commands", limits::EXCHANGE_COMMANDS_MAX)]
    TooMany,
    /// Over [`limits::COMMAND_BYTES_MAX`].
    #[error("command {index} of the request is over {} bytes", limits::COMMAND_BYTES_MAX)]
    CommandTooLarge {
        /// Its place in the request, from 0.
        index: usize,
    },
    /// A command without a sequence number, or out of order.
    #[error("command {index} of the request has no sequence number above the one before")]
    NotInSequence {
        /// Its place in the request, from 0.
        index: usize,
    },
}

/// What was decided, and is durable when it is answered.
#[derive(Debug, Clone)]
pub struct Decisions {
    sender: Sender,
    location_key: i64,
    epoch: FeedEpoch,
    progress: Progress,
    outcomes: Vec<Decided>,
    sscc: Vec<SsccBlock>,
    moment: Moment,
}

/// Decides a request's commands, and answers with the feed. `device` is whom the credential names.
///
/// The inner result is the device's; only a quarantine is written with a refusal.
///
/// # Errors
/// [`DbError`]: the device tries again, and what was decided is decided.
pub async fn exchange(
    db: &Database,
    moment: Moment,
    device: DeviceId,
    request: ExchangeRequest,
) -> Result<Result<ExchangeResponse, Refusal>, DbError> {
    let request = Arc::new(request);
    let asked = Arc::clone(&request);
    let decided = db.write(move |tx| decide(tx, moment.clone(), device, &asked)).await?;
    match decided {
        Ok(done) => db.read(move |tx| answer(tx, done.clone(), &request)).await.map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Decides a request's commands, and writes what the device says of itself.
///
/// # Errors
/// [`DbError`]: nothing was decided.
pub fn decide(
    tx: &mut Tx,
    mut moment: Moment,
    device: DeviceId,
    request: &ExchangeRequest,
) -> Result<Result<Decisions, Refusal>, DbError> {
    let received = match read::receive(&request.commands) {
        Ok(received) => received,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let device = match admit(tx, device, request)? {
        Ok(device) => device,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let sender = Sender { device: device.id, epoch: device.epoch };
    let progress = commands::lock_progress(tx, sender, moment.now)?;
    let (old, new) = match split(tx, &device, sender, progress, &received)? {
        Ok(parts) => parts,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let decided = decide_all(tx, &moment, &device, sender, new)?;
    let last_seq = decided.last().map_or(progress.last_seq, |one| one.seq.max(progress.last_seq));
    let outcomes = old.into_iter().chain(decided).collect();
    devices::report(tx, moment.now, &request.device)?;
    let sscc = match request.device.sscc_left < limits::SSCC_REFILL_BELOW {
        true => vec![sscc::lease(tx, device.id, moment.now)?],
        false => Vec::new(),
    };
    let epoch = feed::epoch(tx, FeedEpoch::new(moment.now, moment.entropy()))?;
    if request.cursor == 0 {
        start_feed(tx, device.location_key)?;
    }
    let (location_key, progress) = (device.location_key, Progress { last_seq, ..progress });
    Ok(Ok(Decisions { sender, location_key, epoch, progress, outcomes, sscc, moment }))
}

/// Whether the device may speak at all.
fn admit(
    tx: &mut Tx,
    id: DeviceId,
    request: &ExchangeRequest,
) -> Result<Result<Device, Refusal>, DbError> {
    if request.proto != PROTO {
        return Ok(Err(Refusal::WrongProtocol));
    }
    if request.device.id != id {
        return Ok(Err(Refusal::OtherDevice));
    }
    let Some(device) = devices::find(tx, id)? else { return Ok(Err(Refusal::UnknownDevice)) };
    Ok(match device.state {
        DeviceState::Quarantined => Err(Refusal::Quarantined),
        DeviceState::Revoked => Err(Refusal::Revoked),
        DeviceState::Active if device.epoch != request.device.epoch => {
            Err(Refusal::WrongEpoch { now: device.epoch })
        }
        DeviceState::Active => Ok(device),
    })
}

type Parts<'a> = (Vec<Decided>, &'a [Received]);

/// Tells commands that were decided before, whose outcomes are repeated, from new ones.
fn split<'a>(
    tx: &mut Tx,
    device: &Device,
    sender: Sender,
    progress: Progress,
    received: &'a [Received],
) -> Result<Result<Parts<'a>, Refusal>, DbError> {
    let mut last = progress.last_seq;
    if planted::is_planted(Bug::SkipDedupe) {
        last = last.saturating_sub(1);
    }
    let known = received.partition_point(|command| command.seq <= last);
    let (old, new) = received.split_at(known);
    let mut outcomes = Vec::new();
    if let (Some(first), Some(end)) = (old.first(), old.last()) {
        let mut logged = commands::logged(tx, sender, first.seq, end.seq)?.into_iter();
        for command in old {
            let found = logged.find(|logged| logged.seq == command.seq);
            let found = found.ok_or_else(|| {
                DbError::impossible("command_log", "seq", format!("{} is missing", command.seq))
            })?;
            if found.sha != command.sha {
                let reason = format!("command {} came with two contents", command.seq);
                devices::set_state(tx, device, DeviceState::Quarantined, Some(&reason))?;
                return Ok(Err(Refusal::Equivocation { seq: command.seq }));
            }
            outcomes.push(decided(command.seq, found.outcome));
        }
    }
    let gap = new.iter().zip(last + 1..).any(|(command, expected)| command.seq != expected);
    if gap {
        return Ok(Err(Refusal::Gap { expected_seq: progress.last_seq + 1 }));
    }
    Ok(Ok((outcomes, new)))
}

/// Decides new commands in order, writes what they change, and logs them with their outcomes.
fn decide_all(
    tx: &mut Tx,
    moment: &Moment,
    device: &Device,
    sender: Sender,
    new: &[Received],
) -> Result<Vec<Decided>, DbError> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let mut decider = Decider::new(tx, device, new)?;
    let decisions: Vec<_> = new.iter().map(|command| decider.decide(command)).collect();
    let cursor = decider.write(tx, moment.now)?;
    let mut entries = Vec::new();
    for (command, decision) in new.iter().zip(decisions) {
        if let Some(reason) = decision.parked_for() {
            commands::park(tx, sender, device.location_key, moment.now, command.seq, reason)?;
        }
        let outcome = decision.outcome(cursor);
        entries.push(NewEntry {
            seq: command.seq,
            id: decision.log_id,
            sha: command.sha,
            body: command.body.clone(),
            outcome,
        });
    }
    let outcomes = entries.iter().map(|entry| decided(entry.seq, entry.outcome.clone())).collect();
    if planted::is_planted(Bug::SkipDedupe) {
        let logged = commands::lock_progress(tx, sender, moment.now)?.last_seq;
        entries.retain(|entry| entry.seq > logged);
    }
    commands::append(tx, sender, device.location_key, moment.now, &entries)?;
    Ok(outcomes)
}

/// The outcome of a command of this request.
const fn decided(seq: u64, outcome: Outcome) -> Decided {
    Decided { seq, outcome, late: None }
}

/// Everything that the device needs to hear.
///
/// # Errors
/// [`DbError`].
pub fn answer(
    tx: &mut Tx,
    decisions: Decisions,
    request: &ExchangeRequest,
) -> Result<ExchangeResponse, DbError> {
    let Decisions { sender, location_key, epoch, progress, mut outcomes, sscc, mut moment } =
        decisions;
    let reset = reset(tx, &mut moment, location_key, request, epoch)?;
    if request.device.parked > 0 {
        outcomes.extend(commands::late_outcomes(tx, sender)?);
    }
    let feed = match reset {
        Some(_) => FeedPage { epoch, to: request.cursor, more: false, rows: Vec::new() },
        None => page(tx, location_key, request.cursor, epoch)?,
    };
    let (roster_epoch, devices) = devices::roster(tx, location_key)?;
    Ok(ExchangeResponse {
        proto: PROTO,
        server_time: moment.now,
        last_seq: progress.last_seq,
        durable_seq: progress.durable_seq,
        outcomes,
        feed,
        reset,
        roster_epoch,
        devices,
        sscc,
        poll_ms: limits::POLL_MS,
    })
}

fn page(tx: &mut Tx, location_key: i64, after: u64, epoch: FeedEpoch) -> Result<FeedPage, DbError> {
    let (rows, bytes) = (limits::FEED_ROWS_MAX, limits::FEED_BYTES_MAX);
    let feed::Stretch { rows, to, more } = feed::read(tx, location_key, after, rows, bytes)?;
    Ok(FeedPage { epoch, to, more, rows })
}

/// Whether the device must start from a snapshot. What a snapshot holds (people, items, stock) has
/// never been in the feed from its beginning, so cursor 0 always does.
fn reset(
    tx: &mut Tx,
    moment: &mut Moment,
    location_key: i64,
    request: &ExchangeRequest,
    epoch: FeedEpoch,
) -> Result<Option<Reset>, DbError> {
    let reset =
        |reason: &str, not_before_ms| Ok(Some(Reset { reason: reason.to_owned(), not_before_ms }));
    if request.feed_epoch.is_some_and(|known| known != epoch) {
        return reset("epoch", spread(moment));
    }
    if request.schema != SCHEMA {
        return reset("schema", spread(moment));
    }
    if request.cursor == 0 {
        return reset("horizon", 0);
    }
    let feed::Bounds { floor, head } = feed::bounds(tx, location_key)?;
    match request.cursor {
        // A cursor that this history has not reached comes from another one.
        cursor if cursor > head => reset("epoch", 0),
        cursor if cursor < floor => reset("horizon", 0),
        _ => Ok(None),
    }
}

fn spread(moment: &mut Moment) -> u32 {
    let [a, b, c, d, ..] = moment.entropy();
    u32::from_be_bytes([a, b, c, d]) % RESET_SPREAD_MS
}

/// Gives a feed its first row, so that a snapshot's cursor is never 0.
///
/// # Errors
/// [`DbError`].
pub(crate) fn start_feed(tx: &mut Tx, location_key: i64) -> Result<(), DbError> {
    if feed::head(tx, location_key)? == 0 {
        nudge_feed(tx, location_key, "first device")?;
    }
    Ok(())
}

/// Appends the location's own card: a row that tells tablets nothing new, for its cursor.
///
/// # Errors
/// [`DbError`].
pub(crate) fn nudge_feed(tx: &mut Tx, location_key: i64, cause: &str) -> Result<u64, DbError> {
    let card = cards::location(tx, location_key)?;
    let row = db::feed::Entry {
        kind: kind::LOCATION,
        id: card.location.id.to_string(),
        rev: None,
        op: Op::Up,
        body: serde_json::to_string(&card).expect("plain data"),
        cause: cause.to_owned(),
    };
    feed::append(tx, location_key, &[row])
}

/// The newest cursor that the outcomes of a request's own commands name: what to poke the location's
/// tablets with. Late outcomes are no news to anybody else.
#[must_use]
pub fn moved_to(response: &ExchangeResponse) -> Option<u64> {
    let own = response.outcomes.iter().filter(|decided| decided.late.is_none());
    own.map(|decided| decided.outcome.cursor).max()
}
