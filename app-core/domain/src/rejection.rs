//! Every refusal, typed: what was wrong in a sentence, and what the person can do next.

use serde::{Deserialize, Serialize};

/// Why a request, a scan or an action is refused. Crosses the wire; the `code` is stable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Rejection {
    /// The work is finished or cancelled.
    #[error("This work is already {stage}.")]
    NotOpen {
        /// Where the fulfillment stands, in words.
        stage: String,
    },
    /// The customer or the shop has cancelled.
    #[error("This order was cancelled.")]
    OrderCancelled,
    /// Another device has it.
    #[error("{by} is working on this.")]
    ClaimedByOther {
        /// The other associate.
        by: String,
    },
    /// Only a lead or a manager takes over.
    #[error("Only a lead or a manager can do this.")]
    RoleTooLow,
    /// Nobody has it: there is nothing to give back.
    #[error("Nobody has claimed this.")]
    NotClaimed,
    /// The order has no such line.
    #[error("This order has no line {line}.")]
    UnknownLine {
        /// The line asked for.
        line: u32,
    },
    /// The scanned code is another order's, or nobody's.
    #[error("Wrong item: {scanned} is not on this order{}.", belongs_to.as_ref().map(|o| format!(", it belongs to {o}")).unwrap_or_default())]
    WrongItem {
        /// What was scanned: the item's name where it is known, else the code.
        scanned: String,
        /// The order that wants it, where one is known.
        belongs_to: Option<String>,
    },
    /// The line has all its units.
    #[error("You already have all {wanted} of {item}.")]
    OverScan {
        /// The item.
        item: String,
        /// Units the line wants.
        wanted: u32,
    },
    /// More units than are in the bucket.
    #[error("There are only {there} here, not {asked}.")]
    NotThatMany {
        /// Units there are.
        there: u32,
        /// Units asked for.
        asked: u32,
    },
    /// A package that the fulfillment does not have.
    #[error("This package is not part of the order.")]
    UnknownPackage,
    /// A package id that is used already with other contents.
    #[error("This package is already closed.")]
    PackageClosed,
    /// An empty package.
    #[error("The package is empty.")]
    PackageEmpty,
    /// The package has left.
    #[error("This package has already left the store.")]
    PackageGone,
    /// The package has no label yet.
    #[error("The package has no label yet.")]
    LabelMissing,
    /// Some goods are not ready.
    #[error("Not everything is ready: {missing} still to do.")]
    NotReady {
        /// Units that are not staged.
        missing: u32,
    },
    /// A pickup action on a shipment, or the other way round.
    #[error("This order is {method}.")]
    WrongMethod {
        /// What it is, in words.
        method: String,
    },
    /// The code is not this order's.
    #[error("The code does not match this order.")]
    CodeMismatch,
    /// Nothing is left to put back.
    #[error("There is nothing to put back.")]
    NothingToRestock,
    /// No such open exception.
    #[error("This is already settled.")]
    AlreadySettled,
    /// A note or a reason is needed.
    #[error("A reason is needed.")]
    ReasonMissing,
    /// A text, list or number is over its limit.
    #[error("{what} is over the limit of {max}.")]
    OverLimit {
        /// What is too large.
        what: String,
        /// The limit.
        max: u64,
    },
    /// Too much unsent work to take on more.
    #[error("This tablet has too much unsent work ({pending}).")]
    OutboxFull {
        /// Commands waiting.
        pending: u64,
    },
    /// The tablet's storage cannot take the fact.
    #[error("This tablet has no space left; nothing was recorded.")]
    NoSpace,
    /// The PIN is wrong.
    #[error("That PIN is not right.")]
    WrongPin,
    /// Too many wrong PINs.
    #[error("Too many wrong PINs. Try again in {wait_s} seconds.")]
    PinLocked {
        /// Seconds to wait.
        wait_s: u64,
    },
    /// Nobody is signed in.
    #[error("Sign in first.")]
    NotSignedIn,
    /// The tablet is not paired with a location.
    #[error("This tablet is not paired with a store.")]
    NotEnrolled,
    /// The tablet does not know the fulfillment.
    #[error("This order is not on this tablet.")]
    UnknownFulfillment,
    /// Work is not yet sent; signing out for good, resetting or wiping would lose it.
    #[error("{pending} changes are not sent yet.")]
    UnsentWork {
        /// Commands waiting.
        pending: u64,
    },
    /// Another program has the tablet's data.
    #[error("Another window or program is using this tablet's data.")]
    InUse,
    /// The tablet's data cannot be opened.
    #[error("This app cannot start: {reason}.")]
    CannotStart {
        /// What failed, for support.
        reason: String,
    },
    /// The server would not pair the tablet.
    #[error("{message}")]
    NotPaired {
        /// The server's sentence.
        message: String,
    },
    /// The server cannot be reached while it must be, or answers nothing of use.
    #[error("{message}")]
    Server {
        /// The server's sentence.
        message: String,
    },
    /// The printer cannot be used.
    #[error("The printer {printer} does not answer.")]
    PrinterUnreachable {
        /// Its name.
        printer: String,
    },
    /// No printer has been set up.
    #[error("No printer is set up.")]
    NoPrinter,
    /// The numbers for package labels have run out.
    #[error("This tablet has no package numbers left.")]
    NoPackageNumbers,
}

impl Rejection {
    /// The stable code of the refusal, as on the wire.
    #[must_use]
    pub fn code(&self) -> String {
        let value = serde_json::to_value(self).expect("a rejection is plain data");
        value["code"].as_str().expect("tagged by code").to_owned()
    }

    /// What the person can do now.
    #[must_use]
    pub const fn next_action(&self) -> &'static str {
        match self {
            Self::NotOpen { .. } | Self::AlreadySettled => "Go back to the queue.",
            Self::OrderCancelled => "Put the units back on the shelf.",
            Self::ClaimedByOther { .. } => "Choose other work, or ask a lead to take over.",
            Self::RoleTooLow => "Ask a lead or a manager.",
            Self::NotClaimed => "Start the work first.",
            Self::UnknownLine { .. } | Self::UnknownFulfillment => "Go back and open it again.",
            Self::WrongItem { .. } => "Put it back and scan the item shown.",
            Self::OverScan { .. } => "Put the extra unit back.",
            Self::NotThatMany { .. } => "Check the number.",
            Self::UnknownPackage | Self::PackageClosed => "Scan a package of this order.",
            Self::PackageEmpty => "Put at least one unit in.",
            Self::PackageGone => "Ask a manager.",
            Self::LabelMissing => "Print the label first.",
            Self::NotReady { .. } => "Finish picking, packing and staging first.",
            Self::WrongMethod { .. } => "Check the order.",
            Self::CodeMismatch => "Ask for the code again, or ask a lead.",
            Self::NothingToRestock => "Nothing to do here.",
            Self::ReasonMissing => "Choose a reason.",
            Self::OverLimit { .. } => "Make it smaller.",
            Self::OutboxFull { .. } => "Connect this tablet, then start new work.",
            Self::NoSpace => "Free some space, then do it again.",
            Self::WrongPin => "Try again.",
            Self::PinLocked { .. } => "Wait, or ask a manager.",
            Self::NotSignedIn => "Enter your PIN.",
            Self::NotEnrolled => "Ask for a pairing code.",
            Self::UnsentWork { .. } => "Connect to the network, or export the unsent work.",
            Self::InUse => "Close the other one, then try again.",
            Self::CannotStart { .. } => {
                "Try again; if it stays, call support before anything else."
            }
            Self::NotPaired { .. } => "Check what you typed, or ask a manager for a new code.",
            Self::Server { .. } => "Check the network and try again.",
            Self::PrinterUnreachable { .. } => "Check the printer; the label waits in the queue.",
            Self::NoPrinter => "Set up a printer in the settings.",
            Self::NoPackageNumbers => "Connect to the network once.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_has_a_code_a_sentence_and_a_next_action() {
        let wrong =
            Rejection::WrongItem { scanned: "Milk".into(), belongs_to: Some("K7QD".into()) };
        assert_eq!(wrong.code(), "wrong_item");
        assert_eq!(wrong.to_string(), "Wrong item: Milk is not on this order, it belongs to K7QD.");
        assert_eq!(wrong.next_action(), "Put it back and scan the item shown.");
        let text = serde_json::to_string(&wrong).expect("plain data");
        assert_eq!(serde_json::from_str::<Rejection>(&text).expect("what it wrote"), wrong);
    }
}
