//! One fulfillment with everything that its screens show.

use serde::{Deserialize, Serialize};

use super::{Card, InboxEntry};
use crate::{
    command::ShortReason,
    ids::{OrderId, PackageId, SlotId},
};

/// One fulfillment, open on a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// The card of the queue.
    pub card: Card,
    /// The order.
    pub order: OrderId,
    /// Name of the customer, while the tablet may know it.
    pub customer: Option<String>,
    /// Telephone number of the customer, while the tablet may know it.
    pub phone: Option<String>,
    /// Where it ships to, one line each.
    pub address: Vec<String>,
    /// The customer's note.
    pub note: Option<String>,
    /// What to do now; the screen follows it.
    pub step: Step,
    /// Lines in walking order.
    pub lines: Vec<WorkLine>,
    /// Packages.
    pub packages: Vec<WorkPackage>,
    /// What to put back on the shelf.
    pub restock: Vec<RestockLine>,
    /// Reasons offered for a short pick.
    pub short_reasons: Vec<(ShortReason, String)>,
    /// The slot to propose for the next package.
    pub slot_proposal: Option<SlotId>,
    /// Whether the handoff's code has been verified in this session.
    pub code_verified: bool,
    /// Whether the last scan can be undone.
    pub can_undo: bool,
    /// Open exceptions.
    pub exceptions: Vec<InboxEntry>,
}

/// The one thing to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Take the work.
    Claim,
    /// Walk and scan.
    Pick,
    /// Close packages.
    Pack,
    /// Print labels.
    Label,
    /// Put packages into slots.
    Stage,
    /// Verify the customer and hand over.
    HandOver,
    /// Give to the carrier.
    CarrierScan,
    /// Put units back on the shelf.
    Restock,
    /// Nothing: it is finished.
    Finished,
}

/// One line on the pick screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkLine {
    /// The order line's number.
    pub line: u32,
    /// SKU.
    pub sku: String,
    /// Name of the item.
    pub name: String,
    /// Size in words.
    pub size: String,
    /// Department, where to look.
    pub department: String,
    /// Category, where to look in it.
    pub category: String,
    /// Last four digits of the barcode.
    pub barcode_tail: Option<String>,
    /// Its picture, see [`crate::item::Item::picture`].
    pub picture: Option<String>,
    /// Units wanted.
    pub wanted: u32,
    /// Units in the tote or beyond.
    pub picked: u32,
    /// Units in the tote that are in no package yet.
    pub to_pack: u32,
    /// Units not found.
    pub short: u32,
    /// Units still to pick.
    pub left: u32,
    /// Units on the shelf here by the last word of the server.
    pub on_hand: Option<i64>,
    /// Name of the kit that it is part of.
    #[serde(default)]
    pub kit: Option<String>,
}

/// One package on a screen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkPackage {
    /// Which.
    pub package: PackageId,
    /// Its number, from 1.
    pub number: u32,
    /// Its SSCC with brackets, as on the label.
    pub sscc: Option<String>,
    /// Units inside.
    pub units: u32,
    /// Weight in grams, where known.
    pub weight_g: Option<u32>,
    /// Labels printed.
    pub labels_printed: u32,
    /// Where its label is on the way to paper.
    pub label: LabelState,
    /// The slot it waits in.
    pub slot: Option<SlotId>,
    /// Whether it has left.
    pub gone: bool,
}

/// Where a package's label is on the way to paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelState {
    /// Nobody asked for it.
    None,
    /// In the print queue.
    Waiting,
    /// Came out.
    Printed,
    /// A person must look at the printer.
    Failed,
}

/// Units of a line that go back to the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestockLine {
    /// The order line's number.
    pub line: u32,
    /// Name of the item.
    pub name: String,
    /// Units.
    pub units: u32,
}
