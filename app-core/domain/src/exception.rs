//! Record and reality disagree; a person decides. A closed list of kinds, each with an owner.

use serde::{Deserialize, Serialize};

use crate::{clock::TimeMs, ids::ExceptionId, people::Role};

/// What kind of disagreement it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExceptionKind {
    /// Two devices did the same work.
    DoubleWork,
    /// Goods left the shelf after the order was cancelled.
    PickedAfterCancel,
    /// Goods left the store after the order was cancelled.
    HandedOverAfterCancel,
    /// The store has less than was promised.
    ShortageVsPromise,
    /// What was scanned is not on the order.
    WrongItem,
    /// The person was not allowed to do it when it was done.
    ActorNotAuthorised,
    /// A label was printed for a package that is not there.
    LabelOrphan,
    /// A command that this server cannot read yet.
    ParkedCommand,
}

impl ExceptionKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::DoubleWork,
        Self::PickedAfterCancel,
        Self::HandedOverAfterCancel,
        Self::ShortageVsPromise,
        Self::WrongItem,
        Self::ActorNotAuthorised,
        Self::LabelOrphan,
        Self::ParkedCommand,
    ];

    /// The word that databases and the wire use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DoubleWork => "double_work",
            Self::PickedAfterCancel => "picked_after_cancel",
            Self::HandedOverAfterCancel => "handed_over_after_cancel",
            Self::ShortageVsPromise => "shortage_vs_promise",
            Self::WrongItem => "wrong_item",
            Self::ActorNotAuthorised => "actor_not_authorised",
            Self::LabelOrphan => "label_orphan",
            Self::ParkedCommand => "parked_command",
        }
    }

    /// The least role that settles it.
    #[must_use]
    pub const fn owner(self) -> Role {
        match self {
            Self::DoubleWork | Self::PickedAfterCancel | Self::WrongItem | Self::LabelOrphan => {
                Role::Associate
            }
            Self::ShortageVsPromise => Role::Lead,
            Self::HandedOverAfterCancel | Self::ActorNotAuthorised | Self::ParkedCommand => {
                Role::Manager
            }
        }
    }

    /// What happened, in the words of the shop floor.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::DoubleWork => "Someone else already did this.",
            Self::PickedAfterCancel => "The order was cancelled before this was picked.",
            Self::HandedOverAfterCancel => {
                "The order was cancelled, but the customer has the goods."
            }
            Self::ShortageVsPromise => "There is less here than was promised.",
            Self::WrongItem => "This item is not on the order.",
            Self::ActorNotAuthorised => "The person was not allowed to do this at that time.",
            Self::LabelOrphan => "A label was printed for a package that does not exist.",
            Self::ParkedCommand => "The server could not read what this tablet sent.",
        }
    }

    /// What to do now.
    #[must_use]
    pub const fn next_action(self) -> &'static str {
        match self {
            Self::DoubleWork | Self::PickedAfterCancel => "Put the units back on the shelf.",
            Self::HandedOverAfterCancel => "Ask a manager: refund or charge again.",
            Self::ShortageVsPromise => "Count the shelf and confirm.",
            Self::WrongItem => "Put it back where it belongs.",
            Self::ActorNotAuthorised => "Ask a manager to confirm the work.",
            Self::LabelOrphan => "Throw the label away.",
            Self::ParkedCommand => "Ask support; nothing is lost.",
        }
    }
}

/// How an exception was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    /// When.
    pub at: TimeMs,
    /// What was done: an action's word, or the reason a person gave.
    pub note: String,
}

/// One disagreement on one fulfillment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// The id of the command that showed it.
    pub id: ExceptionId,
    /// Its kind.
    pub kind: ExceptionKind,
    /// The order line, where it is about one.
    pub line: Option<u32>,
    /// Units that are too many, or too few.
    pub units: u32,
    /// Where the units are, where known (a tote).
    pub place: Option<String>,
    /// When it was shown.
    pub raised_at: TimeMs,
    /// How it was closed; `None` is open.
    pub settled: Option<Settlement>,
}

impl Exception {
    /// Whether nobody has dealt with it yet.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.settled.is_none()
    }
}
