//! Who works on a fulfillment. A claim is a lease with a fencing generation; offline, ownership is
//! computed from the roster of devices alone, so two tablets that know the same roster never both
//! take the same work.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    clock::TimeMs,
    ids::{AssociateId, DeviceId, FulfillmentId},
};

/// The current owner of the work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// Grows by one with every change of owner; facts carry the one they were made under.
    pub generation: u32,
    /// The tablet.
    pub device: DeviceId,
    /// The person.
    pub associate: AssociateId,
    /// Since when, by the device's corrected clock.
    pub since: TimeMs,
}

/// How an associate came to own the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// Nobody had it.
    Free,
    /// A lead or manager takes it over from another device.
    Override,
}

/// The device that may claim this work while offline: rendezvous hashing over the roster's devices,
/// greatest SHA-256 of fulfillment and device id, ties by device id. `None` for an empty roster.
#[must_use]
pub fn offline_owner(fulfillment: FulfillmentId, devices: &[DeviceId]) -> Option<DeviceId> {
    devices.iter().copied().max_by_key(|device| (weight(fulfillment, *device), *device))
}

fn weight(fulfillment: FulfillmentId, device: DeviceId) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(fulfillment.uuid().as_bytes());
    hash.update(device.uuid().as_bytes());
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn device(n: u8) -> DeviceId {
        DeviceId::new(TimeMs(0), [n; 10])
    }

    proptest! {
        #[test]
        fn the_same_roster_gives_one_owner_whatever_its_order(task in any::<[u8; 10]>(), mut devices in prop::collection::vec(0u8..40, 1..12)) {
            let task = FulfillmentId::new(TimeMs(1), task);
            let roster: Vec<_> = devices.iter().map(|&n| device(n)).collect();
            devices.reverse();
            let other: Vec<_> = devices.iter().map(|&n| device(n)).collect();
            prop_assert_eq!(offline_owner(task, &roster), offline_owner(task, &other));
            prop_assert!(offline_owner(task, &roster).is_some_and(|owner| roster.contains(&owner)));
        }
    }

    #[test]
    fn work_is_spread_over_the_devices() {
        let roster: Vec<_> = (0..4).map(device).collect();
        let mut counts = [0; 4];
        for n in 0..200_u8 {
            let owner = offline_owner(FulfillmentId::new(TimeMs(2), [n; 10]), &roster);
            counts[roster.iter().position(|d| Some(*d) == owner).expect("from the roster")] += 1;
        }
        assert!(counts.iter().all(|&n| n > 20), "{counts:?}");
    }
}
