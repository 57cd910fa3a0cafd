//! I4: what a tablet has accepted is in its outbox, byte for byte, until the server has decided it;
//! across every crash and power cut.

use std::collections::BTreeSet;

use app_core::Engine;
use domain::ids::CommandId;

use super::{Before, Checks, Held, Invariant, envelope, holds};
use crate::{server::Server, tablet::Tablet};

impl Checks {
    /// Somebody did something, and the tablet answered: what it recorded is promised from now on.
    pub fn acted(&mut self, tablet: &Tablet, index: usize, before: &Before) -> Held {
        let Some(engine) = tablet.engine.as_ref() else { return Ok(()) };
        for body in self.news(engine, index) {
            self.claimed(tablet, before, &body)?;
        }
        Ok(())
    }

    /// Takes what is new in an outbox for promised; the new commands.
    fn news(&mut self, engine: &Engine, index: usize) -> Vec<String> {
        let Some(identity) = engine.identity() else { return Vec::new() };
        let epoch = identity.epoch;
        let promised = self.promised.entry(index).or_default();
        let known = promised.known.entry(epoch).or_default();
        let next = engine.outbox().next_seq(epoch).expect("readable");
        if next <= *known + 1 {
            return Vec::new();
        }
        let all = engine.outbox().all(epoch).expect("readable");
        let new: Vec<String> = all
            .into_iter()
            .filter(|stored| stored.seq > *known)
            .map(|stored| stored.body)
            .collect();
        *known = next - 1;
        for body in &new {
            let envelope = envelope(body);
            promised.commands.insert(envelope.id, envelope.fulfillment);
        }
        new
    }

    /// A tablet's program has started: everything promised is there, and waits to be sent.
    pub fn booted(&mut self, server: &Server, tablet: &mut Tablet, index: usize) -> Held {
        let Some(engine) = tablet.engine.as_ref() else { return Ok(()) };
        self.kept(engine, index)?;
        self.news(engine, index);
        self.pulled(server, tablet, index, None)
    }

    /// Everything promised is in the outbox, and what the server has not decided is pending.
    pub(super) fn kept(&self, engine: &Engine, index: usize) -> Held {
        let Some(identity) = engine.identity() else { return Ok(()) };
        let Some(promised) = self.promised.get(&index) else { return Ok(()) };
        let pending = engine.outbox().pending(identity.epoch, usize::MAX >> 1).expect("readable");
        let waiting: BTreeSet<CommandId> =
            pending.iter().map(|stored| envelope(&stored.body).id).collect();
        for command in promised.commands.keys() {
            let safe = waiting.contains(command) || self.decided.contains_key(command);
            holds(safe, Invariant::NothingLost, || {
                format!("tablet {index} had accepted {command}, and it is gone")
            })?;
        }
        Ok(())
    }
}
