//! Labels on their way to paper: forms, printers and the queue between them.

use serde::{Deserialize, Serialize};

use crate::ids::{FulfillmentId, PackageId};

/// Which label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelForm {
    /// 4×6 inch, for transfer and own fleet.
    Logistic,
    /// For the staging slot.
    Staging,
}

/// How a printer is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "via", rename_all = "snake_case")]
pub enum Connection {
    /// Raw TCP, usually port 9100; gets ZPL.
    Raw {
        /// Host and port.
        address: String,
    },
    /// IPP; gets PDF, or ZPL where the printer takes it.
    Ipp {
        /// `ipp://host:port/path`.
        uri: String,
    },
}

/// A printer of this tablet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printer {
    /// What people call it.
    pub name: String,
    /// How it is reached.
    pub connection: Connection,
    /// 203 or 300.
    pub dpi: u16,
}

/// Printers and what waits for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printing {
    /// Printers; the first one prints.
    pub printers: Vec<Printer>,
    /// Labels that are not on paper yet, oldest first, then the last printed ones.
    pub entries: Vec<PrintEntry>,
}

/// One label in the print queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrintEntry {
    /// Its number.
    pub entry: u64,
    /// What it is, as a person would say it.
    pub what: String,
    /// The fulfillment.
    pub fulfillment: FulfillmentId,
    /// The package.
    pub package: PackageId,
    /// Where it is.
    pub state: PrintState,
    /// Tries so far.
    pub tries: u32,
    /// What the printer last said.
    pub error: Option<String>,
}

/// Where a label is on the way to paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrintState {
    /// Will be sent.
    Waiting,
    /// Sent whole.
    Printed,
    /// Sent in part: only a person can see whether it came out.
    Unsure,
    /// Given up by a person.
    GivenUp,
}

/// What a person says about a label that is not surely on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrintChoice {
    /// Send it again.
    Again,
    /// It came out.
    CameOut,
    /// Not wanted any more.
    GiveUp,
}

/// A label as a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// SVG text.
    pub svg: String,
}
