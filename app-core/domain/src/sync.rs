//! The shapes of the sync protocol: commands up, a location's feed down, an outcome for every
//! command. Shapes only; the two sides of each step are in the engine and in the server.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::{
    clock::TimeMs,
    gs1::SsccBlock,
    ids::{CommandId, DeviceId, FeedEpoch, LocationId, SlotId},
    location::Location,
    outcome::Outcome,
};

/// Version of the wire.
pub const PROTO: u16 = 1;
/// Version of the feed's bodies; a replica of another one is rebuilt from a snapshot.
pub const SCHEMA: u32 = 1;

/// What a tablet says of itself in every exchange.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DeviceReport {
    /// The tablet.
    pub id: DeviceId,
    /// Grows when it is enrolled again or has lost its outbox.
    pub epoch: u32,
    /// Version of the app.
    pub app: String,
    /// Its wall clock, uncorrected; annotates only.
    pub wall: TimeMs,
    /// Commands waiting to be sent.
    pub waiting: u64,
    /// When the oldest of them was made, by its wall clock.
    pub oldest: Option<TimeMs>,
    /// Serial numbers left for package labels.
    pub sscc_left: u32,
    /// Commands that it knows to be parked, of any epoch: it waits for an operator's decision.
    #[serde(default)]
    pub parked: u64,
}

/// One exchange, up.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ExchangeRequest {
    /// Version of the wire, [`PROTO`].
    pub proto: u16,
    /// Version of the replica, [`SCHEMA`].
    pub schema: u32,
    /// The server history that the cursor belongs to; absent before the first answer.
    pub feed_epoch: Option<FeedEpoch>,
    /// Everything up to here is in the replica.
    pub cursor: u64,
    /// The tablet.
    pub device: DeviceReport,
    /// [`crate::command::Envelope`]s as they lie in the outbox, byte for byte, by ascending sequence.
    #[cfg_attr(feature = "schema", schema(value_type = Vec<crate::command::Envelope>))]
    pub commands: Vec<Box<RawValue>>,
}

/// The outcome of one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Decided {
    /// Its sequence number.
    pub seq: u64,
    /// What became of it.
    pub outcome: Outcome,
    /// `None` is a command of this request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<Late>,
}

/// Which command a late outcome is of: one of an earlier exchange, which was parked then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Late {
    /// The epoch of the device that it was sent in.
    pub epoch: u32,
    /// Its id, where the server could read one. A device that was paired again since has it under
    /// another epoch and number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandId>,
}

/// What a feed row does to its entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// The entity's full state.
    Up,
    /// The entity is gone; a tombstone.
    Delete,
    /// Personal data must be forgotten now, whatever else is pending.
    Purge,
}

/// Kinds of entities in a feed. Others may come; a tablet skips what it does not know.
pub mod kind {
    /// [`crate::fulfillment::Fulfillment`], by fulfillment id.
    pub const FULFILLMENT: &str = "fulfillment";
    /// [`super::CustomerCard`], by order id.
    pub const CUSTOMER: &str = "customer";
    /// [`crate::people::Associate`], by associate number.
    pub const ASSOCIATE: &str = "associate";
    /// [`crate::item::Item`], by SKU.
    pub const ITEM: &str = "item";
    /// [`super::StockCard`], by SKU.
    pub const STOCK: &str = "stock";
    /// [`super::LocationCard`], by location.
    pub const LOCATION: &str = "location";
}

/// One row of a location's feed: an entity's full state at a revision.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FeedRow {
    /// Gapless within a location and feed epoch.
    pub cursor: u64,
    /// `fulfillment`, `customer`, `associate`, `item`, `stock` or `location`; see [`kind`].
    pub kind: String,
    /// The entity.
    pub id: String,
    /// Applied only over a smaller one.
    pub rev: u64,
    /// What it does.
    pub op: Op,
    /// The state, for [`Op::Up`].
    #[cfg_attr(feature = "schema", schema(value_type = Option<Object>))]
    pub body: Option<Box<RawValue>>,
}

/// A stretch of the feed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FeedPage {
    /// The server history.
    pub epoch: FeedEpoch,
    /// The cursor after these rows.
    pub to: u64,
    /// Whether there is more right now.
    pub more: bool,
    /// Rows by ascending cursor.
    pub rows: Vec<FeedRow>,
}

/// The tablet must start from a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reset {
    /// `horizon`, `epoch` or `schema`.
    pub reason: String,
    /// Wait this long first, so that a fleet does not come at once.
    pub not_before_ms: u32,
}

/// One exchange, down.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ExchangeResponse {
    /// Version of the wire, [`PROTO`].
    pub proto: u16,
    /// The server's clock, for the device to correct its own.
    pub server_time: TimeMs,
    /// Committed up to here for this device and epoch.
    pub last_seq: u64,
    /// Also on a second medium up to here.
    pub durable_seq: u64,
    /// An outcome for every command sent, and late ones of parked commands.
    pub outcomes: Vec<Decided>,
    /// The feed from the sent cursor on; empty with a reset.
    pub feed: FeedPage,
    /// Start from a snapshot.
    pub reset: Option<Reset>,
    /// Version of the location's list of devices, for offline ownership.
    pub roster_epoch: u64,
    /// The location's active devices.
    pub devices: Vec<DeviceId>,
    /// Serial numbers for package labels, when they were running out.
    pub sscc: Vec<SsccBlock>,
    /// When to poll if nothing pokes.
    pub poll_ms: u32,
}

/// A customer of this location's open work. Purged when the goods have left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerCard {
    /// Name.
    pub name: String,
    /// Telephone number.
    pub phone: Option<String>,
    /// Where to ship.
    pub address: Option<crate::order::Address>,
    /// The customer's note.
    pub note: Option<String>,
}

/// Stock of one SKU at this location, as tablets show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockCard {
    /// Units on the shelf.
    pub on_hand: i64,
    /// Units promised and not yet picked.
    pub reserved: i64,
}

/// The location and what its tablets need to know of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocationCard {
    /// The location.
    pub location: Location,
    /// Its staging slots, in walking order.
    pub slots: Vec<SlotId>,
}

/// One chunk of a snapshot: zstd-compressed lines of JSON, each a [`FeedRow`] at the snapshot's cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ChunkInfo {
    /// Its place, from 0.
    pub index: u32,
    /// Rows inside.
    pub rows: u32,
    /// Bytes as sent.
    pub bytes: u64,
    /// SHA-256 of the bytes as sent, hex.
    pub sha256: String,
}

/// What a snapshot consists of. Chunks are fetched by id and index and can be resumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SnapshotManifest {
    /// Names the snapshot while it is kept.
    pub id: String,
    /// The server history.
    pub feed_epoch: FeedEpoch,
    /// Version of the feed's bodies, [`SCHEMA`].
    pub schema: u32,
    /// The feed continues from here.
    pub cursor: u64,
    /// Its chunks.
    pub chunks: Vec<ChunkInfo>,
}

/// A tablet asks to be paired with a location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RedeemRequest {
    /// The pairing code, with or without its dash.
    pub code: String,
    /// The device's Ed25519 public key, base64.
    pub public_key: String,
    /// What people call the tablet.
    pub name: String,
    /// Version of the app.
    pub app: String,
    /// Operating system.
    pub platform: String,
    /// Its id when it was enrolled before: it keeps the id and gets the next epoch.
    #[serde(default)]
    pub device: Option<DeviceId>,
}

/// The tablet is paired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RedeemResponse {
    /// The tablet.
    pub device: DeviceId,
    /// Its epoch; sequence numbers start at 1.
    pub epoch: u32,
    /// Where it works.
    pub location: LocationId,
    /// The server's Ed25519 public key, base64: pickup codes are checked against it.
    pub server_key: String,
    /// The server history.
    pub feed_epoch: FeedEpoch,
    /// First serial numbers for package labels.
    pub sscc: Vec<SsccBlock>,
}

/// A number to sign, used once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Nonce {
    /// Hex.
    pub nonce: String,
}

/// A device proves that it holds its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TokenRequest {
    /// The tablet.
    pub device: DeviceId,
    /// From the server.
    pub nonce: String,
    /// Ed25519 signature over [`token_bytes`], base64.
    pub signature: String,
}

/// A short-lived access token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TokenResponse {
    /// Sent as `Authorization: Device <access>`.
    pub access: String,
    /// Milliseconds it lasts.
    pub expires_in_ms: i64,
    /// The server's clock.
    pub server_time: TimeMs,
}

/// What a device signs to get a token.
#[must_use]
pub fn token_bytes(device: DeviceId, nonce: &str) -> Vec<u8> {
    format!("stockhand token v1\n{device}\n{nonce}").into_bytes()
}

/// What a device signs for each request, sent as
/// `Stockhand-Signature: ts=<ms>,nonce=<hex>,sig=<base64>`. `body` is the body as sent.
#[must_use]
pub fn request_bytes(method: &str, path: &str, body: &[u8], ts: TimeMs, nonce: &str) -> Vec<u8> {
    let digest: String = Sha256::digest(body).iter().map(|b| format!("{b:02x}")).collect();
    format!("stockhand request v1\n{method}\n{path}\n{digest}\n{}\n{nonce}", ts.0).into_bytes()
}
