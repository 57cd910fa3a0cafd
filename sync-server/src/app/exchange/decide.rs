//! The decision on one command: judge who did it, let the domain settle it. In memory: the rows were read
//! and locked before, and are written after the last decision.

use std::{
    collections::{BTreeMap, BTreeSet},
    panic::{AssertUnwindSafe, catch_unwind},
};

use domain::{
    clock::TimeMs,
    command::{Command, Envelope, Stamp},
    exception::{Exception, ExceptionKind},
    fulfillment::{Fulfillment, Settled},
    handoff::Verification,
    ids::{AssociateId, ExceptionId, FulfillmentId},
    outcome::{Outcome, Verdict},
    people::Associate,
    rejection::Rejection,
};

use super::{
    asked::{Received, Said},
    sentence,
};
use crate::{
    app::{
        fulfillments::{Cause, Changes, Heads},
        planted::{self, Bug},
    },
    db::{
        self, DbError, Tx,
        cards::{self, Place},
        commands::{self, Logged},
        devices::Device,
    },
};

/// Decides commands, one after the other.
#[derive(Debug)]
pub struct Decider {
    changes: Changes,
    people: BTreeMap<(i64, AssociateId), Associate>,
    /// Commands that are known by their id, from another epoch or another device.
    known: BTreeMap<String, Logged>,
    /// Ids of this transaction so far.
    taken: BTreeSet<String>,
}

/// Who sends commands, and which.
pub type Sent<'a> = (&'a Device, &'a [Received]);

/// What became of one command; its cursor is known once everything is written.
#[derive(Debug)]
pub struct Decision {
    verdict: Verdict,
    rev: u64,
    exceptions: Vec<ExceptionId>,
    /// The key of its row in the log.
    pub(super) log_id: String,
    /// The stored outcome of a command that was decided under another sequence number.
    repeated: Option<Outcome>,
}

impl Decision {
    /// Why it was parked, if it was.
    pub(crate) fn parked_for(&self) -> Option<&str> {
        match &self.verdict {
            Verdict::Parked { reason } if self.repeated.is_none() => Some(reason),
            _ => None,
        }
    }

    /// The outcome, visible from `cursor` on.
    pub(crate) fn outcome(&self, cursor: u64) -> Outcome {
        let (verdict, exceptions) = (self.verdict.clone(), self.exceptions.clone());
        let decided = || Outcome { verdict, rev: self.rev, cursor, exceptions };
        self.repeated.clone().unwrap_or_else(decided)
    }
}

/// What the roster's history says of a command's actor.
enum Actor {
    /// May do it; and whether also take work over.
    Allowed { may_take_over: bool },
    /// May not.
    NotAllowed(Rejection),
}

impl Decider {
    /// Reads and locks everything that the commands name.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn new(tx: &mut Tx, sent: &[Sent<'_>]) -> Result<Self, DbError> {
        let envelopes = envelopes(sent);
        let work: BTreeSet<FulfillmentId> = envelopes.iter().map(|(_, e)| e.fulfillment).collect();
        let people: BTreeSet<Place<'_>> =
            envelopes.iter().map(|(at, e)| (*at, &e.actor.associate)).collect();
        let ids: BTreeSet<String> = envelopes.iter().map(|(_, e)| e.id.to_string()).collect();

        let mut changes = Changes::at(sent.iter().map(|(device, _)| device.location_key));
        for stored in db::fulfillments::lock(tx, work)? {
            changes.add(stored);
        }
        let known = match planted::is_planted(Bug::SkipDedupe) {
            true => Vec::new(),
            false => commands::by_ids(tx, &ids)?,
        };
        Ok(Self {
            changes,
            people: cards::associates_by(tx, &people)?,
            known: known.into_iter().map(|logged| (logged.id.clone(), logged)).collect(),
            taken: BTreeSet::new(),
        })
    }

    /// For a parked command that is decided again: its own row in the log is no repetition.
    pub(crate) fn forget_known(&mut self) {
        self.known.clear();
    }

    /// Writes what the decisions change; the heads of the senders' feeds, from which all of it is visible.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn write(self, tx: &mut Tx, now: TimeMs) -> Result<Heads, DbError> {
        self.changes.write(tx, now)
    }

    /// Decides the next command of a device.
    pub fn decide(&mut self, device: &Device, command: &Received) -> Decision {
        let Said { envelope, command: read } = match &command.said {
            Ok(said) => said,
            Err(why) => return parked(why.clone(), made_up_id(device, command)),
        };
        let id = envelope.id.to_string();
        if let Some(known) = self.known.get(&id) {
            return repeat(device, known, envelope, command);
        }
        if !self.taken.insert(id) {
            let reason = "the id is used twice in one request".to_owned();
            return parked(reason, made_up_id(device, command));
        }
        match read {
            Err(unreadable) => self.park(device, envelope, unreadable.clone()),
            Ok(read) => self.settle(device, envelope, read),
        }
    }

    /// Keeps a command that cannot be applied; where its work is known, a person is told there.
    fn park(&mut self, device: &Device, envelope: &Envelope, reason: String) -> Decision {
        let log_id = envelope.id.to_string();
        let Some((current, rev)) = self.changes.current(device.location_key, envelope.fulfillment)
        else {
            return parked(reason, log_id);
        };
        let exception = Exception {
            id: envelope.id.into(),
            kind: ExceptionKind::ParkedCommand,
            line: None,
            units: 0,
            place: None,
            raised_at: envelope.at,
            settled: None,
        };
        let next = current.clone().flagged(exception);
        let is_told = next == *current;
        let decision = |rev, exceptions| {
            let verdict = Verdict::Parked { reason };
            Decision { verdict, rev, exceptions, log_id, repeated: None }
        };
        if is_told {
            return decision(rev, Vec::new());
        }
        let cause = cause(device, envelope, "The server could not read a command.".into());
        let rev = self.changes.record(envelope.fulfillment, next, Vec::new(), cause);
        decision(rev, vec![envelope.id.into()])
    }

    fn settle(&mut self, device: &Device, envelope: &Envelope, command: &Command) -> Decision {
        let Some((current, rev)) = self.changes.current(device.location_key, envelope.fulfillment)
        else {
            return elsewhere(envelope, command);
        };
        let actor = self.judge(device, envelope, command);
        if let (Actor::NotAllowed(rejection), true) = (&actor, command.is_request()) {
            let verdict = Verdict::Rejected { rejection: rejection.clone() };
            let log_id = envelope.id.to_string();
            return Decision { verdict, rev, exceptions: Vec::new(), log_id, repeated: None };
        }
        let stamp = Stamp {
            command: envelope.id,
            device: device.id,
            associate: envelope.actor.associate.clone(),
            at: envelope.at,
            may_take_over: matches!(actor, Actor::Allowed { may_take_over: true }),
        };
        // Unwind safety: the work is a clone, and what a panic left of it is dropped here.
        let settled = catch_unwind(AssertUnwindSafe(|| handle(current.clone(), command, &stamp)));
        let Ok(settled) = settled else {
            return self.park(device, envelope, "the server failed on it".to_owned());
        };
        let settled = flag(settled, actor, &stamp);
        let (exceptions, is_changed) = compare(current, &settled);
        let Settled { next, stock, verdict } = settled;
        let rev = if is_changed {
            let cause = cause(device, envelope, sentence::of(command));
            self.changes.record(envelope.fulfillment, next, stock, cause)
        } else {
            rev
        };
        let log_id = envelope.id.to_string();
        Decision { verdict, rev, exceptions, log_id, repeated: None }
    }

    /// By the roster as it was at the time of the command, not as it is now.
    fn judge(&self, device: &Device, envelope: &Envelope, command: &Command) -> Actor {
        let person = self.people.get(&(device.location_key, envelope.actor.associate.clone()));
        let Some(person) = person.filter(|person| person.is_active(envelope.at)) else {
            return Actor::NotAllowed(Rejection::NotSignedIn);
        };
        let overrides = matches!(command, Command::HandedOver { proof }
            if matches!(proof.verification, Verification::Override { .. }));
        if overrides && !person.role.may_override_code() {
            return Actor::NotAllowed(Rejection::RoleTooLow);
        }
        Actor::Allowed { may_take_over: person.role.may_take_over() }
    }
}

/// What can be read of the commands, each with its sender's location.
fn envelopes<'a>(sent: &[Sent<'a>]) -> Vec<(i64, &'a Envelope)> {
    let mut envelopes = Vec::new();
    for (device, commands) in sent {
        let read = commands.iter().filter_map(Received::envelope);
        envelopes.extend(read.map(|envelope| (device.location_key, envelope)));
    }
    envelopes
}

/// Exceptions that are new, and whether anything has changed at all.
fn compare(before: &Fulfillment, settled: &Settled) -> (Vec<ExceptionId>, bool) {
    let is_known = |id: &ExceptionId| before.exceptions().iter().any(|known| known.id == *id);
    let new = settled.next.exceptions().iter().map(|exception| exception.id);
    let new = new.filter(|id| !is_known(id)).collect();
    (new, !settled.stock.is_empty() || settled.next != *before)
}

/// Sequence numbers are the device's own; this key can be no uuid.
fn made_up_id(device: &Device, command: &Received) -> String {
    format!("{}/{}/{}", device.id, device.epoch, command.seq)
}

/// A command that came before under another number: the same outcome, and nothing again. After
/// the loss of an outbox a device sends what it could save in a new epoch.
fn repeat(device: &Device, known: &Logged, envelope: &Envelope, command: &Received) -> Decision {
    let log_id = made_up_id(device, command);
    let same = serde_json::from_slice::<Envelope>(&known.body).is_ok_and(|before| {
        (before.kind.as_str(), before.version, before.fulfillment)
            == (envelope.kind.as_str(), envelope.version, envelope.fulfillment)
            && before.payload.get() == envelope.payload.get()
    });
    if !same || known.device != device.id {
        return parked("its id is another command's".to_owned(), log_id);
    }
    let Outcome { verdict, rev, exceptions, .. } = known.outcome.clone();
    Decision { verdict, rev, exceptions, log_id, repeated: Some(known.outcome.clone()) }
}

/// Work of another location, or of none: a request is refused, a fact kept for an operator.
fn elsewhere(envelope: &Envelope, command: &Command) -> Decision {
    let log_id = envelope.id.to_string();
    if command.is_request() {
        let verdict = Verdict::Rejected { rejection: Rejection::UnknownFulfillment };
        return Decision { verdict, rev: 0, exceptions: Vec::new(), log_id, repeated: None };
    }
    parked("the work is not this location's".to_owned(), log_id)
}

fn cause(device: &Device, envelope: &Envelope, sentence: String) -> Cause {
    Cause {
        kind: envelope.kind.chars().filter(|c| !c.is_control()).take(64).collect(),
        id: envelope.id.to_string(),
        actor: envelope.actor.associate.to_string(),
        device: Some(device.id),
        at: envelope.at,
        sentence,
    }
}

fn handle(work: Fulfillment, command: &Command, stamp: &Stamp) -> Settled {
    if planted::is_planted(Bug::PanicOnRelease) && matches!(command, Command::Release {}) {
        panic!("planted: the handler of task.release panics");
    }
    work.settle(command, stamp)
}

/// A fact of somebody who was not allowed has happened all the same: it stands, and a manager looks.
fn flag(settled: Settled, actor: Actor, stamp: &Stamp) -> Settled {
    let Actor::NotAllowed(rejection) = actor else { return settled };
    let exception = Exception {
        id: ExceptionId::of_actor(stamp.command),
        kind: ExceptionKind::ActorNotAuthorised,
        line: None,
        units: 0,
        place: None,
        raised_at: stamp.at,
        settled: None,
    };
    let verdict = match settled.verdict {
        conflict @ Verdict::Conflict { .. } => conflict,
        _ => Verdict::Conflict { rejection },
    };
    Settled { next: settled.next.flagged(exception), verdict, ..settled }
}

fn parked(reason: String, log_id: String) -> Decision {
    let verdict = Verdict::Parked { reason };
    Decision { verdict, rev: 0, exceptions: Vec::new(), log_id, repeated: None }
}
