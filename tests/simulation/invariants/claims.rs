//! I10 on the tablets: with the same roster and without the network, two tablets never take the same
//! free work.

use domain::{
    claim::ClaimKind,
    command::Command,
    ids::{DeviceId, FulfillmentId},
};

use super::{Checks, Held, Invariant, envelope, holds};
use crate::tablet::Tablet;

/// What a tablet knew when somebody did something.
#[derive(Debug, Clone, Default)]
pub struct Before {
    online: bool,
    held: bool,
    roster: (u64, Vec<DeviceId>),
}

impl Checks {
    /// What a tablet knows before an action on some work.
    pub fn before_action(&self, tablet: &Tablet, id: FulfillmentId) -> Before {
        let Some(engine) = tablet.engine.as_ref() else { return Before::default() };
        let held = engine.view(id).is_some_and(|view| view.claim().is_some());
        let online = engine.sync_state(domain::clock::TimeMs(0)).is_ok_and(|state| state.online);
        let roster = engine.replica().roster().unwrap_or_default();
        Before { online, held, roster }
    }

    /// A command was recorded.
    pub(super) fn claimed(&mut self, tablet: &Tablet, before: &Before, body: &str) -> Held {
        let envelope = envelope(body);
        let command = Command::read(&envelope.kind, envelope.version, &envelope.payload);
        let free = matches!(command, Ok(Command::Claim { kind: ClaimKind::Free }));
        let (epoch, devices) = &before.roster;
        if !free || before.online || before.held || !devices.contains(&tablet.device) {
            return Ok(());
        }
        let key = (envelope.fulfillment, *epoch);
        let first = *self.offline_claims.entry(key).or_insert(tablet.device);
        holds(first == tablet.device, Invariant::Claims, || {
            format!("{first} and {} both took {key:?} offline", tablet.device)
        })
    }
}
