//! What an associate does to a fulfillment, turned into commands. Every rule about goods is asked of
//! the domain; here are only the rules of this tablet: session, claims, limits, codes, numbers.

use domain::{
    bridge::{Action, Done, Feedback},
    buckets::Bucket,
    claim::{ClaimKind, offline_owner},
    clock::TimeMs,
    command::{Command, Input},
    fulfillment::{Fulfillment, Method},
    handoff::{Proof, Signature},
    ids::{CommandId, FulfillmentId, PackageId},
    limits,
    measure::Quantity,
    package::Content,
    rejection::Rejection,
};

use super::Engine;
use crate::{Failure, error::Answer};

impl Engine {
    /// Does an action. What the domain or this tablet refuses is an answer too, with its sound.
    ///
    /// # Errors
    /// A [`Rejection`] where there is no work to show: nobody signed in, unknown fulfillment; and
    /// [`Failure::Broken`].
    pub fn act(&mut self, id: FulfillmentId, action: &Action, now: TimeMs) -> Answer<Done> {
        self.require_session()?;
        if let Action::Acknowledge { command } = action {
            self.acknowledge(id, *command)?;
        }
        self.require_view(id)?;
        let feedback = match self.perform(id, action, now) {
            Ok(feedback) => feedback,
            Err(Failure::Refused(rejection)) => refused(rejection),
            Err(broken) => return Err(broken),
        };
        Ok(Done { feedback, work: self.work(id, now)? })
    }

    fn perform(&mut self, id: FulfillmentId, action: &Action, now: TimeMs) -> Answer<Feedback> {
        match action {
            Action::Claim { take_over } => self.claim(id, *take_over, now),
            Action::Release => {
                self.record(id, &[Command::Release {}], None, now)?;
                Ok(accepted("Given back."))
            }
            Action::Scan { text, typed } => self.scan(id, text, *typed, now),
            Action::Pick { line, units } => self.pick(id, *line, *units, None, Input::Tapped, now),
            Action::Undo => self.undo(id, now),
            Action::Short { line, units, reason } => {
                let quantity = quantity(*units)?;
                self.ensure_claim(id, now)?;
                let command = Command::LineShorted { line: *line, quantity, reason: *reason };
                self.record(id, &[command], None, now)?;
                Ok(accepted(format!("{units} not found. {}.", reason.sentence())))
            }
            Action::Pack { contents, weight_g } => self.pack(id, contents, *weight_g, now),
            Action::Reopen { package } => {
                self.record(id, &[Command::PackageReopened { package: *package }], None, now)?;
                Ok(accepted("The package is open again. Throw its label away."))
            }
            Action::Print { package, form } => self.print(id, *package, *form, now),
            Action::Stage { package, slot } => self.put_into_slot(id, *package, slot, now),
            Action::VerifyCode { code } => self.verify_code(id, code, now),
            Action::OverrideCode { reason } => self.override_code(id, reason),
            Action::HandOver { collector, signature } => {
                self.hand_over(id, collector.as_ref(), signature.as_ref(), now)
            }
            Action::ScanOut { package, carrier } => self.scan_out(id, *package, carrier, now),
            Action::Restock { line, units } => self.restock(id, *line, *units, now),
            Action::Settle { exception, note } => {
                let (exception, note) = (*exception, note.clone());
                let command = Command::ExceptionSettled { exception, note };
                self.record(id, &[command], None, now)?;
                Ok(accepted("Settled."))
            }
            Action::Acknowledge { .. } => Ok(accepted("Read.")),
        }
    }

    fn acknowledge(&mut self, id: FulfillmentId, command: CommandId) -> Answer<()> {
        self.outbox.acknowledge(command)?;
        self.changed.insert(id);
        Ok(())
    }

    fn claim(&mut self, id: FulfillmentId, take_over: bool, now: TimeMs) -> Answer<Feedback> {
        self.require_room_for_claims(now)?;
        let kind = if take_over { ClaimKind::Override } else { ClaimKind::Free };
        if take_over && !self.may_take_over(&self.require_session()?.associate) {
            return Err(Rejection::RoleTooLow.into());
        }
        self.require_offline_owner(id, kind)?;
        self.name_holder(id, kind)?;
        self.record(id, &[Command::Claim { kind }], None, now)?;
        Ok(accepted("Yours."))
    }

    /// A tablet with too much unsent work takes no more; facts on claimed work are always taken.
    fn require_room_for_claims(&self, now: TimeMs) -> Answer<()> {
        let (pending, oldest) = self.outbox.waiting(self.device_epoch())?;
        let old = oldest.is_some_and(|at| now.since_ms(at) >= limits::OUTBOX_CLAIMS_STOP_AGE_MS);
        if pending >= limits::OUTBOX_CLAIMS_STOP_COMMANDS || old {
            return Err(Rejection::OutboxFull { pending }.into());
        }
        Ok(())
    }

    /// Without the server only the tablet that the roster names may take free work, so that two
    /// tablets in one dead spot never take the same. A lead can overrule it.
    fn require_offline_owner(&self, id: FulfillmentId, kind: ClaimKind) -> Answer<()> {
        let device = self.require_identity()?.device;
        let held = self.require_view(id)?.claim().is_some();
        if self.contact.online || kind == ClaimKind::Override || held {
            return Ok(());
        }
        match offline_owner(id, &self.devices) {
            Some(owner) if owner != device && self.devices.contains(&device) => {
                let by = "This tablet is offline and another one".to_owned();
                Err(Rejection::ClaimedByOther { by }.into())
            }
            _ => Ok(()),
        }
    }

    /// The domain knows the holder's number only; a person reads a name.
    fn name_holder(&self, id: FulfillmentId, kind: ClaimKind) -> Answer<()> {
        let device = self.require_identity()?.device;
        match self.require_view(id)?.claim() {
            Some(claim) if claim.device != device && kind == ClaimKind::Free => {
                Err(Rejection::ClaimedByOther { by: self.name_of(&claim.associate) }.into())
            }
            _ => Ok(()),
        }
    }

    /// Work begins with the first unit: free work is taken by it, another's is not touched.
    fn ensure_claim(&mut self, id: FulfillmentId, now: TimeMs) -> Answer<()> {
        let device = self.require_identity()?.device;
        let view = self.require_view(id)?;
        let mine = view.claim().is_some_and(|claim| claim.device == device);
        if mine || view.cancel_request().is_some() || view.stage().is_final() {
            return Ok(());
        }
        self.claim(id, false, now).map(drop)
    }

    pub(super) fn pick(
        &mut self,
        id: FulfillmentId,
        line: u32,
        units: u32,
        scan: Option<&str>,
        input: Input,
        now: TimeMs,
    ) -> Answer<Feedback> {
        let view = self.require_view(id)?;
        let wanted = view.line(line).ok_or(Rejection::UnknownLine { line })?.clone();
        let quantity = quantity(units)?;
        if view.cancel_request().is_none() && units > wanted.buckets.get(Bucket::Sourced) {
            let (item, wanted) = (self.item_name(&wanted.sku), wanted.quantity);
            return Err(Rejection::OverScan { item, wanted }.into());
        }
        self.ensure_claim(id, now)?;
        let (sku, scan) = (wanted.sku.clone(), scan.map(|text| cut(text, limits::TEXT_MAX)));
        let command = Command::LinePicked { line, sku, quantity, scan, input, tote: None };
        self.record(id, &[command], None, now)?;
        let left =
            self.require_view(id)?.line(line).map_or(0, |line| line.buckets.get(Bucket::Sourced));
        let done = wanted.quantity - left;
        Ok(accepted(format!("{done} of {} {}", wanted.quantity, self.item_name(&wanted.sku))))
    }

    fn undo(&mut self, id: FulfillmentId, now: TimeMs) -> Answer<Feedback> {
        let Some(line) = self.last_pick(id)? else {
            return Err(Rejection::NotThatMany { there: 0, asked: 1 }.into());
        };
        let command = Command::LineUnpicked { line, quantity: Quantity::ONE };
        self.record(id, &[command], None, now)?;
        Ok(accepted("Taken back out. Put it on the shelf."))
    }

    /// The line of the last picked unit that is still in the tote.
    pub(super) fn last_pick(&self, id: FulfillmentId) -> Answer<Option<u32>> {
        let view = self.require_view(id)?;
        if view.cancel_request().is_some() || view.totals().get(Bucket::Picked) == 0 {
            return Ok(None);
        }
        let mut undone = std::collections::BTreeMap::<u32, u32>::new();
        for stored in self.outbox.history(id)? {
            match super::work::read_command(&stored.body) {
                Some(Command::LineUnpicked { line, quantity }) => {
                    *undone.entry(line).or_default() += quantity.units();
                }
                Some(Command::LinePicked { line, quantity, .. }) => {
                    let undone = undone.entry(line).or_default();
                    let in_tote = view.line(line).map_or(0, |l| l.buckets.get(Bucket::Picked));
                    if *undone < quantity.units() && in_tote > 0 {
                        return Ok(Some(line));
                    }
                    *undone = undone.saturating_sub(quantity.units());
                }
                _ => {}
            }
        }
        Ok(None)
    }

    fn pack(
        &mut self,
        id: FulfillmentId,
        contents: &[Content],
        weight_g: Option<u32>,
        now: TimeMs,
    ) -> Answer<Feedback> {
        let view = self.require_view(id)?;
        let contents =
            if contents.is_empty() { everything_in_the_tote(view) } else { contents.to_vec() };
        let taken = self.outbox.next_number()?;
        if taken.is_none() && view.method() == Method::Ship {
            return Err(Rejection::NoPackageNumbers.into());
        }
        let package = PackageId::new(self.corrected(now), self.entropy.id());
        let sscc = taken.as_ref().map(|taken| taken.sscc.clone());
        let command = Command::PackagePacked { package, sscc, contents, weight_g };
        self.record(id, &[command], taken.as_ref(), now)?;
        self.in_hand = Some(package);
        let number = self.require_view(id)?.package(package).map_or(1, |package| package.number);
        Ok(accepted(format!("Package {number} is closed.")))
    }

    pub(super) fn put_into_slot(
        &mut self,
        id: FulfillmentId,
        package: PackageId,
        slot: &domain::ids::SlotId,
        now: TimeMs,
    ) -> Answer<Feedback> {
        let command = Command::PackageStaged { package, slot: slot.clone() };
        self.record(id, &[command], None, now)?;
        self.in_hand = None;
        let ready = self.require_view(id)?.stage() == domain::fulfillment::Stage::Ready;
        let more = if ready { " Ready for the customer." } else { "" };
        Ok(accepted(format!("In {slot}.{more}")))
    }

    fn hand_over(
        &mut self,
        id: FulfillmentId,
        collector: Option<&String>,
        signature: Option<&Signature>,
        now: TimeMs,
    ) -> Answer<Feedback> {
        let session = self.require_session()?.id;
        let verification = self.outbox.verification(id, session)?;
        let verification = verification.ok_or(Rejection::CodeMismatch)?;
        let (collector, signature) = (collector.cloned(), signature.cloned());
        let proof = Proof { verification, collector, signature };
        self.record(id, &[Command::HandedOver { proof }], None, now)?;
        Ok(accepted("Handed over."))
    }

    pub(super) fn scan_out(
        &mut self,
        id: FulfillmentId,
        package: PackageId,
        carrier: &str,
        now: TimeMs,
    ) -> Answer<Feedback> {
        let carrier = cut(carrier, limits::TEXT_MAX);
        self.record(id, &[Command::PackageScannedOut { package, carrier }], None, now)?;
        Ok(accepted("With the carrier."))
    }

    pub(super) fn restock(
        &mut self,
        id: FulfillmentId,
        line: u32,
        units: u32,
        now: TimeMs,
    ) -> Answer<Feedback> {
        let command = Command::UnitRestocked { line, quantity: quantity(units)? };
        self.record(id, &[command], None, now)?;
        Ok(accepted(format!("{units} back on the shelf.")))
    }
}

fn everything_in_the_tote(view: &Fulfillment) -> Vec<Content> {
    let picked = |line: &domain::fulfillment::Line| Content {
        line: line.number,
        units: line.buckets.get(Bucket::Picked),
    };
    view.lines().iter().map(picked).filter(|content| content.units > 0).collect()
}

fn quantity(units: u32) -> Answer<Quantity> {
    Quantity::new(i64::from(units)).map_err(|_| {
        let (what, max) = ("the number of units".into(), u64::from(limits::LINE_QUANTITY_MAX));
        if units == 0 {
            Rejection::NotThatMany { there: 0, asked: 0 }.into()
        } else {
            Rejection::OverLimit { what, max }.into()
        }
    })
}

fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

pub(super) fn accepted(sentence: impl Into<String>) -> Feedback {
    Feedback::Accepted { sentence: sentence.into() }
}

pub(super) fn refused(rejection: Rejection) -> Feedback {
    let sentence = rejection.to_string();
    let next_action = rejection.next_action().to_owned();
    Feedback::Refused { rejection, sentence, next_action }
}
