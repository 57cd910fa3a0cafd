//! Goods leave: to the customer against proof, or to the carrier.

use serde::{Deserialize, Serialize};

use crate::{clock::TimeMs, limits, rejection::Rejection};

/// How the person was known to be the right one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Verification {
    /// The signed code of the pickup message was scanned.
    SignedCode,
    /// The short code was spoken or typed.
    ShortCode,
    /// A lead or manager looked at something else.
    Override {
        /// What was looked at; never a document's number.
        reason: String,
    },
}

/// A signature as drawn: strokes of points in thousandths of the field's width and height.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signature {
    /// Strokes, each a list of `[x, y]`, 0 to 1000.
    pub strokes: Vec<Vec<[u16; 2]>>,
}

impl Signature {
    /// Points of all strokes.
    #[must_use]
    pub fn points(&self) -> usize {
        self.strokes.iter().map(Vec::len).sum()
    }
}

/// What shows that the goods went to the right person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Proof {
    /// How the person was verified.
    pub verification: Verification,
    /// Who took it, where not the customer.
    pub collector: Option<String>,
    /// The signature, where one was asked for.
    #[cfg_attr(feature = "schema", schema(value_type = Option<Vec<Vec<[u16; 2]>>>))]
    pub signature: Option<Signature>,
}

impl Proof {
    /// Checks the proof's bounds.
    ///
    /// # Errors
    /// [`Rejection::OverLimit`] or [`Rejection::ReasonMissing`].
    pub fn check(&self) -> Result<(), Rejection> {
        let over =
            |what: &str, max: usize| Rejection::OverLimit { what: what.into(), max: max as u64 };
        if self.signature.as_ref().is_some_and(|s| s.points() > limits::SIGNATURE_POINTS_MAX) {
            return Err(over("the signature", limits::SIGNATURE_POINTS_MAX));
        }
        if self.collector.as_ref().is_some_and(|c| c.chars().count() > limits::TEXT_MAX) {
            return Err(over("the name", limits::TEXT_MAX));
        }
        match &self.verification {
            Verification::Override { reason } if reason.trim().is_empty() => {
                Err(Rejection::ReasonMissing)
            }
            Verification::Override { reason } if reason.chars().count() > limits::TEXT_MAX => {
                Err(over("the reason", limits::TEXT_MAX))
            }
            _ => Ok(()),
        }
    }
}

/// The finished handoff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    /// When.
    pub at: TimeMs,
    /// To whom, and how that is known; `None` for a carrier.
    pub proof: Option<Proof>,
}
