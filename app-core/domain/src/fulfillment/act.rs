//! The strict transition: the old value in, the next one and its stock events out, or a rejection.

use super::{CancelRequest, Fulfillment, Line, Method, Stage, goods::stock};
use crate::{
    buckets::Bucket,
    claim::{Claim, ClaimKind},
    clock::TimeMs,
    command::{Command, ShortReason, Stamp},
    exception::Settlement,
    handoff::{Handoff, Proof},
    ids::{ExceptionId, PackageId, Sku, SlotId},
    limits,
    package::{Package, Place},
    rejection::Rejection,
    stock::{LineStock, StockEvent},
};

/// A transition that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The fulfillment after it.
    pub next: Fulfillment,
    /// What it did to stock, in order.
    pub stock: Vec<LineStock>,
    /// Whether it was already so.
    pub noop: bool,
}

type Acted = Result<Change, Rejection>;

impl Fulfillment {
    /// Does what the command says, or says why not. Nothing is changed by a refusal.
    ///
    /// # Errors
    /// The [`Rejection`] that an associate sees.
    pub fn act(self, command: &Command, stamp: &Stamp) -> Acted {
        match command {
            Command::Claim { kind } => self.claim_work(*kind, stamp),
            Command::Release {} => self.release(stamp),
            Command::LinePicked { line, sku, quantity, .. } => {
                self.pick(*line, sku, quantity.units(), stamp)
            }
            Command::LineUnpicked { line, quantity } => self.unpick(*line, quantity.units(), stamp),
            Command::LineShorted { line, quantity, reason } => {
                self.short(*line, quantity.units(), *reason, stamp)
            }
            Command::PackagePacked { .. } => self.close_package(command, stamp),
            Command::PackageReopened { package } => self.reopen(*package, stamp),
            Command::LabelPrinted { package, .. } => self.label_printed(*package, stamp),
            Command::PackageStaged { package, slot } => self.stage_package(*package, slot, stamp),
            Command::HandedOver { proof } => self.hand_over(proof, stamp),
            Command::PackageScannedOut { package, .. } => self.scan_out(*package, stamp),
            Command::UnitRestocked { line, quantity } => {
                self.put_back(*line, quantity.units(), stamp)
            }
            Command::ExceptionSettled { exception, note } => {
                self.settle_exception(*exception, note, stamp)
            }
        }
    }

    /// The customer or an operator takes the order back. Units on the shelf are free at once; units
    /// in hand must be put back by a person first.
    ///
    /// # Errors
    /// [`Rejection::NotOpen`] once the goods have left; [`Rejection::OrderCancelled`] the second time.
    pub fn cancel(mut self, at: TimeMs, reason: String) -> Acted {
        if self.cancel.is_some() {
            return Err(Rejection::OrderCancelled);
        }
        if self.stage.is_final() || self.packages.iter().any(Package::is_gone) {
            return Err(self.not_open());
        }
        self.cancel = Some(CancelRequest { at, reason });
        let lines: Vec<u32> = self.lines.iter().map(|line| line.number).collect();
        let mut released = Vec::new();
        for line in lines {
            let units = self.take(line, Bucket::Sourced, Bucket::Cancelled, u32::MAX);
            released.extend(stock(line, StockEvent::Release, units));
        }
        Ok(self.moved(at, released))
    }

    fn not_open(&self) -> Rejection {
        Rejection::NotOpen { stage: self.stage.words().into() }
    }

    fn unchanged(self) -> Acted {
        Ok(Change { next: self, stock: Vec::new(), noop: true })
    }

    /// Work goes on only on open, uncancelled fulfillments.
    fn require_open(&self) -> Result<(), Rejection> {
        if self.cancel.is_some() {
            Err(Rejection::OrderCancelled)
        } else if self.stage.is_final() {
            Err(self.not_open())
        } else {
            Ok(())
        }
    }

    fn require_line(&self, number: u32) -> Result<&Line, Rejection> {
        self.line(number).ok_or(Rejection::UnknownLine { line: number })
    }

    fn require_units(&self, line: u32, bucket: Bucket, asked: u32) -> Result<(), Rejection> {
        let there = self.require_line(line)?.buckets.get(bucket);
        if asked > there { Err(Rejection::NotThatMany { there, asked }) } else { Ok(()) }
    }

    fn require_package(&self, id: PackageId) -> Result<usize, Rejection> {
        let index = self.packages.iter().position(|p| p.id == id);
        let index = index.ok_or(Rejection::UnknownPackage)?;
        if self.packages[index].is_gone() { Err(Rejection::PackageGone) } else { Ok(index) }
    }

    fn claim_work(mut self, kind: ClaimKind, stamp: &Stamp) -> Acted {
        self.require_open()?;
        match &self.claim {
            Some(own) if own.device == stamp.device && own.associate == stamp.associate => {
                return self.unchanged();
            }
            Some(other) if other.device != stamp.device && kind == ClaimKind::Free => {
                return Err(Rejection::ClaimedByOther { by: other.associate.to_string() });
            }
            Some(other) if other.device != stamp.device && !stamp.may_take_over => {
                return Err(Rejection::RoleTooLow);
            }
            _ => {}
        }
        self.claim_generation += 1;
        self.claim = Some(Claim {
            generation: self.claim_generation,
            device: stamp.device,
            associate: stamp.associate.clone(),
            since: stamp.at,
        });
        Ok(self.moved(stamp.at, Vec::new()))
    }

    fn release(mut self, stamp: &Stamp) -> Acted {
        match &self.claim {
            None => Err(Rejection::NotClaimed),
            Some(claim) if claim.device != stamp.device => {
                Err(Rejection::ClaimedByOther { by: claim.associate.to_string() })
            }
            Some(_) => {
                self.claim = None;
                Ok(self.moved(stamp.at, Vec::new()))
            }
        }
    }

    fn pick(mut self, line: u32, sku: &Sku, units: u32, stamp: &Stamp) -> Acted {
        self.require_open()?;
        let wanted = self.require_line(line)?;
        if wanted.sku != *sku {
            return Err(Rejection::WrongItem { scanned: sku.to_string(), belongs_to: None });
        }
        if units > wanted.buckets.get(Bucket::Sourced) {
            let (item, wanted) = (sku.to_string(), wanted.quantity);
            return Err(Rejection::OverScan { item, wanted });
        }
        self.take(line, Bucket::Sourced, Bucket::Picked, units);
        let stock = stock(line, StockEvent::Pick, units).into_iter().collect();
        Ok(self.moved(stamp.at, stock))
    }

    fn unpick(mut self, line: u32, units: u32, stamp: &Stamp) -> Acted {
        self.require_open()?;
        self.require_units(line, Bucket::Picked, units)?;
        self.take(line, Bucket::Picked, Bucket::Sourced, units);
        let stock = stock(line, StockEvent::Unpick, units).into_iter().collect();
        Ok(self.moved(stamp.at, stock))
    }

    fn short(mut self, line: u32, units: u32, reason: ShortReason, stamp: &Stamp) -> Acted {
        self.require_open()?;
        self.require_units(line, Bucket::Sourced, units)?;
        self.take(line, Bucket::Sourced, Bucket::Rejected, units);
        let stock = stock(line, short_event(reason), units).into_iter().collect();
        Ok(self.moved(stamp.at, stock))
    }

    fn close_package(mut self, command: &Command, stamp: &Stamp) -> Acted {
        let package = new_package(command, stamp.at);
        if let Some(known) = self.package(package.id) {
            let same = known.contents == package.contents && known.sscc == package.sscc;
            return if same { self.unchanged() } else { Err(Rejection::PackageClosed) };
        }
        self.require_open()?;
        if package.units() == 0 {
            return Err(Rejection::PackageEmpty);
        }
        if self.packages.len() >= limits::PACKAGES_MAX {
            let max = limits::PACKAGES_MAX as u64;
            return Err(Rejection::OverLimit { what: "the number of packages".into(), max });
        }
        for line in &self.lines {
            self.require_units(line.number, Bucket::Picked, package.units_of(line.number))?;
        }
        if let Some(other) = package.contents.iter().find(|c| self.line(c.line).is_none()) {
            return Err(Rejection::UnknownLine { line: other.line });
        }
        self.pack(package);
        Ok(self.moved(stamp.at, Vec::new()))
    }

    fn reopen(mut self, id: PackageId, stamp: &Stamp) -> Acted {
        self.require_open()?;
        let index = self.require_package(id)?;
        if self.packages[index].slot().is_some() {
            return Err(Rejection::PackageClosed);
        }
        let package = self.packages.remove(index);
        for content in &package.contents {
            self.take(content.line, Bucket::Packed, Bucket::Picked, content.units);
        }
        for (package, number) in self.packages.iter_mut().zip(1..) {
            package.number = number;
        }
        Ok(self.moved(stamp.at, Vec::new()))
    }

    fn label_printed(mut self, id: PackageId, stamp: &Stamp) -> Acted {
        let index = self.require_package(id)?;
        self.packages[index].labels_printed += 1;
        Ok(self.moved(stamp.at, Vec::new()))
    }

    fn stage_package(mut self, id: PackageId, slot: &SlotId, stamp: &Stamp) -> Acted {
        self.require_open()?;
        let index = self.require_package(id)?;
        let first = self.packages[index].slot().is_none();
        if self.packages[index].slot() == Some(slot) {
            return self.unchanged();
        }
        self.packages[index].place = Place::Staged { slot: slot.clone(), since: stamp.at };
        if !first {
            return Ok(self.moved(stamp.at, Vec::new()));
        }
        let contents = self.packages[index].contents.clone();
        let mut events = Vec::new();
        for content in contents {
            let units = self.take(content.line, Bucket::Packed, Bucket::Staged, content.units);
            events.extend(stock(content.line, StockEvent::Stage, units));
        }
        Ok(self.moved(stamp.at, events))
    }

    fn hand_over(self, proof: &Proof, stamp: &Stamp) -> Acted {
        if self.method != Method::Pickup {
            return Err(Rejection::WrongMethod { method: "to be shipped".into() });
        }
        self.require_open()?;
        proof.check()?;
        if self.stage != Stage::Ready {
            let units = self.totals();
            let missing = units.get(Bucket::Sourced) + units.in_hand() - units.get(Bucket::Staged);
            return Err(Rejection::NotReady { missing });
        }
        Ok(self.give_all(proof, stamp.at))
    }

    /// Everything in the building goes to the customer.
    pub(super) fn give_all(mut self, proof: &Proof, at: TimeMs) -> Change {
        let mut events = Vec::new();
        for index in 0..self.packages.len() {
            if !self.packages[index].is_gone() {
                events.extend(self.send_off(index, Bucket::HandedOver, at));
            }
        }
        events.extend(self.hand_over_loose());
        self.handoff = Some(Handoff { at, proof: Some(proof.clone()) });
        self.moved(at, events)
    }

    fn scan_out(self, id: PackageId, stamp: &Stamp) -> Acted {
        if self.method != Method::Ship {
            return Err(Rejection::WrongMethod { method: "for pickup".into() });
        }
        self.require_open()?;
        let index = self.require_package(id)?;
        if self.packages[index].labels_printed == 0 {
            return Err(Rejection::LabelMissing);
        }
        Ok(self.ship_package(index, stamp.at))
    }

    /// One package goes to the carrier.
    pub(super) fn ship_package(mut self, index: usize, at: TimeMs) -> Change {
        let events = self.send_off(index, Bucket::Shipped, at);
        if self.packages.iter().all(Package::is_gone) {
            self.handoff = Some(Handoff { at, proof: None });
        }
        self.moved(at, events)
    }

    fn put_back(self, line: u32, units: u32, stamp: &Stamp) -> Acted {
        let known = self.require_line(line)?;
        let in_hand = if self.cancel.is_some() { known.buckets.in_hand() } else { 0 };
        let there = known.excess + in_hand;
        if there == 0 {
            return Err(Rejection::NothingToRestock);
        }
        if units > there {
            return Err(Rejection::NotThatMany { there, asked: units });
        }
        Ok(self.put_back_some(line, units, stamp.at))
    }

    /// Up to `units` go back; a line without excess has its restock exceptions settled.
    pub(super) fn put_back_some(mut self, line: u32, units: u32, at: TimeMs) -> Change {
        let events: Vec<LineStock> = self.restock(line, units);
        if self.line(line).is_some_and(|line| line.excess == 0) {
            self.settle_restocked(line, at);
        }
        self.moved(at, events)
    }

    fn settle_exception(mut self, id: ExceptionId, note: &str, stamp: &Stamp) -> Acted {
        if note.trim().is_empty() {
            return Err(Rejection::ReasonMissing);
        }
        if note.chars().count() > limits::TEXT_MAX {
            let max = limits::TEXT_MAX as u64;
            return Err(Rejection::OverLimit { what: "the note".into(), max });
        }
        let open = self.exceptions.iter_mut().find(|e| e.id == id && e.is_open());
        let exception = open.ok_or(Rejection::AlreadySettled)?;
        exception.settled = Some(Settlement { at: stamp.at, note: note.to_owned() });
        Ok(self.moved(stamp.at, Vec::new()))
    }
}

/// The stock event of a short pick.
const fn short_event(reason: ShortReason) -> StockEvent {
    match reason {
        ShortReason::NotOnShelf | ShortReason::Mismatch => StockEvent::Short,
        ShortReason::Damaged => StockEvent::ShortDamaged,
        ShortReason::DisplayPiece => StockEvent::ShortDisplay,
    }
}

/// The package of a `package.packed` command.
pub(super) fn new_package(command: &Command, at: TimeMs) -> Package {
    let Command::PackagePacked { package, sscc, contents, weight_g } = command else {
        unreachable!("called for package.packed only")
    };
    Package {
        id: *package,
        number: 0,
        sscc: sscc.clone(),
        contents: contents.clone(),
        weight_g: *weight_g,
        labels_printed: 0,
        place: Place::Bench,
        closed_at: at,
    }
}
