//! Wakes whoever waits for a location's feed. A poke is a hint: losing one costs latency, never data.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::ids::LocationId;
use tokio::sync::watch;

/// The newest known cursor of each location that somebody watches.
#[derive(Clone, Default)]
pub struct PokeHub {
    locations: Arc<Mutex<HashMap<LocationId, watch::Sender<u64>>>>,
}

impl PokeHub {
    /// Tells the watchers of a location that its feed has reached `cursor`; call it after commit.
    pub fn poke(&self, location: &LocationId, cursor: u64) {
        let mut locations = self.locations.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = locations.get(location) {
            sender.send_if_modified(|known| {
                let moved = cursor > *known;
                *known = cursor.max(*known);
                moved
            });
            if sender.receiver_count() == 0 {
                locations.remove(location);
            }
        }
    }

    /// Watches a location.
    #[must_use]
    pub fn watch(&self, location: &LocationId) -> watch::Receiver<u64> {
        let mut locations = self.locations.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = locations.entry(location.clone()).or_insert_with(|| watch::channel(0).0);
        sender.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poke_reaches_its_location_only_and_never_goes_back() {
        let hub = PokeHub::default();
        let [here, there] = ["S1", "S2"].map(|id| LocationId::new(id).expect("valid"));
        let mut watcher = hub.watch(&here);
        hub.poke(&there, 9);
        assert!(!watcher.has_changed().expect("open"));
        hub.poke(&here, 7);
        assert_eq!(*watcher.borrow_and_update(), 7);
        hub.poke(&here, 6);
        assert!(!watcher.has_changed().expect("open"));
    }
}
