//! Moving units between buckets and packages, as far as there are any. Both the strict transition and
//! the settling of facts are made of these; none of them judges.

use super::{Fulfillment, act::Change};
use crate::{
    buckets::Bucket,
    clock::TimeMs,
    measure::Quantity,
    package::{Content, Package, Place},
    stock::{LineStock, StockEvent},
};

impl Fulfillment {
    /// Brings the stage up to date and closes the change.
    pub(super) fn moved(mut self, at: TimeMs, stock: Vec<LineStock>) -> Change {
        let derived = self.derive_stage();
        if derived != self.stage {
            self.stage = derived;
            self.stage_since = at;
        }
        if derived.is_final() {
            self.claim = None;
        }
        Change { next: self, stock, noop: false }
    }

    /// Moves up to `units` of a line; returns how many there were.
    pub(super) fn take(&mut self, line: u32, from: Bucket, to: Bucket, units: u32) -> u32 {
        self.line_mut(line).map_or(0, |line| line.buckets.take(from, to, units))
    }

    /// Puts up to the asked units of each line from the tote into a new package; what was there.
    pub(super) fn pack(&mut self, mut package: Package) -> Vec<Content> {
        let mut inside = Vec::new();
        for content in &package.contents {
            let units = self.take(content.line, Bucket::Picked, Bucket::Packed, content.units);
            if units > 0 {
                inside.push(Content { line: content.line, units });
            }
        }
        if !inside.is_empty() {
            package.contents.clone_from(&inside);
            package.number =
                u32::try_from(self.packages.len()).unwrap_or(u32::MAX).saturating_add(1);
            self.packages.push(package);
        }
        inside
    }

    /// Takes one package out of the building; the stock events of its units.
    pub(super) fn send_off(&mut self, index: usize, to: Bucket, at: TimeMs) -> Vec<LineStock> {
        let package = &mut self.packages[index];
        let staged = package.slot().is_some();
        package.place = Place::Gone { at };
        let contents = package.contents.clone();
        let from = if staged { Bucket::Staged } else { Bucket::Packed };
        let event = gone_event(staged, to);
        contents
            .iter()
            .filter_map(|c| stock(c.line, event, self.take(c.line, from, to, c.units)))
            .collect()
    }

    /// Hands loose units of the tote to the customer.
    pub(super) fn hand_over_loose(&mut self) -> Vec<LineStock> {
        let lines: Vec<u32> = self.lines.iter().map(|line| line.number).collect();
        lines
            .into_iter()
            .filter_map(|line| {
                let units = self.take(line, Bucket::Picked, Bucket::HandedOver, u32::MAX);
                stock(line, StockEvent::HandOverUnstaged, units)
            })
            .collect()
    }

    /// Puts up to `units` of a line back on the shelf: excess first, then what a cancellation left in
    /// hand, from the tote, the bench and the slots in that order.
    pub(super) fn restock(&mut self, number: u32, units: u32) -> Vec<LineStock> {
        let Some(line) = self.line_mut(number) else { return Vec::new() };
        let excess = line.excess.min(units);
        line.excess -= excess;
        let mut left = units - excess;
        let mut out: Vec<_> = stock(number, StockEvent::Restock, excess).into_iter().collect();
        if self.cancel.is_none() {
            return out;
        }
        for (from, event) in [
            (Bucket::Picked, StockEvent::Restock),
            (Bucket::Packed, StockEvent::Restock),
            (Bucket::Staged, StockEvent::RestockStaged),
        ] {
            let moved = self.take(number, from, Bucket::Cancelled, left);
            self.empty_packages(number, from, moved);
            left -= moved;
            out.extend(stock(number, event, moved));
        }
        out
    }

    /// Takes units of a line out of packages that are on the bench or staged.
    fn empty_packages(&mut self, line: u32, from: Bucket, mut units: u32) {
        for package in &mut self.packages {
            let here = match package.place {
                Place::Bench => from == Bucket::Packed,
                Place::Staged { .. } => from == Bucket::Staged,
                Place::Gone { .. } => false,
            };
            for content in package.contents.iter_mut().filter(|c| here && c.line == line) {
                let taken = content.units.min(units);
                content.units -= taken;
                units -= taken;
            }
            package.contents.retain(|c| c.units > 0);
        }
        self.packages.retain(|p| !p.contents.is_empty());
    }
}

/// A stock event of some units, `None` for no units.
pub(super) fn stock(line: u32, event: StockEvent, units: u32) -> Option<LineStock> {
    let quantity = Quantity::new(i64::from(units)).ok()?;
    Some(LineStock { line, event, quantity })
}

const fn gone_event(staged: bool, to: Bucket) -> StockEvent {
    match (to, staged) {
        (Bucket::Shipped, true) => StockEvent::Ship,
        (Bucket::Shipped, false) => StockEvent::ShipUnstaged,
        (_, true) => StockEvent::HandOver,
        (_, false) => StockEvent::HandOverUnstaged,
    }
}
