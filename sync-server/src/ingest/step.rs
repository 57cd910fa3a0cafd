//! One step of a format's reader: a row that was taken apart, or why it could not be.

use super::refused::{Refusal, Spot};

/// A row that was met; its cells are set when nothing refuses it.
#[derive(Debug)]
pub struct Step {
    /// Where it stands.
    pub spot: Spot,
    /// Why it could not be taken apart.
    pub refusal: Option<Refusal>,
}
