//! Labels on the way to paper: what a label says, who draws it, and how its bytes reach a printer.
//! How a label looks is not known here, and a label is never sent a second time by itself.

mod ipp;
mod label;
mod raw;

pub use label::{LabelJob, Postal, RenderError, Rendered, Renderer};

use domain::bridge::{Connection, Printer};

/// Why a label is not surely on paper.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// Nothing was sent; it can be tried again.
    #[error("{printer} does not answer: {reason}")]
    Unreachable {
        /// The printer.
        printer: String,
        /// Why.
        reason: String,
    },
    /// The printer said no; nothing came out.
    #[error("{printer} refused the label: {reason}")]
    Refused {
        /// The printer.
        printer: String,
        /// What it said.
        reason: String,
    },
    /// Sent in part, or no answer: only a person can see whether it came out.
    #[error("{printer} may have printed the label: {reason}")]
    Unsure {
        /// The printer.
        printer: String,
        /// Why.
        reason: String,
    },
}

/// Sends one label; `Ok` when the printer took all of it.
///
/// # Errors
/// [`PrintError`].
pub async fn send(printer: &Printer, label: &Rendered) -> Result<(), PrintError> {
    match &printer.connection {
        Connection::Raw { address } => raw::send(&printer.name, address, &label.zpl).await,
        Connection::Ipp { uri } => ipp::send(&printer.name, uri, label).await,
    }
}
