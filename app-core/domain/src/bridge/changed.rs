//! What the shell tells the screens without being asked.

use serde::{Deserialize, Serialize};

use super::SyncState;
use crate::ids::FulfillmentId;

/// The name of the event that the shell emits after every change; its payload is [`Changed`].
pub const CHANGED_EVENT: &str = "changed";

/// Something changed: ask again for what is on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The sync bar, so that it is never behind.
    pub sync: SyncState,
    /// Fulfillments that changed; empty means any.
    pub fulfillments: Vec<FulfillmentId>,
}

impl Changed {
    /// This and a later change as one.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        let mut fulfillments = Vec::new();
        if !self.fulfillments.is_empty() && !later.fulfillments.is_empty() {
            fulfillments = [self.fulfillments, later.fulfillments].concat();
            fulfillments.sort_unstable();
            fulfillments.dedup();
        }
        Self { sync: later.sync, fulfillments }
    }
}
