//! The work of the location, a card each.

use serde::{Deserialize, Serialize};

use crate::{
    clock::TimeMs,
    fulfillment::{Method, Stage},
    ids::{FulfillmentId, SlotId},
};

/// The work of the location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Open work, by time left, the most urgent first.
    pub cards: Vec<Card>,
    /// Work that others on other tablets have.
    pub with_others: u32,
}

/// One fulfillment on the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Which.
    pub fulfillment: FulfillmentId,
    /// Four characters that people say.
    pub short_code: String,
    /// The channel's number.
    pub external_number: String,
    /// Initials of the customer, where known.
    pub initials: Option<String>,
    /// How the goods leave.
    pub method: Method,
    /// Where it stands.
    pub stage: Stage,
    /// The stage in words.
    pub stage_words: String,
    /// When it must be ready.
    pub promise_at: TimeMs,
    /// Units wanted.
    pub units: u32,
    /// Units that went through the current step.
    pub units_done: u32,
    /// Lines.
    pub lines: u32,
    /// Who has it, where somebody has.
    pub claimed_by: Option<String>,
    /// Whether this tablet has it.
    pub mine: bool,
    /// How far the last change got.
    pub sent: Sent,
    /// Open exceptions.
    pub exceptions: u32,
    /// Slots in which it waits.
    pub slots: Vec<SlotId>,
}

/// How far the changes of a fulfillment got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// Nothing of this tablet is pending.
    Confirmed,
    /// Done here, not sent yet.
    DoneHere,
    /// A person must look.
    NeedsYou,
}
