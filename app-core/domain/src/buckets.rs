//! Where the units of one line are. The buckets exclude each other and their sum never changes: that
//! is checked on every event.

use serde::{Deserialize, Serialize};

/// One place a unit of a fulfillment line can be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// Reserved at this location, waiting to be picked.
    Sourced,
    /// Taken from the shelf, in a tote.
    Picked,
    /// In a closed package.
    Packed,
    /// In a package in a staging slot.
    Staged,
    /// With the customer.
    HandedOver,
    /// With the carrier.
    Shipped,
    /// Not wanted any more; back on the shelf if it had left it.
    Cancelled,
    /// Not found here; given back to sourcing.
    Rejected,
}

impl Bucket {
    /// Every bucket, in the order of the journey.
    pub const ALL: [Self; 8] = [
        Self::Sourced,
        Self::Picked,
        Self::Packed,
        Self::Staged,
        Self::HandedOver,
        Self::Shipped,
        Self::Cancelled,
        Self::Rejected,
    ];
}

/// Units of one line by [`Bucket`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Buckets {
    sourced: u32,
    picked: u32,
    packed: u32,
    staged: u32,
    handed_over: u32,
    shipped: u32,
    cancelled: u32,
    rejected: u32,
}

impl Buckets {
    /// All units waiting to be picked.
    #[must_use]
    pub fn sourced(units: u32) -> Self {
        Self { sourced: units, ..Self::default() }
    }

    /// Units in one bucket.
    #[must_use]
    pub const fn get(&self, bucket: Bucket) -> u32 {
        match bucket {
            Bucket::Sourced => self.sourced,
            Bucket::Picked => self.picked,
            Bucket::Packed => self.packed,
            Bucket::Staged => self.staged,
            Bucket::HandedOver => self.handed_over,
            Bucket::Shipped => self.shipped,
            Bucket::Cancelled => self.cancelled,
            Bucket::Rejected => self.rejected,
        }
    }

    fn get_mut(&mut self, bucket: Bucket) -> &mut u32 {
        match bucket {
            Bucket::Sourced => &mut self.sourced,
            Bucket::Picked => &mut self.picked,
            Bucket::Packed => &mut self.packed,
            Bucket::Staged => &mut self.staged,
            Bucket::HandedOver => &mut self.handed_over,
            Bucket::Shipped => &mut self.shipped,
            Bucket::Cancelled => &mut self.cancelled,
            Bucket::Rejected => &mut self.rejected,
        }
    }

    /// Moves up to `units`; returns how many there were to move. The sum stays.
    pub fn take(&mut self, from: Bucket, to: Bucket, units: u32) -> u32 {
        let sum = self.sum();
        let moved = units.min(self.get(from));
        *self.get_mut(from) -= moved;
        *self.get_mut(to) += moved;
        assert_eq!(self.sum(), sum, "a move never changes the sum of a line's buckets");
        moved
    }

    /// All units of the line.
    #[must_use]
    pub fn sum(&self) -> u32 {
        Bucket::ALL.iter().map(|&b| self.get(b)).sum()
    }

    /// Units off the shelf but still in the building.
    #[must_use]
    pub const fn in_hand(&self) -> u32 {
        self.picked + self.packed + self.staged
    }

    /// Units that have reached a final bucket.
    #[must_use]
    pub const fn closed(&self) -> u32 {
        self.handed_over + self.shipped + self.cancelled + self.rejected
    }

    /// Adds another line's units, bucket by bucket.
    pub fn add(&mut self, other: &Self) {
        for bucket in Bucket::ALL {
            *self.get_mut(bucket) += other.get(bucket);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_moves_keep_the_sum(start in 0u32..1000, moves in prop::collection::vec((0usize..8, 0usize..8, 0u32..50), 0..40)) {
            let mut buckets = Buckets::sourced(start);
            for (from, to, units) in moves {
                let moved = buckets.take(Bucket::ALL[from], Bucket::ALL[to], units);
                prop_assert!(moved <= units);
            }
            prop_assert_eq!(buckets.sum(), start);
        }
    }
}
