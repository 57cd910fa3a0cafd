//! One fulfillment with everything its screens show.

use domain::{
    bridge::{LabelState, PrintState, RestockLine, Step, Work, WorkLine, WorkPackage},
    buckets::Bucket,
    clock::TimeMs,
    command::{Command, Envelope, ShortReason},
    fulfillment::{Fulfillment, Line},
    ids::{FulfillmentId, SlotId},
    package::Package,
    staging::propose_slot,
    sync::{CustomerCard, kind},
};

use super::{Engine, step::step};
use crate::error::Answer;

impl Engine {
    /// One fulfillment, open on a screen.
    ///
    /// # Errors
    /// [`domain::rejection::Rejection::UnknownFulfillment`] or `NotSignedIn`.
    pub fn work(&self, id: FulfillmentId, _now: TimeMs) -> Answer<Work> {
        self.require_session()?;
        let view = self.require_view(id)?;
        let customer: Option<CustomerCard> =
            self.replica.entity(kind::CUSTOMER, &view.order().to_string()).ok().flatten();
        let address = customer.as_ref().and_then(|card| card.address.as_ref()).map(|address| {
            let city = format!("{} {} {}", address.postcode, address.city, address.region);
            [
                address.name.clone(),
                address.street.clone(),
                city.trim().to_owned(),
                address.country.clone(),
            ]
            .into_iter()
            .filter(|line| !line.is_empty())
            .collect()
        });
        Ok(Work {
            card: self.card_of(view)?,
            order: view.order(),
            customer: customer.as_ref().map(|card| card.name.clone()),
            phone: customer.as_ref().and_then(|card| card.phone.clone()),
            address: address.unwrap_or_default(),
            note: customer.and_then(|card| card.note),
            step: self.step_of(id)?,
            lines: self.work_lines(view),
            packages: self.work_packages(view)?,
            restock: self.restock_list(view),
            short_reasons: ShortReason::ALL.map(|r| (r, r.sentence().to_owned())).to_vec(),
            slot_proposal: self.proposed_slot(view),
            code_verified: self.is_verified(id)?,
            can_undo: self.last_pick(id)?.is_some(),
            exceptions: self.exceptions_of(view),
        })
    }

    pub(super) fn step_of(&self, id: FulfillmentId) -> Answer<Step> {
        let view = self.require_view(id)?;
        let device = self.require_identity()?.device;
        let label_first = !self.outbox.printers()?.is_empty();
        let labelled = |p: &Package| {
            p.labels_printed > 0 || self.outbox.print_of(p.id).is_ok_and(|print| print.is_some())
        };
        Ok(step(view, device, label_first, labelled))
    }

    /// In walking order: department, category, size, and what is done last.
    fn work_lines(&self, view: &Fulfillment) -> Vec<WorkLine> {
        let mut lines: Vec<WorkLine> = view.lines().iter().map(|l| self.work_line(l)).collect();
        lines.sort_by(|a, b| {
            let key =
                |l: &WorkLine| (l.department.clone(), l.category.clone(), l.name.clone(), l.line);
            key(a).cmp(&key(b))
        });
        lines
    }

    fn work_line(&self, line: &Line) -> WorkLine {
        let item = self.item(&line.sku);
        let text = |f: fn(&domain::item::Item) -> &String| item.as_ref().map(|i| f(i).clone());
        let units = line.buckets;
        let beyond = units.in_hand() + units.get(Bucket::HandedOver) + units.get(Bucket::Shipped);
        WorkLine {
            line: line.number,
            sku: line.sku.to_string(),
            name: text(|i| &i.name).unwrap_or_else(|| line.sku.to_string()),
            size: text(|i| &i.size).unwrap_or_default(),
            department: text(|i| &i.department).unwrap_or_default(),
            category: text(|i| &i.category).unwrap_or_default(),
            barcode_tail: item.as_ref().and_then(|i| i.barcode_tail().map(str::to_owned)),
            picture: item.as_ref().and_then(|i| i.picture.clone()),
            wanted: line.quantity,
            picked: beyond,
            to_pack: units.get(Bucket::Picked),
            short: units.get(Bucket::Rejected),
            left: units.get(Bucket::Sourced),
            on_hand: self.on_hand(&line.sku),
            kit: line.kit.as_ref().map(|kit| kit.name.clone()),
        }
    }

    fn work_packages(&self, view: &Fulfillment) -> Answer<Vec<WorkPackage>> {
        view.packages().iter().map(|package| self.work_package(package)).collect()
    }

    fn work_package(&self, package: &Package) -> Answer<WorkPackage> {
        let queued = self.outbox.print_of(package.id)?.map(|print| print.shown);
        let label = match queued.map(|entry| (entry.state, entry.tries, entry.error)) {
            Some((PrintState::Unsure, ..)) => LabelState::Failed,
            Some((PrintState::Waiting, tries, Some(_))) if tries > 0 => LabelState::Failed,
            Some((PrintState::Waiting, ..)) => LabelState::Waiting,
            Some((PrintState::Printed, ..)) => LabelState::Printed,
            _ if package.labels_printed > 0 => LabelState::Printed,
            _ => LabelState::None,
        };
        Ok(WorkPackage {
            package: package.id,
            number: package.number,
            sscc: package.sscc.as_ref().map(|sscc| format!("(00){sscc}")),
            units: package.units(),
            weight_g: package.weight_g,
            labels_printed: package.labels_printed,
            label,
            slot: package.slot().cloned(),
            gone: package.is_gone(),
        })
    }

    fn restock_list(&self, view: &Fulfillment) -> Vec<RestockLine> {
        let cancelled = view.cancel_request().is_some();
        let units = |line: &Line| line.excess + if cancelled { line.buckets.in_hand() } else { 0 };
        let lines = view.lines().iter().filter(|line| units(line) > 0);
        lines
            .map(|line| RestockLine {
                line: line.number,
                name: self.item_name(&line.sku),
                units: units(line),
            })
            .collect()
    }

    pub(super) fn proposed_slot(&self, view: &Fulfillment) -> Option<SlotId> {
        let place = self.place.as_ref()?;
        let taken: Vec<SlotId> = self
            .views
            .values()
            .flat_map(|other| other.now.packages())
            .filter_map(|package| package.slot().cloned())
            .collect();
        let own = view.packages().iter().find_map(Package::slot);
        propose_slot(&place.slots, &taken, own).cloned()
    }
}

/// The command inside a stored envelope; `None` for one of another release.
pub(super) fn read_command(body: &str) -> Option<Command> {
    let envelope: Envelope = serde_json::from_str(body).ok()?;
    Command::read(&envelope.kind, envelope.version, &envelope.payload).ok()
}
