//! Recording what was done: ask the strict transition, write the bytes durably, then show it. A
//! refusal records nothing; an answer to the screen is given only after the commit.

use domain::{
    clock::TimeMs,
    command::{Actor, COMMAND_VERSION, Command, Envelope, Stamp},
    fulfillment::Fulfillment,
    ids::{CommandId, FulfillmentId},
    limits,
    rejection::Rejection,
};

use super::{Alarm, Engine, View};
use crate::{
    error::Answer,
    store::{NewCommand, Taken},
};

impl Engine {
    /// Does commands one after the other for the signed-in person: all of them or none.
    pub(super) fn record(
        &mut self,
        id: FulfillmentId,
        commands: &[Command],
        taken: Option<&Taken>,
        now: TimeMs,
    ) -> Answer<()> {
        let actor = self.actor()?;
        self.record_as(id, commands, taken, &actor, now)
    }

    /// The signed-in person, as commands name them.
    pub(super) fn actor(&self) -> Answer<Actor> {
        let session = self.require_session()?;
        Ok(Actor {
            associate: session.associate.clone(),
            session: session.id,
            roster_epoch: self.roster_epoch,
        })
    }

    /// The same for a given person, as when a printer answers later.
    pub(super) fn record_as(
        &mut self,
        id: FulfillmentId,
        commands: &[Command],
        taken: Option<&Taken>,
        actor: &Actor,
        now: TimeMs,
    ) -> Answer<()> {
        let identity = self.require_identity()?;
        let (device, epoch) = (identity.device, identity.epoch);
        let at = self.corrected(now);
        let base_rev = self.views.get(&id).map(|view| view.base_rev);
        let base_rev = base_rev.ok_or(Rejection::UnknownFulfillment)?;
        let mut view = self.require_view(id)?.clone();
        let first = self.outbox.next_seq(epoch)?;
        let mut rows = Vec::with_capacity(commands.len());
        for (command, seq) in commands.iter().zip(first..) {
            let stamp = Stamp {
                command: CommandId::new(at, self.entropy.id()),
                device,
                associate: actor.associate.clone(),
                at,
                may_take_over: self.may_take_over(&actor.associate),
            };
            let claim = view.claim().filter(|claim| claim.device == device);
            let claim_generation = claim.map(|claim| claim.generation);
            view = view.act(command, &stamp)?.next;
            let envelope = Envelope {
                seq,
                id: stamp.command,
                kind: command.kind().to_owned(),
                version: COMMAND_VERSION,
                fulfillment: id,
                base_rev,
                claim_generation,
                actor: actor.clone(),
                at,
                payload: command.payload(),
            };
            rows.push(new_row(&envelope, command)?);
        }
        self.append(epoch, &rows, commands, taken, now)?;
        self.show(id, view, base_rev);
        self.scheduler.want(now);
        Ok(())
    }

    fn show(&mut self, id: FulfillmentId, now: Fulfillment, base_rev: u64) {
        self.views.insert(id, View { now, base_rev });
        self.changed.insert(id);
    }

    /// Writes the rows. On a full disk the reserved space is given up for facts, never for requests.
    fn append(
        &mut self,
        epoch: u32,
        rows: &[NewCommand],
        commands: &[Command],
        taken: Option<&Taken>,
        now: TimeMs,
    ) -> Answer<()> {
        let mut written = self.outbox.append(epoch, rows, taken, now);
        let full = written.as_ref().is_err_and(crate::store::StoreError::is_full);
        if full {
            self.raise(Alarm::NoSpace, "This tablet is almost out of space. Free some now.");
            let facts = commands.iter().any(|command| !command.is_request());
            if facts && self.home.release_ballast() {
                written = self.outbox.append(epoch, rows, taken, now);
            }
        }
        match written {
            Ok(()) => Ok(()),
            Err(error) if error.is_full() => {
                self.raise(Alarm::NoSpace, Rejection::NoSpace.to_string());
                Err(Rejection::NoSpace.into())
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn new_row(envelope: &Envelope, command: &Command) -> Answer<NewCommand> {
    let body = serde_json::to_vec(envelope).expect("an envelope is plain data");
    if body.len() > limits::COMMAND_BYTES_MAX {
        let max = limits::COMMAND_BYTES_MAX as u64;
        return Err(Rejection::OverLimit { what: "what this says".into(), max }.into());
    }
    Ok(NewCommand {
        seq: envelope.seq,
        id: envelope.id,
        kind: command.kind(),
        version: envelope.version,
        fulfillment: envelope.fulfillment,
        body,
    })
}
