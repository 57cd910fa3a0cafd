//! What an associate does to a fulfillment, and how the answer looks and sounds.

use serde::{Deserialize, Serialize};

use super::{LabelForm, Work};
use crate::{
    command::ShortReason,
    handoff::Signature,
    ids::{CommandId, ExceptionId, PackageId, SlotId},
    package::Content,
    rejection::Rejection,
};

/// What an associate does to a fulfillment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Action {
    /// Take the work; `take_over` is a lead's word.
    Claim {
        /// Also when another tablet has it.
        take_over: bool,
    },
    /// Give the work back.
    Release,
    /// Scan an item, a slot or a pickup code: the engine knows the step.
    Scan {
        /// As read.
        text: String,
        /// Typed by hand instead.
        typed: bool,
    },
    /// Pick several units of a line at once.
    Pick {
        /// The line.
        line: u32,
        /// Units.
        units: u32,
    },
    /// Take the last picked unit back out.
    Undo,
    /// Units cannot be found.
    Short {
        /// The line.
        line: u32,
        /// Units missing.
        units: u32,
        /// Why.
        reason: ShortReason,
    },
    /// Close a package; empty contents mean everything in the tote.
    Pack {
        /// What goes in.
        contents: Vec<Content>,
        /// Weight in grams, where known.
        weight_g: Option<u32>,
    },
    /// Open a package again.
    Reopen {
        /// Which.
        package: PackageId,
    },
    /// Print a label.
    Print {
        /// The package.
        package: PackageId,
        /// Which label.
        form: LabelForm,
    },
    /// Put a package into a slot.
    Stage {
        /// The package.
        package: PackageId,
        /// The slot.
        slot: SlotId,
    },
    /// Check the customer's code: scanned, or the six digits.
    VerifyCode {
        /// As read or typed.
        code: String,
    },
    /// A lead vouches for the customer.
    OverrideCode {
        /// What was looked at.
        reason: String,
    },
    /// Give the goods to the customer.
    HandOver {
        /// Who takes them, where not the customer.
        collector: Option<String>,
        /// The signature.
        signature: Option<Signature>,
    },
    /// Give a package to the carrier.
    ScanOut {
        /// Which.
        package: PackageId,
        /// Which carrier.
        carrier: String,
    },
    /// Units are back on the shelf.
    Restock {
        /// The line.
        line: u32,
        /// Units.
        units: u32,
    },
    /// Close an exception.
    Settle {
        /// Which.
        exception: ExceptionId,
        /// What was done, or why nothing.
        note: String,
    },
    /// The person has read what the server said about one of their commands.
    Acknowledge {
        /// Which.
        command: CommandId,
    },
}

/// The answer to an action or a scan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// How it sounds and looks.
    pub feedback: Feedback,
    /// The fulfillment now.
    pub work: Work,
}

/// Told apart without looking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "tone", rename_all = "snake_case")]
pub enum Feedback {
    /// Short high tone, green edge.
    Accepted {
        /// What happened.
        sentence: String,
    },
    /// Two low tones, red edge: what was wrong and what to do.
    Refused {
        /// Why, with its next action.
        rejection: Rejection,
        /// The sentence.
        sentence: String,
        /// What to do.
        next_action: String,
    },
    /// Rising tone, amber edge: a person must look.
    Attention {
        /// What to look at.
        sentence: String,
    },
}
