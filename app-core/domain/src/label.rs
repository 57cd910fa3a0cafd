//! What the label of a package says, as plain data, and the label in every form. How it looks is
//! decided where it is drawn.

use serde::{Deserialize, Serialize};

use crate::{bridge::LabelForm, gs1::Sscc, ids::PackageId};

/// Who sends or receives.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Postal {
    /// Person or location.
    pub name: String,
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// State or province.
    pub region: String,
    /// Postcode.
    pub postcode: String,
    /// ISO 3166 country, two letters.
    pub country: String,
}

/// Everything that either form of a package's label says. Kept in the print queue, so that a label is
/// drawn the same after a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelJob {
    /// Which form.
    pub form: LabelForm,
    /// The location.
    pub sender: Postal,
    /// The customer; on a staging label only the initials of the name are shown.
    pub receiver: Postal,
    /// The package.
    pub package: PackageId,
    /// Its own number, where it has one; a logistic label needs it.
    pub sscc: Option<Sscc>,
    /// Service in a few words.
    pub service: String,
    /// Four characters that people say.
    pub short_code: String,
    /// Its number, from 1.
    pub number: u32,
    /// Packages of the fulfillment.
    pub packages: u32,
    /// Weight in grams, where known.
    pub weight_g: Option<u32>,
    /// The slot it is to be put in, where known.
    pub slot: Option<String>,
    /// Until when it waits, in UTC milliseconds.
    pub promise_at_ms: i64,
    /// IANA time zone of the location.
    pub time_zone: String,
    /// A reprint says so.
    pub copy: bool,
    /// Dots per inch of the printer: 203 or 300.
    pub dpi: u16,
}

/// A label, drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Rendered {
    /// For a label printer.
    pub zpl: Vec<u8>,
    /// For any other printer.
    pub pdf: Vec<u8>,
    /// What would be printed, dot by dot.
    pub png: Vec<u8>,
    /// The same for a screen, sized in millimetres.
    pub svg: String,
}
