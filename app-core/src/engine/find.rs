//! What a scan outside a fulfillment opens.

use domain::{
    bridge::Found, buckets::Bucket, clock::TimeMs, credential::PickupCode,
    fulfillment::Fulfillment, handoff::Verification, ids::FulfillmentId,
};

use super::{Engine, scan::package_named};
use crate::error::Answer;

impl Engine {
    /// Finds work by pickup code, short code, order number, package, slot or item.
    ///
    /// # Errors
    /// [`domain::rejection::Rejection::NotSignedIn`].
    pub fn find(&mut self, text: &str, now: TimeMs) -> Answer<Found> {
        self.require_session()?;
        let text = text.trim();
        if let Some(code) = PickupCode::from_text(text) {
            return self.find_by_code(&code, now);
        }
        let upper = text.to_ascii_uppercase();
        let mut found = self.matching(|f| {
            f.short_code() == upper
                || f.external_number().as_str().eq_ignore_ascii_case(text)
                || f.id().to_string() == text
                || package_named(f, text).is_some()
        });
        if found.is_empty() {
            found = self.matching(|f| {
                let here = |p: &domain::package::Package| {
                    p.slot().is_some_and(|slot| slot.as_str().eq_ignore_ascii_case(text))
                };
                f.packages().iter().any(here)
            });
        }
        if found.is_empty() {
            let skus = self.skus_named(text)?;
            found = self.matching(|f| {
                let wants = |line: &domain::fulfillment::Line| {
                    skus.contains(&line.sku) && line.buckets.get(Bucket::Sourced) > 0
                };
                f.cancel_request().is_none() && f.lines().iter().any(wants)
            });
        }
        self.found(&found, false, now)
    }

    fn find_by_code(&mut self, code: &PickupCode, now: TimeMs) -> Answer<Found> {
        if !self.is_signed(code) {
            return Ok(nothing("This pickup code is not genuine."));
        }
        let of_order = self.matching(|f| f.order() == code.order);
        for id in &of_order {
            self.remember(*id, &Verification::SignedCode)?;
        }
        self.found(&of_order, true, now)
    }

    fn matching(&self, wanted: impl Fn(&Fulfillment) -> bool) -> Vec<FulfillmentId> {
        let views = self.views.values().map(|view| &view.now);
        let mut open: Vec<&Fulfillment> = views.filter(|f| wanted(f)).collect();
        if open.iter().any(|f| f.is_open()) {
            open.retain(|f| f.is_open());
        }
        open.sort_by_key(|f| (f.promise_at(), f.id()));
        open.into_iter().map(Fulfillment::id).collect()
    }

    fn found(&self, ids: &[FulfillmentId], code_verified: bool, now: TimeMs) -> Answer<Found> {
        match ids {
            [] => Ok(nothing("Nothing here has this code.")),
            [fulfillment] => Ok(Found::Work { fulfillment: *fulfillment, code_verified }),
            several => Ok(Found::Several { cards: self.cards_of(several, now)? }),
        }
    }
}

fn nothing(sentence: &str) -> Found {
    Found::Nothing { sentence: sentence.into() }
}
