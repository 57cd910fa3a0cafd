//! What a tablet keeps by name: its identity, its place in the server's history.

use serde::{Serialize, de::DeserializeOwned};

use super::Outbox;
use crate::store::{StoreError, settings::Table};

pub(in crate::store) const SETTING: Table = Table("setting");

impl Outbox {
    /// A setting, `None` when it was never written.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn setting<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, StoreError> {
        SETTING.json(&self.conn, key)
    }

    /// Writes a setting, durably.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn set_setting<T: Serialize>(&self, key: &str, value: &T) -> Result<(), StoreError> {
        SETTING.put(&self.conn, key, value)
    }

    /// Forgets a setting.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn remove_setting(&self, key: &str) -> Result<(), StoreError> {
        SETTING.remove(&self.conn, key)
    }
}
