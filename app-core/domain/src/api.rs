//! The shapes of the public API that the console shares with the server. Times are RFC 3339.

use serde::{Deserialize, Serialize};

use crate::{
    clock::{TimeMs, rfc3339},
    exception::ExceptionKind,
    fulfillment::{Method, Stage},
    ids::{DeviceId, ExceptionId, FulfillmentId, LocationId, OrderId, Sku},
    order::{Customer, Destination, LineProgress, OrderStage, PlacedLine},
};

/// A page of a list; `next` continues it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Pass as `after` to get the next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Who is signed in at the console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operator {
    /// Sign-in name.
    pub login: String,
    /// Name.
    pub name: String,
    /// What the person may do.
    pub role: OperatorRole,
    /// The only location that the person sees, for a store's manager.
    pub location: Option<LocationId>,
}

/// Roles at the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorRole {
    /// Sees one location.
    StoreManager,
    /// Sees and steers all locations.
    Operations,
    /// Also devices, people and imports.
    Admin,
}

/// Sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Sign-in name.
    pub login: String,
    /// Password.
    pub password: String,
}

/// The answer to a sign-in; a cookie holds the same token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// For `Authorization: Bearer`.
    pub token: String,
    /// Who.
    pub operator: Operator,
}

/// An order was taken: 201 the first time, 200 and the same body after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderAccepted {
    /// The order.
    pub id: OrderId,
    /// Four characters that people say.
    pub short_code: String,
    /// The text for the QR symbol of the pickup message; absent when it ships.
    pub pickup_code: Option<String>,
    /// The six digits of the pickup message; absent when it ships. Never stored.
    pub pickup_pin: Option<String>,
    /// When it is promised.
    #[serde(with = "rfc3339")]
    pub promise_at: TimeMs,
}

/// One row of the list of orders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderRow {
    /// The order.
    pub id: OrderId,
    /// Four characters that people say.
    pub short_code: String,
    /// The channel.
    pub channel: String,
    /// The channel's number.
    pub external_number: String,
    /// How the goods leave.
    pub method: Method,
    /// Where it stands.
    pub stage: OrderStage,
    /// Name of the customer.
    pub customer: String,
    /// Units ordered.
    pub units: u32,
    /// Value in the currency's smallest unit.
    pub total_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// Where it is worked on.
    pub locations: Vec<LocationId>,
    /// When the customer bought.
    #[serde(with = "rfc3339")]
    pub placed_at: TimeMs,
    /// When it is promised.
    #[serde(with = "rfc3339")]
    pub promise_at: TimeMs,
    /// Open exceptions.
    pub exceptions: u32,
}

/// One order with everything behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderDetail {
    /// The row of the list.
    pub row: OrderRow,
    /// Who bought; `None` once forgotten.
    pub customer: Option<Customer>,
    /// How the goods get to the customer.
    pub destination: Destination,
    /// Lines as bought, and where their units are.
    pub lines: Vec<OrderLineDetail>,
    /// The work of each location.
    pub fulfillments: Vec<FulfillmentDetail>,
    /// Why it was sourced so, the newest last.
    pub sourcing: Vec<SourcingDetail>,
    /// What happened, the oldest first.
    pub history: Vec<HistoryRow>,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderLineDetail {
    /// As bought.
    pub placed: PlacedLine,
    /// Name of the item.
    pub name: String,
    /// Where its units are.
    pub progress: LineProgress,
}

/// The work of one location for an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FulfillmentDetail {
    /// Which.
    pub id: FulfillmentId,
    /// Where.
    pub location: LocationId,
    /// Name of the location.
    pub location_name: String,
    /// Where it stands.
    pub stage: Stage,
    /// The stage in words.
    pub stage_words: String,
    /// Since when.
    #[serde(with = "rfc3339")]
    pub stage_since: TimeMs,
    /// Who works on it.
    pub claimed_by: Option<String>,
    /// Slots in which it waits.
    pub slots: Vec<String>,
    /// Packages closed.
    pub packages: u32,
    /// What record and reality disagree on.
    pub exceptions: Vec<ExceptionRow>,
}

/// One exception.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExceptionRow {
    /// Which.
    pub id: ExceptionId,
    /// Its kind.
    pub kind: ExceptionKind,
    /// What happened.
    pub sentence: String,
    /// What to do.
    pub next_action: String,
    /// The order.
    pub order: OrderId,
    /// Its short code.
    pub short_code: String,
    /// Where.
    pub location: LocationId,
    /// When.
    #[serde(with = "rfc3339")]
    pub raised_at: TimeMs,
    /// How it was closed; absent while open.
    pub settled: Option<String>,
}

/// One sourcing decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourcingDetail {
    /// The how-manieth try.
    pub attempt: u32,
    /// When.
    #[serde(with = "rfc3339")]
    pub at: TimeMs,
    /// The decision in one sentence.
    pub sentence: String,
    /// Name and version of the policy.
    pub policy: String,
    /// Candidates that were looked at, the best first, a bounded number.
    pub candidates: Vec<CandidateDetail>,
    /// Candidates in all.
    pub candidates_total: u32,
    /// Units that found no location.
    pub unsourced: u32,
}

/// One location that sourcing looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CandidateDetail {
    /// Where.
    pub location: LocationId,
    /// Its name.
    pub name: String,
    /// Distance to the customer in metres; absent for pickup.
    pub distance_m: Option<u64>,
    /// Units of the order it could give.
    pub units: u32,
    /// Lines it could give whole.
    pub lines_whole: u32,
    /// Units it was asked for.
    pub chosen_units: u32,
    /// Why it was chosen, or not.
    pub reason: String,
}

/// One row of an order's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// When.
    #[serde(with = "rfc3339")]
    pub at: TimeMs,
    /// `order.placed`, a command's type, `order.sourced` …
    pub kind: String,
    /// What happened, in words.
    pub sentence: String,
    /// Who: an associate, an operator, the channel or the server.
    pub actor: String,
    /// On which tablet, where it was one.
    pub device: Option<String>,
}

/// One fulfillment in a location's queue or among those at risk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueueRow {
    /// The order.
    pub order: OrderId,
    /// The fulfillment.
    pub fulfillment: FulfillmentId,
    /// Four characters that people say.
    pub short_code: String,
    /// The channel's number.
    pub external_number: String,
    /// Where.
    pub location: LocationId,
    /// Its name.
    pub location_name: String,
    /// How the goods leave.
    pub method: Method,
    /// Where it stands.
    pub stage: Stage,
    /// The stage in words.
    pub stage_words: String,
    /// Units wanted.
    pub units: u32,
    /// When sourcing made it.
    #[serde(with = "rfc3339")]
    pub created_at: TimeMs,
    /// When it must be ready.
    #[serde(with = "rfc3339")]
    pub promise_at: TimeMs,
    /// Milliseconds to the promise; negative when it is late.
    pub left_ms: i64,
    /// Why it is at risk, in words; absent when it is not.
    pub risk: Option<String>,
    /// Who works on it.
    pub claimed_by: Option<String>,
}

/// What is wrong now, with the list behind each number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Orders that wait for a location.
    pub unsourced: u32,
    /// Fulfillments that are late.
    pub late: u32,
    /// Fulfillments that will be late within the hour.
    pub at_risk: u32,
    /// Fulfillments that are open.
    pub open: u32,
    /// Orders that wait for their customers.
    pub ready: u32,
    /// Open exceptions.
    pub exceptions: u32,
    /// Commands that the server could not read.
    pub parked: u32,
    /// Tablets without contact for more than ten minutes, with work waiting or not.
    pub devices_silent: u32,
    /// Active tablets.
    pub devices: u32,
    /// Locations.
    pub locations: u32,
    /// Orders taken in the last 24 hours.
    pub orders_day: u32,
    /// The worst fulfillments, at most ten.
    pub worst: Vec<QueueRow>,
}

/// One location in lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LocationRow {
    /// Its number.
    pub id: LocationId,
    /// Its name.
    pub name: String,
    /// City.
    pub city: String,
    /// State or province.
    pub region: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Fulfillments open there.
    pub open: u32,
    /// Fulfillments late there.
    pub late: u32,
    /// Active tablets.
    pub devices: u32,
}

/// Stock of a SKU, everywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SkuStock {
    /// The SKU.
    pub sku: Sku,
    /// Name of the item.
    pub name: String,
    /// GTINs.
    pub barcodes: Vec<String>,
    /// Picture, see [`crate::item::Item::picture`].
    pub picture: Option<String>,
    /// Sums over all locations.
    pub total: StockNumbers,
    /// By location, a bounded number, the most available first.
    pub locations: Vec<LocationStock>,
    /// Locations in all.
    pub locations_total: u32,
}

/// Units by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StockNumbers {
    /// On the shelf.
    pub on_hand: i64,
    /// Promised and not yet picked.
    pub reserved: i64,
    /// Never promised.
    pub safety: i64,
    /// Can be promised.
    pub available: i64,
    /// In totes and on benches.
    pub picked: i64,
    /// In slots.
    pub staged: i64,
    /// Not to be sold.
    pub damaged: i64,
    /// Promised but not there.
    pub shortage: i64,
}

/// Stock of a SKU at one location.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LocationStock {
    /// Where.
    pub location: LocationId,
    /// Its name.
    pub name: String,
    /// The numbers.
    pub stock: StockNumbers,
}

/// One item in a search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemRow {
    /// The SKU.
    pub sku: Sku,
    /// Its name.
    pub name: String,
    /// Department.
    pub department: String,
    /// Size in words.
    pub size: String,
    /// Picture, see [`crate::item::Item::picture`].
    pub picture: Option<String>,
}

/// One tablet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    pub last_seen: Option<TimeMs>,
    /// Commands that waited on it then.
    pub waiting: u64,
    /// Why it is stopped, where it is.
    pub reason: Option<String>,
}

/// Whether a tablet may sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
pub struct PairingCode {
    /// Eight characters with a dash in the middle.
    pub code: String,
    /// Where it pairs to.
    pub location: LocationId,
    /// Until when.
    #[serde(with = "rfc3339")]
    pub expires_at: TimeMs,
    /// A QR symbol of address and code, as SVG text.
    pub qr_svg: String,
}

/// Asks for a pairing code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPairingCode {
    /// Where the tablet will work.
    pub location: LocationId,
}

/// Why an order is cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelOrder {
    /// In words.
    pub reason: String,
}

/// The answer to an import.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ImportAnswer {
    /// Rows that changed something.
    pub accepted: u64,
    /// Rows that said what was known.
    pub unchanged: u64,
    /// Rows refused in all.
    pub refused_total: u64,
    /// The first of them.
    pub refused: Vec<RefusedRow>,
}

/// One refused row of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// Line of the body, from 1.
    pub line: u64,
    /// Stable code.
    pub code: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

/// A parked command, for an operator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    pub received_at: TimeMs,
}
