//! What a scan on a fulfillment's screen means: a pickup code, a package, a slot or an item, in that
//! order. The step decides what is done with it.

use domain::{
    bridge::{Feedback, Step},
    clock::TimeMs,
    command::Input,
    credential::PickupCode,
    fulfillment::Fulfillment,
    gs1::{self, Scan, ScanSettings},
    ids::{FulfillmentId, PackageId, Sku, SlotId},
    rejection::Rejection,
};

use super::{Engine, act::accepted, goods::line_of};
use crate::error::Answer;

/// What is written for the carrier when a package is only scanned.
const CARRIER: &str = "carrier";

impl Engine {
    pub(super) fn scan(
        &mut self,
        id: FulfillmentId,
        text: &str,
        typed: bool,
        now: TimeMs,
    ) -> Answer<Feedback> {
        let text = text.trim();
        let step = self.step_of(id)?;
        if PickupCode::from_text(text).is_some() || (step == Step::HandOver && is_short_code(text))
        {
            return self.verify_code(id, text, now);
        }
        if let Some(package) = package_named(self.require_view(id)?, text) {
            return self.scan_package(id, package, step, now);
        }
        if matches!(
            step,
            Step::Pack | Step::Label | Step::Stage | Step::HandOver | Step::CarrierScan
        ) && let Some(slot) = self.slot_named(text)
        {
            let package = self.package_to_stage(id)?;
            return self.put_into_slot(id, package, &slot, now);
        }
        let input = if typed { Input::Typed } else { Input::Scanned };
        self.scan_item(id, text, step, input, now)
    }

    fn scan_package(
        &mut self,
        id: FulfillmentId,
        package: PackageId,
        step: Step,
        now: TimeMs,
    ) -> Answer<Feedback> {
        if step == Step::CarrierScan {
            return self.scan_out(id, package, CARRIER, now);
        }
        self.in_hand = Some(package);
        let number = self.require_view(id)?.package(package).map_or(0, |p| p.number);
        Ok(accepted(format!("Package {number}. Now scan its slot.")))
    }

    /// The package that was scanned or closed last, else the first one without a slot.
    fn package_to_stage(&self, id: FulfillmentId) -> Answer<PackageId> {
        let view = self.require_view(id)?;
        let in_hand = self.in_hand.and_then(|package| view.package(package));
        let first = view.packages().iter().find(|p| p.slot().is_none() && !p.is_gone());
        let package = in_hand.filter(|p| !p.is_gone()).or(first);
        Ok(package.ok_or(Rejection::UnknownPackage)?.id)
    }

    /// A slot of this location, in any case of letters.
    pub(super) fn slot_named(&self, text: &str) -> Option<SlotId> {
        let slots = &self.place.as_ref()?.slots;
        slots.iter().find(|slot| slot.as_str().eq_ignore_ascii_case(text)).cloned()
    }

    fn scan_item(
        &mut self,
        id: FulfillmentId,
        text: &str,
        step: Step,
        input: Input,
        now: TimeMs,
    ) -> Answer<Feedback> {
        let skus = self.skus_named(text)?;
        let view = self.require_view(id)?;
        let Some(line) = skus.iter().find_map(|sku| line_of(view, sku)) else {
            return Err(self.wrong_item(view, text, &skus).into());
        };
        let number = line.number;
        if step == Step::Restock {
            return self.restock(id, number, 1, now);
        }
        self.pick(id, number, 1, Some(text), input, now)
    }

    /// Says what it is and who wants it, as far as the tablet knows.
    fn wrong_item(&self, own: &Fulfillment, text: &str, skus: &[Sku]) -> Rejection {
        let scanned =
            skus.first().map_or_else(|| text.chars().take(64).collect(), |sku| self.item_name(sku));
        Rejection::WrongItem { scanned, belongs_to: self.other_work_wanting(own, skus) }
    }
}

/// The package that a scan names: by its SSCC, or by its id as on the staging label.
pub(super) fn package_named(view: &Fulfillment, text: &str) -> Option<PackageId> {
    let sscc = match gs1::parse(text, &ScanSettings::default()) {
        Ok(Scan::Elements(elements)) => elements.sscc(),
        _ => None,
    };
    let id = text.parse::<PackageId>().ok();
    let named =
        |p: &&domain::package::Package| Some(p.id) == id || (sscc.is_some() && p.sscc == sscc);
    view.packages().iter().find(named).map(|package| package.id)
}

fn is_short_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())
}
