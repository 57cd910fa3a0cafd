//! What the tablet was paired with, and who works on it.

use domain::{
    clock::TimeMs,
    ids::{AssociateId, DeviceId, LocationId, SessionId},
};
use serde::{Deserialize, Serialize};

/// What the tablet was paired with. Kept in the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The tablet.
    pub device: DeviceId,
    /// Grows with every enrolment of the same tablet.
    pub epoch: u32,
    /// Where it works.
    pub location: LocationId,
    /// What people call it.
    pub name: String,
    /// The server.
    pub url: String,
    /// The server's Ed25519 public key, base64.
    pub server_key: String,
}

/// One signed-in stretch of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Who.
    pub associate: AssociateId,
    /// Since when, by the corrected clock.
    pub since: TimeMs,
}
