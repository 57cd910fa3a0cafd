//! What must hold, whatever goes wrong. Cheap checks after every event; everything again when all is
//! quiet. The heart is a second book-keeping: each command that the server decides is settled here as
//! well, once and in order, and the server's work, stock and outcomes must say the same.

mod claims;
mod decisions;
mod feed;
mod promises;
mod quiet;
mod shelves;
mod views;
mod work;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use domain::{
    command::Envelope,
    fulfillment::{Fulfillment, Stage},
    ids::{CommandId, DeviceId, FulfillmentId, LocationId, Sku},
    stock::Position,
};

pub use claims::Before;

/// The invariants of the design, by its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invariant {
    /// I1: stock is conserved.
    Conserved,
    /// I2: nothing is promised that is not there.
    NotOversold,
    /// I3: each command has one outcome and one effect.
    ExactlyOnce,
    /// I4: nothing that was accepted is lost.
    NothingLost,
    /// I5: the effects of a device appear in its order.
    DeviceOrder,
    /// I6: only legal transitions.
    Legal,
    /// I7: everything converges, and a view is base and pending.
    Converges,
    /// I8: the feed has no gap.
    Feed,
    /// I9: whatever waits has a timer.
    Live,
    /// I10: claims.
    Claims,
}

/// Something does not hold.
#[derive(Debug, Clone)]
pub struct Violation {
    /// Which.
    pub invariant: Invariant,
    /// What was seen.
    pub what: String,
}

/// Whether everything holds.
pub type Held = Result<(), Violation>;

impl Violation {
    /// It does not.
    pub fn of(invariant: Invariant, what: impl Into<String>) -> Self {
        Self { invariant, what: what.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.invariant, self.what)
    }
}

/// Fails with what is said unless it holds.
pub fn holds(holds: bool, invariant: Invariant, what: impl FnOnce() -> String) -> Held {
    if holds { Ok(()) } else { Err(Violation::of(invariant, what())) }
}

/// A fulfillment by our own book-keeping.
#[derive(Debug, Clone)]
pub struct Known {
    /// As it must be.
    pub now: Fulfillment,
    /// The same as text.
    pub json: String,
    /// The server's revision of it.
    pub rev: u64,
    /// The highest generation of any claim so far.
    pub generation: u32,
    /// Its stage when the server's was last compared with ours.
    pub was: Stage,
    /// Whether it was compared since it last changed.
    pub is_seen: bool,
}

/// A command that the server has decided.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Its bytes, as they came.
    pub body: String,
    /// The cursor at which its effect is visible.
    pub cursor: u64,
}

/// What one tablet has promised to the person in front of it.
#[derive(Debug, Clone, Default)]
pub struct Promised {
    /// Commands that it accepted, with the work that they belong to.
    pub commands: BTreeMap<CommandId, FulfillmentId>,
    /// Commands up to here are among them, by epoch.
    pub known: BTreeMap<u32, u64>,
}

/// Everything that is remembered to check by.
#[derive(Default)]
pub struct Checks {
    work: BTreeMap<FulfillmentId, Known>,
    progress: BTreeMap<(DeviceId, u32), u64>,
    outcomes: BTreeMap<(DeviceId, u32, u64), String>,
    decided: BTreeMap<CommandId, Decision>,
    promised: BTreeMap<usize, Promised>,
    offline_claims: BTreeMap<(FulfillmentId, u64), DeviceId>,
    epochs: BTreeMap<DeviceId, u32>,
    promised_before: BTreeMap<(LocationId, Sku), Position>,
    cloned: BTreeSet<usize>,
    cloned_devices: BTreeSet<DeviceId>,
}

impl Checks {
    /// A tablet has a new epoch.
    pub fn paired(&mut self, device: DeviceId, epoch: u32) {
        self.epochs.insert(device, epoch);
    }

    /// Whether a device has not been paired again since this epoch.
    pub fn is_newest(&self, device: DeviceId, epoch: u32) -> bool {
        self.epochs.get(&device) == Some(&epoch)
    }

    /// An operator has dealt with a parked command: its outcome may be another one now.
    pub fn late(&mut self, device: DeviceId, epoch: u32, seq: u64) {
        self.outcomes.remove(&(device, epoch, seq));
    }

    /// Two tablets are one device now.
    pub fn cloned(&mut self, tablet: usize, twin: usize, device: DeviceId) {
        self.cloned.extend([tablet, twin]);
        self.cloned_devices.insert(device);
        let promised = self.promised.get(&tablet).cloned().unwrap_or_default();
        self.promised.insert(twin, promised);
    }
}

/// Reads an envelope that a tablet made.
fn envelope(body: &str) -> Envelope {
    serde_json::from_str(body).expect("tablets make envelopes")
}
