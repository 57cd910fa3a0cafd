//! Commands whose effect the server's word does not show yet.

use domain::ids::{FeedEpoch, FulfillmentId};
use rusqlite::params;

use super::{Outbox, StoredCommand};
use crate::store::StoreError;

/// Up to where a replica has the server's word, in which history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlay {
    /// The history.
    pub epoch: FeedEpoch,
    /// Everything up to here is in the replica.
    pub cursor: u64,
}

impl Outbox {
    /// Commands of a fulfillment whose effect a replica at `overlay` does not show yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn overlay(
        &self,
        fulfillment: FulfillmentId,
        overlay: Overlay,
    ) -> Result<Vec<StoredCommand>, StoreError> {
        let sql = "select seq, body from command where fulfillment = ?1
            and not (outcome_epoch is ?2 and outcome_cursor <= ?3)
            and not (former_epoch is ?2 and former_cursor <= ?3)
            order by epoch, seq";
        let (epoch, cursor) = (overlay.epoch.to_string(), overlay.cursor);
        let params = params![fulfillment.to_string(), epoch, cursor];
        self.commands(sql, params, "read the commands of a fulfillment")
    }

    /// The same, dropped as soon as the outcome is known: a planted bug.
    ///
    /// # Errors
    /// [`StoreError`].
    #[cfg(feature = "planted")]
    pub fn overlay_until_outcome(
        &self,
        fulfillment: FulfillmentId,
    ) -> Result<Vec<StoredCommand>, StoreError> {
        let sql = "select seq, body from command where fulfillment = ?1 and decided = 0
            order by epoch, seq";
        self.commands(sql, [fulfillment.to_string()], "read the commands of a fulfillment")
    }

    /// Fulfillments with commands whose effect becomes visible between two cursors of a history.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn shown_between(
        &self,
        epoch: FeedEpoch,
        after: u64,
        to: u64,
    ) -> Result<Vec<FulfillmentId>, StoreError> {
        let sql = "select distinct fulfillment from command
            where outcome_epoch = ?1 and outcome_cursor > ?2 and outcome_cursor <= ?3";
        self.ids(sql, params![epoch.to_string(), after, to])
    }
}
