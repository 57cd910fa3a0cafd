//! What a scan outside of a fulfillment opens.

use serde::{Deserialize, Serialize};

use super::Card;
use crate::ids::FulfillmentId;

/// What a scan outside a fulfillment opened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Found {
    /// One fulfillment.
    Work {
        /// Which.
        fulfillment: FulfillmentId,
        /// Whether a valid pickup code opened it.
        code_verified: bool,
    },
    /// Several: choose.
    Several {
        /// Which.
        cards: Vec<Card>,
    },
    /// Nothing here.
    Nothing {
        /// A sentence.
        sentence: String,
    },
}
