//! The rows of the demo's files: what an import takes, and a basket to place orders from.
//!
//! Written out here and not taken from the server's crate, because this is what a customer would send.

use serde::{Deserialize, Serialize};

use crate::source::hours::OpenHours;

/// A store or warehouse of the network.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct LocationRow {
    pub id: String,
    pub name: String,
    pub kind: String,
    pub street: String,
    pub city: String,
    pub region: String,
    pub country: String,
    pub postcode: String,
    pub lat: f64,
    pub lon: f64,
    pub time_zone: String,
    /// Monday to Sunday, in the location's own time; `null` is closed.
    pub hours: [Option<OpenHours>; 7],
    pub pickup: bool,
    pub ships: bool,
}

/// A thing that is sold. The file's order is by popularity, most sold first.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct ItemRow {
    pub sku: String,
    pub name: String,
    pub gtin: String,
    pub department: String,
    pub category: String,
    pub size: String,
    pub price_minor: u64,
    pub currency: String,
    pub weight_g: u32,
    pub picture: Option<String>,
}

/// Units of one SKU at one location.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct StockRow {
    pub location: String,
    pub sku: String,
    pub on_hand: u64,
    pub safety: u64,
}

/// A postcode and where it is.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct PostcodeRow {
    pub country: String,
    pub postcode: String,
    pub place: String,
    pub lat: f64,
    pub lon: f64,
}

/// Someone who works at a location, with the PIN of the demo.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct AssociateRow {
    pub location: String,
    pub id: String,
    pub name: String,
    pub role: String,
    pub pin: String,
}

/// Who buys, made up.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Customer {
    pub name: String,
    pub phone: String,
    pub email: String,
}

/// Where it is sent: a made-up street in a real postcode.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct Address {
    pub name: String,
    pub street: String,
    pub city: String,
    pub region: String,
    pub postcode: String,
    pub country: String,
}

/// A real basket in our SKUs, for a made-up customer. Not an import: `demo orders` places it.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub struct BasketRow {
    /// The number that the web shop gave it.
    pub number: String,
    /// When it was placed, after the first basket of the file.
    pub after_s: u64,
    pub customer: Customer,
    pub address: Address,
    /// SKU and units, each SKU once.
    pub lines: Vec<(String, u32)>,
}
