//! Tablets as operators see them: their state, pairing, and commands that were parked.

use serde::{Deserialize, Serialize};

use crate::{
    clock::{TimeMs, rfc3339},
    ids::{DeviceId, LocationId},
};

/// One tablet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DeviceRow {
    /// Which.
    pub id: DeviceId,
    /// Its name.
    pub name: String,
    /// Where it works.
    pub location: LocationId,
    /// Name of the location.
    pub location_name: String,
    /// Whether it may still sync.
    pub state: DeviceState,
    /// Version of the app.
    pub app: String,
    /// Operating system.
    pub platform: String,
    /// When it last spoke to the server.
    #[serde(with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub last_seen: Option<TimeMs>,
    /// Commands that waited on it then.
    pub waiting: u64,
    /// Why it is stopped, where it is.
    pub reason: Option<String>,
}

/// Whether a tablet may sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// Works.
    Active,
    /// Stopped: two tablets speak with one identity.
    Quarantined,
    /// Stopped by an operator.
    Revoked,
}

/// A pairing code, shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PairingCode {
    /// Eight characters with a dash in the middle.
    pub code: String,
    /// Where it pairs to.
    pub location: LocationId,
    /// Until when.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub expires_at: TimeMs,
    /// A QR symbol of address and code, as SVG text.
    pub qr_svg: String,
}

/// Asks for a pairing code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({"location": "S0001"})))]
pub struct NewPairingCode {
    /// Where the tablet will work.
    pub location: LocationId,
}

/// A parked command, for an operator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ParkedRow {
    /// The tablet.
    pub device: DeviceId,
    /// Its epoch.
    pub epoch: u32,
    /// Sequence number.
    pub seq: u64,
    /// Why it was parked.
    pub reason: String,
    /// As it was sent.
    pub body: String,
    /// When it came.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub received_at: TimeMs,
}
