//! The whole of the tablet without a screen, a thread or a network: what was done, what the server
//! said, and what both give. Time is an argument of every call and randomness comes from the seed it
//! was opened with, so a simulator and a real tablet run the same code.
//!
//! The invariant: for every fulfillment, view == settle(base, pending). Base is the server's last
//! word in the replica, pending are the commands in the outbox whose effect base does not show yet.

mod absorb;
mod act;
mod alarm;
mod credential;
mod enrolment;
mod exchange;
mod find;
mod goods;
mod identity;
mod inbox;
mod labels;
mod open;
mod printing;
mod queue;
mod record;
mod refold;
mod scan;
mod session;
mod snapshot;
mod status;
mod step;
#[cfg(test)]
mod tests;
mod work;

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    clock::TimeMs,
    fulfillment::Fulfillment,
    ids::{AssociateId, DeviceId, FulfillmentId, OrderId, PackageId},
    people::Associate,
    rejection::Rejection,
    sync::LocationCard,
};

pub use alarm::Alarm;
pub use exchange::ExchangeFailure;
pub use identity::{Identity, Session};
#[cfg(feature = "planted")]
pub use open::Planted;
pub use open::{Opening, Options};
pub use printing::{PrintResult, PrintTask};
pub use snapshot::{SnapshotError, SnapshotNeed};

use crate::{
    entropy::Entropy,
    error::Answer,
    home::Home,
    printing::Renderer,
    store::{Outbox, Overlay, Replica},
    sync::Scheduler,
};

/// One fulfillment as the tablet shows it.
#[derive(Debug, Clone)]
struct View {
    /// settle(base, pending).
    now: Fulfillment,
    /// Revision of base.
    base_rev: u64,
}

/// What is known of the connection.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Contact {
    online: bool,
    offline_since: Option<TimeMs>,
    last: Option<TimeMs>,
    /// Server's clock minus the tablet's, in milliseconds.
    offset_ms: i64,
}

/// The engine of one tablet.
pub struct Engine {
    outbox: Outbox,
    replica: Replica,
    home: Box<dyn Home>,
    renderer: Box<dyn Renderer>,
    options: Options,
    entropy: Entropy,
    scheduler: Scheduler,
    identity: Option<Identity>,
    session: Option<Session>,
    contact: Contact,
    roster_epoch: u64,
    devices: Vec<DeviceId>,
    people: BTreeMap<AssociateId, Associate>,
    place: Option<LocationCard>,
    initials: BTreeMap<OrderId, String>,
    views: BTreeMap<FulfillmentId, View>,
    unreadable: BTreeSet<FulfillmentId>,
    alarms: BTreeMap<Alarm, String>,
    need: Option<SnapshotNeed>,
    loading: Option<snapshot::Loading>,
    /// The package that was scanned last, to be put into the slot that is scanned next.
    in_hand: Option<PackageId>,
    batch_max: usize,
    changed: BTreeSet<FulfillmentId>,
    #[cfg(feature = "planted")]
    rows_to_come: Vec<domain::sync::FeedRow>,
}

impl Engine {
    /// The tablet's identity, once it is paired.
    #[must_use]
    pub const fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Ids of all fulfillments that the tablet knows.
    pub fn fulfillments(&self) -> impl Iterator<Item = FulfillmentId> {
        self.views.keys().copied()
    }

    /// A fulfillment as shown: the server's word and what was done here on top of it.
    #[must_use]
    pub fn view(&self, id: FulfillmentId) -> Option<&Fulfillment> {
        self.views.get(&id).map(|view| &view.now)
    }

    /// The server's word alone, and its revision.
    ///
    /// # Errors
    /// [`crate::Failure::Broken`].
    pub fn base(&self, id: FulfillmentId) -> Answer<Option<(u64, Fulfillment)>> {
        let body = self.replica.body(domain::sync::kind::FULFILLMENT, &id.to_string())?;
        Ok(body.and_then(|(rev, body)| Some((rev, Fulfillment::from_json(&body).ok()?))))
    }

    /// The outbox, for tests, the simulator and support.
    #[must_use]
    pub const fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// The replica, for tests, the simulator and support.
    #[must_use]
    pub const fn replica(&self) -> &Replica {
        &self.replica
    }

    /// Up to where the server's word is known.
    #[must_use]
    pub const fn position(&self) -> Option<Overlay> {
        self.replica.position()
    }

    /// Commands that the server has not decided.
    ///
    /// # Errors
    /// [`crate::Failure::Broken`].
    pub fn pending(&self) -> Answer<u64> {
        Ok(self.outbox.waiting(self.device_epoch())?.0)
    }

    /// Fulfillments that changed since the last call, for the event to the screens.
    pub fn take_changed(&mut self) -> Vec<FulfillmentId> {
        std::mem::take(&mut self.changed).into_iter().collect()
    }

    fn device_epoch(&self) -> u32 {
        self.identity.as_ref().map_or(0, |identity| identity.epoch)
    }

    /// The tablet's clock, corrected by what the server last said.
    const fn corrected(&self, now: TimeMs) -> TimeMs {
        now.plus_ms(self.contact.offset_ms)
    }

    fn require_identity(&self) -> Answer<&Identity> {
        self.identity.as_ref().ok_or_else(|| Rejection::NotEnrolled.into())
    }

    fn require_session(&self) -> Answer<&Session> {
        self.require_identity()?;
        self.session.as_ref().ok_or_else(|| Rejection::NotSignedIn.into())
    }

    fn require_view(&self, id: FulfillmentId) -> Answer<&Fulfillment> {
        self.view(id).ok_or_else(|| Rejection::UnknownFulfillment.into())
    }

    /// A person's name, or the number where the roster does not have it.
    fn name_of(&self, id: &AssociateId) -> String {
        self.people.get(id).map_or_else(|| id.to_string(), |person| person.name.clone())
    }
}
