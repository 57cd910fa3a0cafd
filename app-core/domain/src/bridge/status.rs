//! The tablet itself: its pairing, its session and how far it is in step with the server.

use serde::{Deserialize, Serialize};

use crate::{
    clock::TimeMs,
    ids::{AssociateId, DeviceId, LocationId},
    people::Role,
};

/// The truth about sync, in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncState {
    /// Whether the last exchange reached the server.
    pub online: bool,
    /// Since when not.
    pub offline_since: Option<TimeMs>,
    /// Commands waiting to be sent.
    pub waiting: u64,
    /// When the oldest of them was made.
    pub oldest: Option<TimeMs>,
    /// When the server last answered.
    pub last_contact: Option<TimeMs>,
    /// Whether the first snapshot is still being loaded.
    pub loading: bool,
    /// Entries of the inbox.
    pub needs_you: u32,
    /// Something a person must know: storage full, outbox salvaged, device revoked, app too old.
    pub alarm: Option<String>,
}

/// The tablet itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Paired with a location.
    pub enrolled: Option<Enrolled>,
    /// Who works on it.
    pub session: Option<Person>,
    /// Sync.
    pub sync: SyncState,
    /// The tablet's clock, corrected by the server's: screens count down from it.
    pub now: TimeMs,
    /// Version of the app.
    pub app: String,
}

/// What the tablet was paired with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The tablet.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// Where it works.
    pub location: LocationId,
    /// Name of the location, once known.
    pub location_name: Option<String>,
    /// IANA time zone of the location, once known.
    pub time_zone: Option<String>,
    /// The server.
    pub url: String,
}

/// Somebody who can sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Personal number.
    pub id: AssociateId,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
}
