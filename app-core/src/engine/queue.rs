//! The work of the location as cards, the most urgent first.

use std::collections::BTreeSet;

use domain::{
    bridge::{Card, Queue, Sent},
    buckets::{Bucket, Buckets},
    clock::TimeMs,
    exception::Exception,
    fulfillment::{Fulfillment, Stage},
    ids::FulfillmentId,
};

use super::Engine;
use crate::error::Answer;

/// What cards need of the outbox, read once for all of them.
struct Marks {
    unsent: BTreeSet<FulfillmentId>,
    attention: BTreeSet<FulfillmentId>,
}

impl Engine {
    /// The open work, by time left.
    ///
    /// # Errors
    /// [`domain::rejection::Rejection::NotSignedIn`].
    pub fn queue(&self, now: TimeMs) -> Answer<Queue> {
        self.require_session()?;
        let open = self.views.values().map(|view| &view.now).filter(|f| f.is_open());
        let mut open: Vec<&Fulfillment> = open.collect();
        open.sort_by_key(|f| (f.promise_at(), f.id()));
        let ids: Vec<FulfillmentId> = open.iter().map(|f| f.id()).collect();
        let cards = self.cards_of(&ids, now)?;
        let others = cards.iter().filter(|card| card.claimed_by.is_some() && !card.mine).count();
        Ok(Queue { cards, with_others: u32::try_from(others).unwrap_or(u32::MAX) })
    }

    pub(super) fn cards_of(&self, ids: &[FulfillmentId], _now: TimeMs) -> Answer<Vec<Card>> {
        let marks = self.marks()?;
        let views = ids.iter().filter_map(|id| self.view(*id));
        Ok(views.map(|view| self.card(view, &marks)).collect())
    }

    pub(super) fn card_of(&self, view: &Fulfillment) -> Answer<Card> {
        Ok(self.card(view, &self.marks()?))
    }

    fn marks(&self) -> Answer<Marks> {
        let unsent = self.outbox.unsent(self.device_epoch())?;
        let attention = self.unread_outcomes()?.into_iter().map(|a| a.fulfillment).collect();
        Ok(Marks { unsent, attention })
    }

    fn card(&self, f: &Fulfillment, marks: &Marks) -> Card {
        let device = self.identity.as_ref().map(|identity| identity.device);
        let exceptions = f.exceptions().iter().filter(|e| e.is_open()).count();
        let slots: BTreeSet<_> = f.packages().iter().filter_map(|p| p.slot().cloned()).collect();
        let sent =
            if marks.attention.contains(&f.id()) || f.exceptions().iter().any(Exception::is_open) {
                Sent::NeedsYou
            } else if marks.unsent.contains(&f.id()) {
                Sent::DoneHere
            } else {
                Sent::Confirmed
            };
        let totals = f.totals();
        Card {
            fulfillment: f.id(),
            short_code: f.short_code(),
            external_number: f.external_number().to_string(),
            initials: self.initials.get(&f.order()).filter(|text| !text.is_empty()).cloned(),
            method: f.method(),
            stage: f.stage(),
            stage_words: f.stage().words().to_owned(),
            promise_at: f.promise_at(),
            units: totals.sum(),
            units_done: units_done(f.stage(), &totals),
            lines: u32::try_from(f.lines().len()).unwrap_or(u32::MAX),
            claimed_by: f.claim().map(|claim| self.name_of(&claim.associate)),
            mine: f.claim().is_some_and(|claim| Some(claim.device) == device),
            sent,
            exceptions: u32::try_from(exceptions).unwrap_or(u32::MAX),
            slots: slots.into_iter().collect(),
        }
    }
}

/// Units that went through the current step.
fn units_done(stage: Stage, totals: &Buckets) -> u32 {
    let beyond_pick = totals.sum() - totals.get(Bucket::Sourced);
    let beyond_pack = beyond_pick - totals.get(Bucket::Picked);
    match stage {
        Stage::Accepted | Stage::InPick => beyond_pick,
        Stage::Picked => beyond_pack,
        Stage::Packed | Stage::Labelled => beyond_pack - totals.get(Bucket::Packed),
        Stage::Restocking => totals.closed(),
        _ => beyond_pack - totals.get(Bucket::Packed) - totals.get(Bucket::Staged),
    }
}
