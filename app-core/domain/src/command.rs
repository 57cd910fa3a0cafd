//! Every change made in a store is one value. A request may be refused; a fact has happened and is
//! only ever settled. On the wire a command is a type, a version and a payload, so that a server can
//! keep what it cannot read yet.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    claim::ClaimKind,
    clock::TimeMs,
    gs1::Sscc,
    handoff::Proof,
    ids::{
        AssociateId, CommandId, DeviceId, ExceptionId, FulfillmentId, PackageId, SessionId, Sku,
        SlotId, ToteId,
    },
    measure::Quantity,
    package::Content,
};

/// How a number got into the tablet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// By the scanner.
    Scanned,
    /// Typed because the barcode was unreadable.
    Typed,
    /// Tapped on the screen.
    Tapped,
}

/// Why units were not picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShortReason {
    /// Not where it should be.
    NotOnShelf,
    /// There, but not to be sold.
    Damaged,
    /// The last one is the display piece.
    DisplayPiece,
    /// Record and shelf disagree.
    Mismatch,
}

impl ShortReason {
    /// Every reason.
    pub const ALL: [Self; 4] =
        [Self::NotOnShelf, Self::Damaged, Self::DisplayPiece, Self::Mismatch];

    /// The reason in the words of the shop floor.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotOnShelf => "Not on the shelf",
            Self::Damaged => "Damaged",
            Self::DisplayPiece => "Only the display piece",
            Self::Mismatch => "The record is wrong",
        }
    }
}

/// One change to one fulfillment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "type", content = "payload")]
pub enum Command {
    /// Request: take the work.
    #[serde(rename = "task.claim")]
    Claim {
        /// Free, or taken over from another device.
        kind: ClaimKind,
    },
    /// Request: give the work back.
    #[serde(rename = "task.release")]
    Release {},
    /// Fact: units went from the shelf into a tote.
    #[serde(rename = "line.picked")]
    LinePicked {
        /// The order line.
        line: u32,
        /// What was picked.
        sku: Sku,
        /// How many units.
        quantity: Quantity,
        /// The code that was read, as read.
        scan: Option<String>,
        /// How it was read.
        input: Input,
        /// Into which tote.
        tote: Option<ToteId>,
    },
    /// Fact: units went back from the tote to the shelf because the pick is undone.
    #[serde(rename = "line.unpicked")]
    LineUnpicked {
        /// The order line.
        line: u32,
        /// How many units.
        quantity: Quantity,
    },
    /// Fact: units could not be found.
    #[serde(rename = "line.shorted")]
    LineShorted {
        /// The order line.
        line: u32,
        /// How many units are missing.
        quantity: Quantity,
        /// Why.
        reason: ShortReason,
    },
    /// Fact: a package was closed.
    #[serde(rename = "package.packed")]
    PackagePacked {
        /// Made by the device.
        package: PackageId,
        /// From the device's leased block.
        sscc: Option<Sscc>,
        /// What is inside.
        contents: Vec<Content>,
        /// Weight in grams, where known.
        weight_g: Option<u32>,
    },
    /// Fact: a closed package was opened again; its label is void.
    #[serde(rename = "package.reopened")]
    PackageReopened {
        /// The package.
        package: PackageId,
    },
    /// Fact: a label came out of a printer.
    #[serde(rename = "label.printed")]
    LabelPrinted {
        /// The package.
        package: PackageId,
        /// The printer's name.
        printer: String,
    },
    /// Fact: a package was put into a slot, or moved to another.
    #[serde(rename = "package.staged")]
    PackageStaged {
        /// The package.
        package: PackageId,
        /// The slot.
        slot: SlotId,
    },
    /// Fact: the customer has the goods.
    #[serde(rename = "fulfillment.handed_over")]
    HandedOver {
        /// How the person was known.
        proof: Proof,
    },
    /// Fact: the carrier has the package.
    #[serde(rename = "package.scanned_out")]
    PackageScannedOut {
        /// The package.
        package: PackageId,
        /// The carrier.
        carrier: String,
    },
    /// Fact: units that were not needed are back on the shelf.
    #[serde(rename = "unit.restocked")]
    UnitRestocked {
        /// The order line.
        line: u32,
        /// How many units.
        quantity: Quantity,
    },
    /// Fact: a person dealt with an exception.
    #[serde(rename = "exception.settled")]
    ExceptionSettled {
        /// Which.
        exception: ExceptionId,
        /// What was done, or why nothing.
        note: String,
    },
}

/// The version of every command type that this code writes.
pub const COMMAND_VERSION: u16 = 1;

/// Why a command cannot be read; the server parks it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A type or version from another release.
    #[error("command {kind} version {version} is not known to this release")]
    UnknownVersion {
        /// The type on the wire.
        kind: String,
        /// The version on the wire.
        version: u16,
    },
    /// A payload that does not have the form of its type.
    #[error("command {kind}: {reason}")]
    Malformed {
        /// The type on the wire.
        kind: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Command {
    /// Every type on the wire.
    pub const KINDS: [&'static str; 13] = [
        "task.claim",
        "task.release",
        "line.picked",
        "line.unpicked",
        "line.shorted",
        "package.packed",
        "package.reopened",
        "label.printed",
        "package.staged",
        "fulfillment.handed_over",
        "package.scanned_out",
        "unit.restocked",
        "exception.settled",
    ];

    /// The type on the wire.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Claim { .. } => "task.claim",
            Self::Release {} => "task.release",
            Self::LinePicked { .. } => "line.picked",
            Self::LineUnpicked { .. } => "line.unpicked",
            Self::LineShorted { .. } => "line.shorted",
            Self::PackagePacked { .. } => "package.packed",
            Self::PackageReopened { .. } => "package.reopened",
            Self::LabelPrinted { .. } => "label.printed",
            Self::PackageStaged { .. } => "package.staged",
            Self::HandedOver { .. } => "fulfillment.handed_over",
            Self::PackageScannedOut { .. } => "package.scanned_out",
            Self::UnitRestocked { .. } => "unit.restocked",
            Self::ExceptionSettled { .. } => "exception.settled",
        }
    }

    /// Whether it may be refused. Everything else has happened.
    #[must_use]
    pub const fn is_request(&self) -> bool {
        matches!(self, Self::Claim { .. } | Self::Release {})
    }

    /// The payload as it goes on the wire.
    #[must_use]
    pub fn payload(&self) -> Box<RawValue> {
        let value = serde_json::to_value(self).expect("a command is plain data");
        let payload = value.get("payload").unwrap_or(&serde_json::Value::Null);
        serde_json::value::to_raw_value(payload).expect("a value is JSON")
    }

    /// Reads a command from the wire.
    ///
    /// # Errors
    /// [`Unreadable`]: the server parks it, nothing is dropped.
    pub fn read(kind: &str, version: u16, payload: &RawValue) -> Result<Self, Unreadable> {
        if version != COMMAND_VERSION || !Self::KINDS.contains(&kind) {
            return Err(Unreadable::UnknownVersion {
                kind: kind.chars().take(64).collect(),
                version,
            });
        }
        let text = format!("{{\"type\":\"{kind}\",\"payload\":{}}}", payload.get());
        serde_json::from_str(&text)
            .map_err(|e| Unreadable::Malformed { kind: kind.into(), reason: e.to_string() })
    }
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Actor {
    /// The person.
    pub associate: AssociateId,
    /// The person's session on the device.
    pub session: SessionId,
    /// The roster that the device knew.
    pub roster_epoch: u64,
}

/// A command as it lies in the outbox and travels. The bytes are written once and never again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Envelope {
    /// Contiguous from 1 within the device's epoch.
    pub seq: u64,
    /// The command's id.
    pub id: CommandId,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The version of its type.
    pub version: u16,
    /// The fulfillment it acts on.
    pub fulfillment: FulfillmentId,
    /// The revision that the associate saw.
    pub base_rev: u64,
    /// The claim it was made under.
    pub claim_generation: Option<u32>,
    /// Who did it.
    pub actor: Actor,
    /// When, by the device's clock corrected by the server's; annotates only.
    pub at: TimeMs,
    /// The payload of its type.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub payload: Box<RawValue>,
}

/// What a transition needs to know beside the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The command's id; exceptions are named after it.
    pub command: CommandId,
    /// The device that sent it.
    pub device: DeviceId,
    /// The person.
    pub associate: AssociateId,
    /// When.
    pub at: TimeMs,
    /// Whether the person may take work over.
    pub may_take_over: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_reads_back_from_type_version_and_payload() {
        let picked = Command::LinePicked {
            line: 3,
            sku: Sku::new("10023").expect("valid"),
            quantity: Quantity::ONE,
            scan: Some("04006381333931".into()),
            input: Input::Scanned,
            tote: None,
        };
        assert_eq!(Command::read(picked.kind(), 1, &picked.payload()), Ok(picked));
        assert_eq!(
            Command::read("task.release", 1, &Command::Release {}.payload()),
            Ok(Command::Release {})
        );
    }

    #[test]
    fn an_unknown_version_or_payload_is_unreadable_not_lost() {
        let payload = Command::Release {}.payload();
        assert!(matches!(
            Command::read("task.release", 2, &payload),
            Err(Unreadable::UnknownVersion { .. })
        ));
        assert!(matches!(
            Command::read("drone.landed", 1, &payload),
            Err(Unreadable::UnknownVersion { .. })
        ));
        assert!(matches!(
            Command::read("line.picked", 1, &payload),
            Err(Unreadable::Malformed { .. })
        ));
    }
}
