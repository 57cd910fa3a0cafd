//! What a contradicting fact does. A fact has happened: the units that fit are moved, the rest is
//! recorded as excess or as an exception for a person. Requests are still refused.

use super::{Fulfillment, act::Change, act::new_package, goods::stock};
use crate::{
    buckets::Bucket,
    command::{Command, Stamp},
    exception::{Exception, ExceptionKind},
    handoff::Proof,
    ids::{PackageId, SlotId},
    outcome::Verdict,
    package::{Content, Place},
    rejection::Rejection,
    stock::{LineStock, StockEvent},
};

/// The server's decision on one command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The fulfillment after it.
    pub next: Fulfillment,
    /// What it did to stock, in order.
    pub stock: Vec<LineStock>,
    /// The word for the sender.
    pub verdict: Verdict,
}

/// What could be done of a contradicting fact, and what is left for a person.
struct Recorded {
    change: Change,
    /// The exception's kind, line, units and place; `None` when nothing is left to do.
    open: Option<(ExceptionKind, Option<u32>, u32, Option<String>)>,
}

impl Fulfillment {
    /// Decides a command: facts are never refused.
    #[must_use]
    pub fn settle(self, command: &Command, stamp: &Stamp) -> Settled {
        match self.clone().act(command, stamp) {
            Ok(Change { next, stock, noop }) => {
                let verdict = if noop { Verdict::Noop } else { Verdict::Applied };
                Settled { next, stock, verdict }
            }
            Err(rejection) if command.is_request() => {
                Settled { next: self, stock: Vec::new(), verdict: Verdict::Rejected { rejection } }
            }
            Err(rejection) => self.settle_contradiction(command, stamp, rejection),
        }
    }

    fn settle_contradiction(self, command: &Command, stamp: &Stamp, why: Rejection) -> Settled {
        let Recorded { change, open } = self.record(command, stamp, &why);
        let Change { mut next, stock, .. } = change;
        let verdict = match open {
            None => Verdict::Adjusted { code: why.code(), sentence: why.to_string() },
            Some((kind, line, units, place)) => {
                let id = stamp.command.into();
                let raised_at = stamp.at;
                next.raise(Exception { id, kind, line, units, place, raised_at, settled: None });
                Verdict::Conflict { rejection: why }
            }
        };
        Settled { next, stock, verdict }
    }

    fn record(self, command: &Command, stamp: &Stamp, why: &Rejection) -> Recorded {
        match command {
            Command::LinePicked { line, quantity, tote, .. } => {
                let place = tote.as_ref().map(ToString::to_string);
                self.record_pick(*line, quantity.units(), place, stamp)
            }
            Command::LineUnpicked { line, quantity } => {
                self.record_unpick(*line, quantity.units(), stamp)
            }
            Command::LineShorted { line, quantity, .. } => {
                self.record_short(*line, quantity.units(), stamp)
            }
            Command::PackagePacked { .. } => self.record_package(command, stamp, why),
            Command::PackageStaged { package, slot } => self.record_slot(*package, slot, stamp),
            Command::LabelPrinted { .. } => self.unmoved(stamp, Some(ExceptionKind::LabelOrphan)),
            Command::HandedOver { proof } => self.record_handover(proof, stamp, why),
            Command::PackageScannedOut { package, .. } => self.record_scan_out(*package, stamp),
            Command::UnitRestocked { line, quantity } => Recorded {
                change: self.put_back_some(*line, quantity.units(), stamp.at),
                open: None,
            },
            Command::PackageReopened { .. } | Command::ExceptionSettled { .. } => {
                self.unmoved(stamp, None)
            }
            Command::Claim { .. } | Command::Release {} => unreachable!("requests are refused"),
        }
    }

    fn unmoved(self, stamp: &Stamp, kind: Option<ExceptionKind>) -> Recorded {
        let open = kind.map(|kind| (kind, None, 0, None));
        Recorded { change: self.moved(stamp.at, Vec::new()), open }
    }

    /// Work that somebody else did, or that nobody wants any more.
    fn work_kind(&self) -> ExceptionKind {
        if self.cancel.is_some() {
            ExceptionKind::PickedAfterCancel
        } else {
            ExceptionKind::DoubleWork
        }
    }

    /// The units that the line still waits for are its own; the rest is excess to put back.
    fn record_pick(
        mut self,
        line: u32,
        units: u32,
        place: Option<String>,
        stamp: &Stamp,
    ) -> Recorded {
        let wanted = if self.cancel.is_some() { 0 } else { units };
        let kind = self.work_kind();
        let fits = self.take(line, Bucket::Sourced, Bucket::Picked, wanted);
        let mut events: Vec<LineStock> = stock(line, StockEvent::Pick, fits).into_iter().collect();
        let excess = units - fits;
        let Some(known) = self.line_mut(line) else {
            let open = Some((ExceptionKind::WrongItem, None, units, place));
            return Recorded { change: self.moved(stamp.at, events), open };
        };
        known.excess += excess;
        events.extend(stock(line, StockEvent::PickExcess, excess));
        let open = Some((kind, Some(line), excess, place));
        Recorded { change: self.moved(stamp.at, events), open }
    }

    /// Undone picks: first excess goes back, then what the tote still holds.
    fn record_unpick(mut self, line: u32, units: u32, stamp: &Stamp) -> Recorded {
        if self.cancel.is_some() || self.line(line).is_some_and(|line| line.excess > 0) {
            return Recorded { change: self.put_back_some(line, units, stamp.at), open: None };
        }
        let moved = self.take(line, Bucket::Picked, Bucket::Sourced, units);
        let events = stock(line, StockEvent::Unpick, moved).into_iter().collect();
        Recorded { change: self.moved(stamp.at, events), open: None }
    }

    /// Somebody found what this person did not: what is still open is short, the rest needs no one.
    fn record_short(mut self, line: u32, units: u32, stamp: &Stamp) -> Recorded {
        let moved = self.take(line, Bucket::Sourced, Bucket::Rejected, units);
        let events = stock(line, StockEvent::Short, moved).into_iter().collect();
        Recorded { change: self.moved(stamp.at, events), open: None }
    }

    /// A box with less in it than the sender thinks: the rest is somebody else's work.
    fn record_package(mut self, command: &Command, stamp: &Stamp, why: &Rejection) -> Recorded {
        let package = new_package(command, stamp.at);
        let kind = self.work_kind();
        let asked = package.units();
        if matches!(why, Rejection::PackageClosed | Rejection::PackageEmpty)
            || self.cancel.is_some()
        {
            let open = Some((kind, None, asked, None));
            return Recorded { change: self.moved(stamp.at, Vec::new()), open };
        }
        let inside =
            self.pack(package).iter().fold(0_u32, |n, c: &Content| n.saturating_add(c.units));
        let open = Some((kind, None, asked - inside, None));
        Recorded { change: self.moved(stamp.at, Vec::new()), open }
    }

    /// A package of a cancelled order in a slot is still there to be put back from it.
    fn record_slot(mut self, id: PackageId, slot: &SlotId, stamp: &Stamp) -> Recorded {
        let kind = self.work_kind();
        let bench = self.packages.iter().position(|p| p.id == id && p.place == Place::Bench);
        let Some(index) = bench else { return self.unmoved(stamp, Some(kind)) };
        self.packages[index].place = Place::Staged { slot: slot.clone(), since: stamp.at };
        let mut events = Vec::new();
        for content in self.packages[index].contents.clone() {
            let units = self.take(content.line, Bucket::Packed, Bucket::Staged, content.units);
            events.extend(stock(content.line, StockEvent::Stage, units));
        }
        let open = Some((kind, None, 0, Some(slot.to_string())));
        Recorded { change: self.moved(stamp.at, events), open }
    }

    /// The customer has what was in the building, whatever the record says.
    fn record_handover(self, proof: &Proof, stamp: &Stamp, why: &Rejection) -> Recorded {
        let cancelled = self.cancel.is_some();
        let in_hand = self.totals().in_hand();
        let change = match why {
            Rejection::OverLimit { .. }
            | Rejection::ReasonMissing
            | Rejection::NotReady { .. }
            | Rejection::OrderCancelled => self.give_all(proof, stamp.at),
            _ => self.moved(stamp.at, Vec::new()),
        };
        let kind = match (cancelled, why) {
            (true, _) => ExceptionKind::HandedOverAfterCancel,
            (false, Rejection::NotReady { .. }) => ExceptionKind::ShortageVsPromise,
            (false, _) => ExceptionKind::DoubleWork,
        };
        Recorded { change, open: Some((kind, None, in_hand, None)) }
    }

    /// The carrier has the package, whatever the record says.
    fn record_scan_out(self, id: PackageId, stamp: &Stamp) -> Recorded {
        let kind = if self.cancel.is_some() {
            ExceptionKind::HandedOverAfterCancel
        } else {
            ExceptionKind::DoubleWork
        };
        let here = self.packages.iter().position(|p| p.id == id && !p.is_gone());
        match here {
            Some(index) => {
                let units = self.packages[index].units();
                let change = self.ship_package(index, stamp.at);
                Recorded { change, open: Some((kind, None, units, None)) }
            }
            None => self.unmoved(stamp, Some(kind)),
        }
    }
}
