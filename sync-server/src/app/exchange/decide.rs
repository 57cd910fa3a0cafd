//! The decision on one command: read it, judge who did it, let the domain settle it. In memory: the
//! rows were read and locked before, and are written after the last decision.

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

use super::{Received, sentence};
use crate::{
    app::{
        fulfillments::{Cause, Changes},
        planted::{self, Bug},
    },
    db::{
        self, DbError, Tx, cards,
        commands::{self, Logged},
        devices::Device,
    },
};

/// Decides commands of one device, one after the other.
#[derive(Debug)]
pub struct Decider<'a> {
    device: &'a Device,
    changes: Changes,
    people: BTreeMap<AssociateId, Associate>,
    /// Commands that are known by their id, from another epoch or another device.
    known: BTreeMap<String, Logged>,
    /// Ids of this request so far.
    taken: BTreeSet<String>,
}

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

impl<'a> Decider<'a> {
    /// Reads and locks everything that the commands name.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn new(tx: &mut Tx, device: &'a Device, commands: &[Received]) -> Result<Self, DbError> {
        let read = |c: &Received| serde_json::from_str::<Envelope>(&c.body).ok();
        let envelopes: Vec<Envelope> = commands.iter().filter_map(read).collect();
        let unique = |ids: Vec<String>| -> Vec<String> {
            ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
        };
        let ids = unique(envelopes.iter().map(|e| e.id.to_string()).collect());
        let work: BTreeSet<FulfillmentId> = envelopes.iter().map(|e| e.fulfillment).collect();
        let people: BTreeSet<AssociateId> =
            envelopes.iter().map(|e| e.actor.associate.clone()).collect();

        let mut changes = Changes::new(device.location_key);
        let work: Vec<FulfillmentId> = work.into_iter().collect();
        for stored in db::fulfillments::lock(tx, &work)? {
            if stored.location_key == device.location_key {
                changes.add(stored);
            }
        }
        let mut roster = BTreeMap::new();
        for id in people {
            if let Some(person) = cards::associate(tx, device.location_key, &id)? {
                roster.insert(id, person);
            }
        }
        let known = match planted::is_planted(Bug::SkipDedupe) {
            true => BTreeMap::new(),
            false => commands::by_ids(tx, &ids)?.into_iter().map(|l| (l.id.clone(), l)).collect(),
        };
        Ok(Self { device, changes, people: roster, known, taken: BTreeSet::new() })
    }

    /// For a parked command that is decided again: its own row in the log is no repetition.
    pub(crate) fn forget_known(&mut self) {
        self.known.clear();
    }

    /// Writes what the decisions change; the feed's head, from which all of it is visible.
    ///
    /// # Errors
    /// [`DbError`].
    pub fn write(self, tx: &mut Tx, now: TimeMs) -> Result<u64, DbError> {
        self.changes.write(tx, now)
    }

    /// Decides the next command.
    pub fn decide(&mut self, command: &Received) -> Decision {
        let envelope: Envelope = match serde_json::from_str(&command.body) {
            Ok(envelope) => envelope,
            Err(error) => {
                let reason = format!("not an envelope: {:?}", error.classify());
                return parked(reason, self.made_up_id(command));
            }
        };
        let id = envelope.id.to_string();
        if let Some(known) = self.known.get(&id) {
            return self.repeat(known, &envelope, command);
        }
        if !self.taken.insert(id) {
            let reason = "the id is used twice in one request".to_owned();
            return parked(reason, self.made_up_id(command));
        }
        match Command::read(&envelope.kind, envelope.version, &envelope.payload) {
            Err(unreadable) => self.park(&envelope, unreadable.to_string()),
            Ok(read) => self.settle(&envelope, &read),
        }
    }

    /// Sequence numbers are the device's own; this key can be no uuid.
    fn made_up_id(&self, command: &Received) -> String {
        format!("{}/{}/{}", self.device.id, self.device.epoch, command.seq)
    }

    /// A command that came before under another number: the same outcome, and nothing again. After
    /// the loss of an outbox a device sends what it could save in a new epoch.
    fn repeat(&self, known: &Logged, envelope: &Envelope, command: &Received) -> Decision {
        let log_id = self.made_up_id(command);
        let same = serde_json::from_slice::<Envelope>(&known.body).is_ok_and(|before| {
            (before.kind, before.version, before.fulfillment)
                == (envelope.kind.clone(), envelope.version, envelope.fulfillment)
                && before.payload.get() == envelope.payload.get()
        });
        if !same || known.device != self.device.id {
            return parked("its id is another command's".to_owned(), log_id);
        }
        let Outcome { verdict, rev, exceptions, .. } = known.outcome.clone();
        Decision { verdict, rev, exceptions, log_id, repeated: Some(known.outcome.clone()) }
    }

    /// Keeps a command that cannot be applied; where its work is known, a person is told there.
    fn park(&mut self, envelope: &Envelope, reason: String) -> Decision {
        let log_id = envelope.id.to_string();
        let Some((current, rev)) = self.changes.current(envelope.fulfillment) else {
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
        let before = current.clone();
        let next = current.clone().flagged(exception);
        let decision = |rev, exceptions| {
            let verdict = Verdict::Parked { reason };
            Decision { verdict, rev, exceptions, log_id, repeated: None }
        };
        if next == before {
            return decision(rev, Vec::new());
        }
        let cause = self.cause(envelope, "The server could not read a command.".into());
        let rev = self.changes.record(envelope.fulfillment, next, Vec::new(), cause);
        decision(rev, vec![envelope.id.into()])
    }

    fn settle(&mut self, envelope: &Envelope, command: &Command) -> Decision {
        let Some((current, rev)) = self.changes.current(envelope.fulfillment) else {
            return self.elsewhere(envelope, command);
        };
        let before = current.clone();
        let actor = self.judge(envelope, command);
        if let (Actor::NotAllowed(rejection), true) = (&actor, command.is_request()) {
            let verdict = Verdict::Rejected { rejection: rejection.clone() };
            let log_id = envelope.id.to_string();
            return Decision { verdict, rev, exceptions: Vec::new(), log_id, repeated: None };
        }
        let stamp = Stamp {
            command: envelope.id,
            device: self.device.id,
            associate: envelope.actor.associate.clone(),
            at: envelope.at,
            may_take_over: matches!(actor, Actor::Allowed { may_take_over: true }),
        };
        // Unwind safety: the work is a clone, and what a panic left of it is dropped here.
        let settled = catch_unwind(AssertUnwindSafe(|| handle(before.clone(), command, &stamp)));
        let Ok(settled) = settled else {
            return self.park(envelope, "the server failed on it".to_owned());
        };
        self.record(envelope, command, &before, rev, flag(settled, actor, &stamp))
    }

    fn record(
        &mut self,
        envelope: &Envelope,
        command: &Command,
        before: &Fulfillment,
        rev: u64,
        settled: Settled,
    ) -> Decision {
        let Settled { next, stock, verdict } = settled;
        let known: BTreeSet<ExceptionId> = before.exceptions().iter().map(|e| e.id).collect();
        let exceptions = next.exceptions().iter().map(|e| e.id).filter(|id| !known.contains(id));
        let exceptions = exceptions.collect();
        let unchanged = stock.is_empty() && next == *before;
        let rev = if unchanged {
            rev
        } else {
            let cause = self.cause(envelope, sentence::of(command));
            self.changes.record(envelope.fulfillment, next, stock, cause)
        };
        let log_id = envelope.id.to_string();
        Decision { verdict, rev, exceptions, log_id, repeated: None }
    }

    /// Work of another location, or of none: a request is refused, a fact kept for an operator.
    fn elsewhere(&self, envelope: &Envelope, command: &Command) -> Decision {
        let log_id = envelope.id.to_string();
        if command.is_request() {
            let verdict = Verdict::Rejected { rejection: Rejection::UnknownFulfillment };
            return Decision { verdict, rev: 0, exceptions: Vec::new(), log_id, repeated: None };
        }
        parked("the work is not this location's".to_owned(), log_id)
    }

    /// By the roster as it was at the time of the command, not as it is now.
    fn judge(&self, envelope: &Envelope, command: &Command) -> Actor {
        let person = self.people.get(&envelope.actor.associate);
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

    fn cause(&self, envelope: &Envelope, sentence: String) -> Cause {
        Cause {
            kind: envelope.kind.chars().filter(|c| !c.is_control()).take(64).collect(),
            id: envelope.id.to_string(),
            actor: envelope.actor.associate.to_string(),
            device: Some(self.device.id),
            at: envelope.at,
            sentence,
        }
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
