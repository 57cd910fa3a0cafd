//! A closed box or bag, from closing to leaving.

use serde::{Deserialize, Serialize};

use crate::{
    clock::TimeMs,
    gs1::Sscc,
    ids::{PackageId, SlotId},
};

/// Units of one order line in a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Content {
    /// The order line.
    pub line: u32,
    /// Units of it.
    pub units: u32,
}

/// Where the package is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "place", rename_all = "snake_case")]
pub enum Place {
    /// On the bench, closed.
    Bench,
    /// In a staging slot.
    Staged {
        /// The slot.
        slot: SlotId,
        /// Since when.
        since: TimeMs,
    },
    /// With the customer or the carrier.
    Gone {
        /// Since when.
        at: TimeMs,
    },
}

/// A closed package of one fulfillment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Made by the device that closed it.
    pub id: PackageId,
    /// Its place among the fulfillment's packages, from 1.
    pub number: u32,
    /// Serial shipping container code, from the device's leased block.
    pub sscc: Option<Sscc>,
    /// What is inside.
    pub contents: Vec<Content>,
    /// Weight in grams, where a scale or a person said it.
    pub weight_g: Option<u32>,
    /// Labels printed so far; more than one is a reprint.
    pub labels_printed: u32,
    /// Where it is.
    pub place: Place,
    /// When it was closed.
    pub closed_at: TimeMs,
}

impl Package {
    /// Units inside.
    #[must_use]
    pub fn units(&self) -> u32 {
        self.contents.iter().fold(0, |sum, c| sum.saturating_add(c.units))
    }

    /// Units of one order line inside.
    #[must_use]
    pub fn units_of(&self, line: u32) -> u32 {
        let of_line = self.contents.iter().filter(|c| c.line == line);
        of_line.fold(0, |sum, c| sum.saturating_add(c.units))
    }

    /// The slot it waits in.
    #[must_use]
    pub const fn slot(&self) -> Option<&SlotId> {
        match &self.place {
            Place::Staged { slot, .. } => Some(slot),
            Place::Bench | Place::Gone { .. } => None,
        }
    }

    /// Whether it has left the building.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(self.place, Place::Gone { .. })
    }
}
