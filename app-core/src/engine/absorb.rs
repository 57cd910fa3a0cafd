//! Taking in an answer of the server. Outcomes go to the outbox first, then rows and cursor to the
//! replica in one commit, then the touched views are folded again. Every part may be repeated, late
//! or lost without harm.

use domain::{
    clock::TimeMs,
    sync::{ExchangeRequest, ExchangeResponse, FeedPage, kind},
};

use super::{Alarm, Engine, ExchangeFailure, SnapshotNeed};
use crate::{
    error::Answer,
    store::{Answered, Applied, Overlay},
};

/// Customers are forgotten after so long without the server.
const CUSTOMERS_KEEP_MS: i64 = 72 * 3_600_000;
/// How often the time of the last contact is written down.
const CONTACT_EVERY_MS: i64 = 60_000;

impl Engine {
    /// Takes in what became of an exchange.
    ///
    /// # Errors
    /// [`crate::Failure::Broken`]; the same exchange can then be repeated.
    pub fn absorb(
        &mut self,
        request: &ExchangeRequest,
        answer: Result<ExchangeResponse, ExchangeFailure>,
        now: TimeMs,
    ) -> Answer<()> {
        match answer {
            Err(failure) => self.not_answered(request, &failure, now),
            Ok(response) => self.answered(request, &response, now),
        }
    }

    fn answered(
        &mut self,
        request: &ExchangeRequest,
        response: &ExchangeResponse,
        now: TimeMs,
    ) -> Answer<()> {
        #[cfg(feature = "planted")]
        self.write_rows_to_come()?;
        let taken_in = self.take_in(request, response, now);
        let again = match &taken_in {
            Ok(()) => response.feed.more || self.pending()? > 0 && !request.commands.is_empty(),
            Err(_) => false,
        };
        if taken_in.is_ok() {
            self.scheduler.succeeded(now, again, response.poll_ms, &mut self.entropy);
        } else {
            self.scheduler.failed(now, None, &mut self.entropy);
        }
        taken_in
    }

    fn take_in(
        &mut self,
        request: &ExchangeRequest,
        response: &ExchangeResponse,
        now: TimeMs,
    ) -> Answer<()> {
        if request.device.epoch != self.device_epoch() {
            return Ok(());
        }
        self.made_contact(response, now)?;
        let mut touched = self.take_outcomes(request, response, now)?;
        let before = self.replica.position();
        touched.extend(self.take_page(request, &response.feed)?);
        if let (Some(before), Some(after)) = (before, self.replica.position()) {
            let shown = self.outbox.shown_between(after.epoch, before.cursor, after.cursor)?;
            touched.extend(shown);
        }
        touched.sort_unstable();
        touched.dedup();
        touched.into_iter().try_for_each(|id| self.refold(id))?;
        self.say_unreadable();
        self.note_need(response, now);
        Ok(())
    }

    fn made_contact(&mut self, response: &ExchangeResponse, now: TimeMs) -> Answer<()> {
        let (was, offset) = (self.contact.clone(), response.server_time.since_ms(now));
        // Whole seconds only, so that a jitter of the network does not move every clock on screen.
        if (offset - was.offset_ms).abs() >= 1_000 {
            self.contact.offset_ms = offset;
        }
        self.contact.online = true;
        self.contact.offline_since = None;
        self.contact.last = Some(now);
        let stale = was.last.is_none_or(|at| now.since_ms(at).abs() >= CONTACT_EVERY_MS);
        if stale || !was.online || was.offset_ms != self.contact.offset_ms {
            self.replica.set_note("contact", &self.contact)?;
        }
        if (self.roster_epoch, &self.devices) != (response.roster_epoch, &response.devices) {
            self.roster_epoch = response.roster_epoch;
            self.devices.clone_from(&response.devices);
            self.replica.set_note("roster", &(self.roster_epoch, self.devices.clone()))?;
        }
        self.batch_max = domain::limits::EXCHANGE_COMMANDS_MAX;
        for alarm in
            [Alarm::TooOld, Alarm::TooLarge, Alarm::NotKnown, Alarm::Revoked, Alarm::Stopped]
        {
            self.calm(alarm)?;
        }
        Ok(())
    }

    /// Stores outcomes and leased numbers. A new server history sends again what it does not have.
    fn take_outcomes(
        &mut self,
        request: &ExchangeRequest,
        response: &ExchangeResponse,
        now: TimeMs,
    ) -> Answer<Vec<domain::ids::FulfillmentId>> {
        let known: Option<domain::ids::FeedEpoch> = self.outbox.setting("feed_epoch")?;
        let current = self.replica.position().map(|position| position.epoch);
        let of_now = request.feed_epoch == current;
        let restored = known != Some(response.feed.epoch) && of_now;
        let nothing = response.outcomes.is_empty() && response.sscc.is_empty() && !restored;
        if nothing {
            return Ok(Vec::new());
        }
        Ok(self.outbox.record(&Answered {
            device_epoch: request.device.epoch,
            feed_epoch: response.feed.epoch,
            outcomes: &response.outcomes,
            sscc: &response.sscc,
            restored_to: restored.then_some(response.last_seq),
            durable_seq: response.durable_seq,
            now,
        })?)
    }

    /// Applies a page that follows what the replica has; any other page is of no use.
    fn take_page(
        &mut self,
        request: &ExchangeRequest,
        page: &FeedPage,
    ) -> Answer<Vec<domain::ids::FulfillmentId>> {
        let Some(position) = self.replica.position() else { return Ok(Vec::new()) };
        let of_this_history =
            page.epoch == position.epoch && request.feed_epoch == Some(position.epoch);
        let leaves_a_gap = request.cursor > position.cursor;
        if !of_this_history || leaves_a_gap || page.to <= position.cursor {
            return Ok(Vec::new());
        }
        let to = Overlay { epoch: page.epoch, cursor: page.to };
        #[cfg(feature = "planted")]
        if self.options.planted.cursor_before_rows {
            self.replica.move_without_rows(to)?;
            self.rows_to_come.clone_from(&page.rows);
            return Ok(Vec::new());
        }
        let applied = self.replica.apply(&page.rows, to)?;
        self.read_applied(&applied)
    }

    /// Brings memory up to date with applied rows; the fulfillments among them.
    pub(super) fn read_applied(
        &mut self,
        applied: &Applied,
    ) -> Answer<Vec<domain::ids::FulfillmentId>> {
        let mut fulfillments = Vec::new();
        for (kind, id) in &applied.touched {
            if kind == kind::FULFILLMENT {
                fulfillments.extend(id.parse::<domain::ids::FulfillmentId>());
            } else {
                self.read_entity(kind, id)?;
            }
        }
        Ok(fulfillments)
    }

    fn note_need(&mut self, response: &ExchangeResponse, now: TimeMs) {
        let current = self.replica.position().map(|position| position.epoch);
        let not_before = match &response.reset {
            Some(reset) => now.plus_ms(i64::from(reset.not_before_ms)),
            None if current != Some(response.feed.epoch) => now,
            None => return,
        };
        if self.need.is_none() {
            self.need = Some(SnapshotNeed { not_before });
        }
    }

    /// The planted bug's second half: the rows, one exchange too late.
    #[cfg(feature = "planted")]
    pub(super) fn write_rows_to_come(&mut self) -> Answer<()> {
        let rows = std::mem::take(&mut self.rows_to_come);
        if let (false, Some(position)) = (rows.is_empty(), self.replica.position()) {
            let applied = self.replica.apply(&rows, position)?;
            for id in self.read_applied(&applied)? {
                self.refold(id)?;
            }
        }
        Ok(())
    }

    /// Personal data does not outlive the contact by more than three days.
    pub(super) fn forget_old_customers(&mut self, now: TimeMs) -> Answer<()> {
        let old = self.contact.last.is_some_and(|at| now.since_ms(at) >= CUSTOMERS_KEEP_MS);
        if old && !self.initials.is_empty() {
            self.replica.forget_customers()?;
            self.initials.clear();
        }
        Ok(())
    }
}
