//! I7 on a tablet, and I9: what is shown is the server's word and what was done on top of it, and a
//! paired tablet always has a timer.

use app_core::Engine;
use domain::{
    command::{Command, Stamp},
    fulfillment::Fulfillment,
    ids::FulfillmentId,
};

use super::{Checks, Held, Invariant, Violation, envelope, holds};
use crate::{server::Server, tablet::Tablet};

impl Checks {
    /// After every step of a tablet.
    pub fn tablet(&mut self, _: &Server, tablet: &mut Tablet, index: usize) -> Held {
        let Some(engine) = tablet.engine.as_mut() else { return Ok(()) };
        let armed = engine.identity().is_none() || engine.sync_wake_at().is_some();
        holds(armed, Invariant::Live, || {
            let pending = engine.pending().unwrap_or_default();
            format!("tablet {index} has {pending} commands pending and no timer")
        })?;
        let changed = engine.take_changed();
        changed.into_iter().try_for_each(|id| self.view(tablet, index, id))
    }

    /// Every view of a tablet.
    pub(super) fn views(&self, tablet: &Tablet, index: usize) -> Held {
        let Some(engine) = tablet.engine.as_ref() else { return Ok(()) };
        engine.fulfillments().try_for_each(|id| self.view(tablet, index, id))
    }

    /// view == settle(base, pending), and pending is everything that base does not show.
    fn view(&self, tablet: &Tablet, index: usize, id: FulfillmentId) -> Held {
        let Some(engine) = tablet.engine.as_ref() else { return Ok(()) };
        let Some(position) = engine.position() else { return Ok(()) };
        let base = engine.base(id).expect("readable");
        let Some((_, base)) = base else {
            return holds(engine.view(id).is_none(), Invariant::Converges, || {
                format!("tablet {index} shows {id} without a base")
            });
        };
        let overlay = engine.outbox().overlay(id, position).expect("readable");
        let bodies: Vec<&str> = overlay.iter().map(|stored| stored.body.as_str()).collect();
        let folded = bodies.iter().fold(base, |view, body| settle(engine, view, body));
        let shown = engine.view(id);
        holds(shown == Some(&folded), Invariant::Converges, || {
            let shown = shown.map(Fulfillment::to_json);
            format!("tablet {index} shows {shown:?}\nand not {}", folded.to_json())
        })?;
        self.nothing_is_undone(index, id, position.cursor, &bodies)
    }

    /// What was done here stays done: a command is on top until the base has it.
    fn nothing_is_undone(
        &self,
        index: usize,
        id: FulfillmentId,
        cursor: u64,
        bodies: &[&str],
    ) -> Held {
        let Some(promised) = self.promised.get(&index) else { return Ok(()) };
        let on_top: Vec<_> = bodies.iter().map(|body| envelope(body).id).collect();
        for (command, _) in promised.commands.iter().filter(|(_, work)| **work == id) {
            let in_base = self.decided.get(command).is_some_and(|known| known.cursor <= cursor);
            if !in_base && !on_top.contains(command) {
                let what = format!("tablet {index} at {cursor} forgets {command} of {id}");
                return Err(Violation::of(Invariant::Converges, what));
            }
        }
        Ok(())
    }
}

fn settle(engine: &Engine, view: Fulfillment, body: &str) -> Fulfillment {
    let envelope = envelope(body);
    let Ok(command) = Command::read(&envelope.kind, envelope.version, &envelope.payload) else {
        return view;
    };
    let stamp = Stamp {
        command: envelope.id,
        device: engine.identity().expect("paired").device,
        associate: envelope.actor.associate.clone(),
        at: envelope.at,
        may_take_over: envelope.actor.associate.as_str().starts_with('L'),
    };
    view.settle(&command, &stamp).next
}
