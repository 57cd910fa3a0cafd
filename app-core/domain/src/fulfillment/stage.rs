//! Where a fulfillment stands. The stage follows from where its units are, so no stage can
//! contradict the goods.

use serde::{Deserialize, Serialize};

use super::{Fulfillment, Method};
use crate::{buckets::Bucket, package::Package};

/// The stages of both journeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Waits to be picked.
    Accepted,
    /// Claimed or begun.
    InPick,
    /// Every unit that was found is in a tote.
    Picked,
    /// Every unit that was found is in a closed package.
    Packed,
    /// Shipment: every package has its label.
    Labelled,
    /// Pickup: every package is in its slot; the customer can come.
    Ready,
    /// Shipment: every package is in its slot; the carrier can come.
    AwaitingCarrier,
    /// Cancelled with goods in hand: they go back to the shelf.
    Restocking,
    /// Final: the customer has it.
    HandedOver,
    /// Final here: the carrier has it.
    HandedToCarrier,
    /// Final: nothing is wanted any more and everything is back.
    Cancelled,
    /// Final: nothing was found here.
    Rejected,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 12] = [
        Self::Accepted,
        Self::InPick,
        Self::Picked,
        Self::Packed,
        Self::Labelled,
        Self::Ready,
        Self::AwaitingCarrier,
        Self::Restocking,
        Self::HandedOver,
        Self::HandedToCarrier,
        Self::Cancelled,
        Self::Rejected,
    ];

    /// The word that databases and the wire use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::InPick => "in_pick",
            Self::Picked => "picked",
            Self::Packed => "packed",
            Self::Labelled => "labelled",
            Self::Ready => "ready",
            Self::AwaitingCarrier => "awaiting_carrier",
            Self::Restocking => "restocking",
            Self::HandedOver => "handed_over",
            Self::HandedToCarrier => "handed_to_carrier",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
        }
    }

    /// The stage in the words of the shop floor.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Accepted => "to pick",
            Self::InPick => "being picked",
            Self::Picked => "to pack",
            Self::Packed => "packed",
            Self::Labelled => "labelled",
            Self::Ready => "ready for pickup",
            Self::AwaitingCarrier => "waiting for the carrier",
            Self::Restocking => "to put back",
            Self::HandedOver => "handed over",
            Self::HandedToCarrier => "with the carrier",
            Self::Cancelled => "cancelled",
            Self::Rejected => "not found here",
        }
    }

    /// Whether nothing moves any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::HandedOver | Self::HandedToCarrier | Self::Cancelled | Self::Rejected)
    }
}

impl Fulfillment {
    /// The stage that the units, packages and claim give.
    pub(super) fn derive_stage(&self) -> Stage {
        let units = self.totals();
        let (waiting, picked) = (units.get(Bucket::Sourced), units.get(Bucket::Picked));
        if waiting + units.in_hand() == 0 {
            return self.final_stage();
        }
        if self.cancel.is_some() {
            return Stage::Restocking;
        }
        if waiting > 0 {
            let begun = self.claim.is_some() || waiting < units.sum();
            return if begun { Stage::InPick } else { Stage::Accepted };
        }
        if picked > 0 { Stage::Picked } else { self.packed_stage() }
    }

    fn final_stage(&self) -> Stage {
        let units = self.totals();
        if units.get(Bucket::HandedOver) > 0 {
            Stage::HandedOver
        } else if units.get(Bucket::Shipped) > 0 {
            Stage::HandedToCarrier
        } else if self.cancel.is_some() {
            Stage::Cancelled
        } else {
            Stage::Rejected
        }
    }

    fn packed_stage(&self) -> Stage {
        let here: Vec<&Package> = self.packages.iter().filter(|p| !p.is_gone()).collect();
        let staged = here.iter().all(|p| p.slot().is_some());
        let labelled = here.iter().all(|p| p.labels_printed > 0);
        match (self.method, staged, labelled) {
            (Method::Pickup, true, _) => Stage::Ready,
            (Method::Ship, true, true) => Stage::AwaitingCarrier,
            (Method::Ship, false, true) => Stage::Labelled,
            _ => Stage::Packed,
        }
    }
}
