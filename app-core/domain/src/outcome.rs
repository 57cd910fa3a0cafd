//! The server's word on one command. An outcome, once given, is stored and repeated byte for byte.

use serde::{Deserialize, Serialize};

use crate::{ids::ExceptionId, rejection::Rejection};

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Verdict {
    /// Done as sent.
    Applied,
    /// It was already so.
    Noop,
    /// Done in part or otherwise; the sentence says how.
    Adjusted {
        /// Stable code.
        code: String,
        /// What was done instead.
        sentence: String,
    },
    /// The fact is recorded and contradicts the record: exceptions are open.
    Conflict {
        /// Why it contradicts.
        rejection: Rejection,
    },
    /// A request that was refused.
    Rejected {
        /// Why.
        rejection: Rejection,
    },
    /// Not understood yet; kept whole for an operator.
    Parked {
        /// Why.
        reason: String,
    },
}

impl Verdict {
    /// Whether the person must be told.
    #[must_use]
    pub const fn needs_attention(&self) -> bool {
        !matches!(self, Self::Applied | Self::Noop)
    }

    /// The word on the wire, for logs and metrics.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Noop => "noop",
            Self::Adjusted { .. } => "adjusted",
            Self::Conflict { .. } => "conflict",
            Self::Rejected { .. } => "rejected",
            Self::Parked { .. } => "parked",
        }
    }
}

/// The outcome of one command of one device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Outcome {
    /// What became of it.
    pub verdict: Verdict,
    /// Revision of the fulfillment after it.
    pub rev: u64,
    /// Feed cursor at which its effect is visible; the overlay stays until the tablet is there.
    pub cursor: u64,
    /// Exceptions that it opened.
    pub exceptions: Vec<ExceptionId>,
}
