//! What needs a person, in words.

use serde::{Deserialize, Serialize};

use crate::{
    clock::TimeMs,
    exception::ExceptionKind,
    ids::{CommandId, ExceptionId, FulfillmentId},
    package::Content,
};

/// Something that needs a person, in words, with the one thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxEntry {
    /// The fulfillment it is about.
    pub fulfillment: FulfillmentId,
    /// Its short code.
    pub short_code: String,
    /// What it is.
    pub matter: Matter,
    /// What happened.
    pub sentence: String,
    /// What to do.
    pub next_action: String,
    /// When.
    pub at: TimeMs,
}

/// What an inbox entry is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "matter", rename_all = "snake_case")]
pub enum Matter {
    /// An exception of the fulfillment; settled by an action or a reason.
    Exception {
        /// Which.
        exception: ExceptionId,
        /// Its kind.
        kind: ExceptionKind,
        /// The line and the units to put back, where that settles it.
        restock: Option<Content>,
    },
    /// The server decided otherwise about something done here; settled by reading it.
    Outcome {
        /// The command.
        command: CommandId,
    },
}
