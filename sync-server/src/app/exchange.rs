//! The server's half of an exchange: a device's commands are decided once each and in order ([`decide`]),
//! together with those of other devices; then its location's feed goes back ([`answer`]), read by another
//! transaction, which sees at least what the first has written: reading does not keep whoever writes from
//! the next.
//!
//! Plain functions over [`Tx`] for any number of devices: [`Exchanges`] gives them those who come at the
//! same time, the simulator one. All commands are decided in memory first and written at once; a command
//! that panics has so written nothing, and is parked while the others go on.
//!
//! What it deliberately does not do: authenticate (the credential's device is an argument), poke (after
//! the commit), take a request with a gap in part (nothing is lost by sending it again), or refuse a
//! fact. `durable_seq` is what the last completed backup holds, 0 before the first: claiming
//! `last_seq` would let tablets forget commands of which there is only one copy.

mod answer;
mod asked;
mod decide;
mod sentence;
mod shared;

use domain::{
    api::DeviceState,
    clock::TimeMs,
    gs1::SsccBlock,
    ids::{FeedEpoch, LocationId},
    limits,
    outcome::Outcome,
    sync::{Decided, Op, PROTO, kind},
};

use crate::{
    app::planted::{self, Bug},
    db::{
        self, DbError, Tx, cards,
        commands::{self, NewEntry, Progress, Sender},
        devices::{self, Device},
        feed, sscc,
    },
};

pub use answer::answer;
pub use asked::{Asked, Received};
pub use decide::Decider;
use decide::Decision;
pub use shared::{Exchanges, Together};

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

/// What was decided of one device's commands, and is durable when it is answered.
#[derive(Debug, Clone)]
pub struct Decisions {
    sender: Sender,
    location: LocationId,
    location_key: i64,
    epoch: FeedEpoch,
    progress: Progress,
    outcomes: Vec<Decided>,
    sscc: Vec<SsccBlock>,
}

impl Decisions {
    /// The location whose tablets are to be poked, and with which cursor; see [`moved_to`].
    #[must_use]
    pub fn poke(&self) -> Option<(&LocationId, u64)> {
        Some((&self.location, moved_to(&self.outcomes)?))
    }
}

/// Decides the commands of devices, each of which asks once, and writes what they say of themselves; for
/// each of them in their order. Only a quarantine is written with a refusal.
///
/// # Errors
/// [`DbError`]: nothing was decided, of any of them.
pub fn decide(tx: &mut Tx, asked: &[Asked]) -> Result<Vec<Result<Decisions, Refusal>>, DbError> {
    let now = asked.iter().map(|asked| asked.moment.now).max().unwrap_or(TimeMs(0));
    let mut settled = Vec::with_capacity(asked.len());
    for (asked, admitted) in asked.iter().zip(admit_all(tx, asked, now)?) {
        settled.push(match admitted {
            Ok((device, progress)) => Part::of(tx, asked, device, progress)?,
            Err(refusal) => Err(refusal),
        });
    }
    let parts: Vec<&mut Part<'_>> = settled.iter_mut().flatten().collect();
    decide_all(tx, parts, now)?;
    let reports: Vec<_> = settled.iter().flatten().map(|part| &part.asked.request.device).collect();
    devices::report(tx, now, &reports)?;
    let Some(first) = asked.first() else { return Ok(Vec::new()) };
    let mut moment = first.moment.clone();
    let epoch = feed::epoch(tx, FeedEpoch::new(moment.now, moment.entropy()))?;
    let decisions = settled.into_iter().map(|part| match part {
        Ok(part) => part.end(tx, epoch, now).map(Ok),
        Err(refusal) => Ok(Err(refusal)),
    });
    decisions.collect()
}

/// A device that may speak, and how far it is.
type Admitted = Result<(Device, Progress), Refusal>;

/// Whether the devices may speak at all; those that may are locked.
fn admit_all(tx: &mut Tx, asked: &[Asked], now: TimeMs) -> Result<Vec<Admitted>, DbError> {
    let senders = asked
        .iter()
        .map(|asked| Sender { device: asked.device, epoch: asked.request.device.epoch });
    let senders: Vec<Sender> = senders.collect();
    let mut known = commands::lock_senders(tx, &senders)?;
    let mut admitted = Vec::with_capacity(asked.len());
    for sender in senders {
        let found = match known.remove(&sender.device) {
            Some(found) => Some(found),
            None => begin(tx, sender, now)?,
        };
        admitted.push(match found {
            Some((device, progress)) => admit(&device, sender).map(|()| (device, progress)),
            None => Err(Refusal::UnknownDevice),
        });
    }
    Ok(admitted)
}

/// A device that has sent nothing in this epoch yet. One that may not gets no sequence either.
fn begin(tx: &mut Tx, sender: Sender, now: TimeMs) -> Result<Option<(Device, Progress)>, DbError> {
    let Some(device) = devices::find(tx, sender.device)? else { return Ok(None) };
    if admit(&device, sender).is_err() {
        return Ok(Some((device, Progress { last_seq: 0, durable_seq: 0 })));
    }
    commands::start(tx, sender, now)?;
    Ok(commands::lock_senders(tx, &[sender])?.remove(&sender.device))
}

fn admit(device: &Device, sender: Sender) -> Result<(), Refusal> {
    match device.state {
        DeviceState::Quarantined => Err(Refusal::Quarantined),
        DeviceState::Revoked => Err(Refusal::Revoked),
        DeviceState::Active if device.epoch != sender.epoch => {
            Err(Refusal::WrongEpoch { now: device.epoch })
        }
        DeviceState::Active => Ok(()),
    }
}

/// One device's part of a transaction.
struct Part<'a> {
    asked: &'a Asked,
    device: Device,
    sender: Sender,
    progress: Progress,
    outcomes: Vec<Decided>,
    new: &'a [Received],
}

impl<'a> Part<'a> {
    /// Tells commands that were decided before, whose outcomes are repeated, from new ones.
    fn of(
        tx: &mut Tx,
        asked: &'a Asked,
        device: Device,
        progress: Progress,
    ) -> Result<Result<Self, Refusal>, DbError> {
        let sender = Sender { device: device.id, epoch: device.epoch };
        let mut last = progress.last_seq;
        if planted::is_planted(Bug::SkipDedupe) {
            last = last.saturating_sub(1);
        }
        let known = asked.commands.partition_point(|command| command.seq <= last);
        let (old, new) = asked.commands.split_at(known);
        let outcomes = match repeat(tx, sender, old)? {
            Ok(outcomes) => outcomes,
            Err(seq) => {
                let reason = format!("command {seq} came with two contents");
                devices::set_state(tx, &device, DeviceState::Quarantined, Some(&reason))?;
                return Ok(Err(Refusal::Equivocation { seq }));
            }
        };
        let gap = new.iter().zip(last + 1..).any(|(command, expected)| command.seq != expected);
        if gap {
            return Ok(Err(Refusal::Gap { expected_seq: progress.last_seq + 1 }));
        }
        Ok(Ok(Self { asked, device, sender, progress, outcomes, new }))
    }

    /// What is left to be done for each device by itself.
    fn end(self, tx: &mut Tx, epoch: FeedEpoch, now: TimeMs) -> Result<Decisions, DbError> {
        let sscc = match self.asked.request.device.sscc_left < limits::SSCC_REFILL_BELOW {
            true => vec![sscc::lease(tx, self.device.id, now)?],
            false => Vec::new(),
        };
        if self.asked.request.cursor == 0 {
            start_feed(tx, self.device.location_key)?;
        }
        let last_seq = self
            .new
            .last()
            .map_or(self.progress.last_seq, |last| last.seq.max(self.progress.last_seq));
        Ok(Decisions {
            sender: self.sender,
            location: self.device.location,
            location_key: self.device.location_key,
            epoch,
            progress: Progress { last_seq, ..self.progress },
            outcomes: self.outcomes,
            sscc,
        })
    }
}

/// The outcome of a command of this request.
const fn decided(seq: u64, outcome: Outcome) -> Decided {
    Decided { seq, outcome, late: None }
}

/// The outcomes of commands that were decided before; or the one that comes with other bytes now.
fn repeat(
    tx: &mut Tx,
    sender: Sender,
    old: &[Received],
) -> Result<Result<Vec<Decided>, u64>, DbError> {
    let (Some(first), Some(last)) = (old.first(), old.last()) else { return Ok(Ok(Vec::new())) };
    let mut outcomes = Vec::new();
    let mut logged = commands::logged(tx, sender, first.seq, last.seq)?.into_iter();
    for command in old {
        let found = logged.find(|logged| logged.seq == command.seq);
        let found = found.ok_or_else(|| {
            DbError::impossible("command_log", "seq", format!("{} is missing", command.seq))
        })?;
        if found.sha != command.sha {
            return Ok(Err(command.seq));
        }
        outcomes.push(decided(command.seq, found.outcome));
    }
    Ok(Ok(outcomes))
}

/// Decides new commands in order, writes what they change, and logs them with their outcomes.
fn decide_all(tx: &mut Tx, mut parts: Vec<&mut Part<'_>>, now: TimeMs) -> Result<(), DbError> {
    parts.retain(|part| !part.new.is_empty());
    if parts.is_empty() {
        return Ok(());
    }
    let sent: Vec<_> = parts.iter().map(|part| (&part.device, part.new)).collect();
    let mut decider = Decider::new(tx, &sent)?;
    let decisions: Vec<Vec<Decision>> = sent
        .iter()
        .map(|(device, new)| new.iter().map(|command| decider.decide(device, command)).collect())
        .collect();
    let heads = decider.write(tx, now)?;
    let mut entries = Vec::new();
    for (part, decisions) in parts.into_iter().zip(decisions) {
        let (sender, location_key) = (part.sender, part.device.location_key);
        for (command, decision) in part.new.iter().zip(decisions) {
            let seq = command.seq;
            if let Some(reason) = decision.parked_for() {
                commands::park(tx, sender, location_key, now, seq, reason)?;
            }
            let outcome = decision.outcome(heads[&location_key]);
            part.outcomes.push(decided(seq, outcome.clone()));
            let (id, sha, body) = (decision.log_id, &command.sha, command.body.as_str());
            // Only a planted bug decides again what is logged.
            if seq > part.progress.last_seq {
                entries.push(NewEntry { sender, location_key, seq, id, sha, body, outcome });
            }
        }
    }
    commands::append(tx, &entries, now)
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
pub fn moved_to(outcomes: &[Decided]) -> Option<u64> {
    let own = outcomes.iter().filter(|decided| decided.late.is_none());
    own.map(|decided| decided.outcome.cursor).max()
}
