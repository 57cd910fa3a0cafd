//! What needs a person: open exceptions, and outcomes of the server that were not what was done here.

use domain::{
    bridge::{InboxEntry, Matter},
    exception::{Exception, ExceptionKind},
    fulfillment::Fulfillment,
    outcome::Verdict,
    package::Content,
};

use super::Engine;
use crate::{error::Answer, store::Attention};

impl Engine {
    /// Everything that needs a person, oldest first.
    ///
    /// # Errors
    /// [`domain::rejection::Rejection::NotSignedIn`].
    pub fn inbox(&self) -> Answer<Vec<InboxEntry>> {
        self.require_session()?;
        let mut entries = self.open_exceptions();
        entries.extend(self.unread_outcomes()?.iter().map(|unread| self.outcome_entry(unread)));
        entries.sort_by_key(|entry| (entry.at, entry.fulfillment));
        Ok(entries)
    }

    pub(super) fn inbox_count(&self) -> Answer<u32> {
        let open = self.views.values().flat_map(|v| v.now.exceptions()).filter(|e| e.is_open());
        let count = open.count() + self.unread_outcomes()?.len();
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    fn open_exceptions(&self) -> Vec<InboxEntry> {
        self.views.values().flat_map(|view| self.exceptions_of(&view.now)).collect()
    }

    pub(super) fn exceptions_of(&self, view: &Fulfillment) -> Vec<InboxEntry> {
        let open = view.exceptions().iter().filter(|exception| exception.is_open());
        open.map(|exception| self.exception_entry(view, exception)).collect()
    }

    /// Outcomes that nobody has read and that no exception stands for already.
    pub(super) fn unread_outcomes(&self) -> Answer<Vec<Attention>> {
        let mut unread = self.outbox.attention()?;
        unread.retain(|unread| {
            let shown = |e: &Exception| unread.outcome.exceptions.contains(&e.id);
            let stands = |view: &Fulfillment| view.exceptions().iter().any(shown);
            !self.view(unread.fulfillment).is_some_and(stands)
        });
        Ok(unread)
    }

    fn exception_entry(&self, view: &Fulfillment, exception: &Exception) -> InboxEntry {
        let line = exception.line.and_then(|line| view.line(line));
        let item = line.map(|line| self.item_name(&line.sku));
        let mut sentence = exception.kind.sentence().to_owned();
        if let Some(item) = item.filter(|_| exception.units > 0) {
            sentence = format!("{sentence} {} × {item}.", exception.units);
        }
        if let Some(place) = &exception.place {
            sentence = format!("{sentence} Look in {place}.");
        }
        let (id, kind) = (exception.id, exception.kind);
        let restock = line.map_or(0, |line| line.excess.min(exception.units));
        let restock = exception.line.filter(|_| restock > 0 && puts_back(kind));
        let restock = restock.map(|line| Content { line, units: exception.units });
        InboxEntry {
            fulfillment: view.id(),
            short_code: view.short_code(),
            matter: Matter::Exception { exception: id, kind, restock },
            sentence,
            next_action: kind.next_action().to_owned(),
            at: exception.raised_at,
        }
    }

    fn outcome_entry(&self, unread: &Attention) -> InboxEntry {
        let (sentence, next_action) = words(&unread.outcome.verdict);
        let short_code = self.view(unread.fulfillment).map(Fulfillment::short_code);
        InboxEntry {
            fulfillment: unread.fulfillment,
            short_code: short_code.unwrap_or_else(|| "—".into()),
            matter: Matter::Outcome { command: unread.command },
            sentence,
            next_action,
            at: unread.at.plus_ms(self.contact.offset_ms),
        }
    }
}

const fn puts_back(kind: ExceptionKind) -> bool {
    matches!(kind, ExceptionKind::DoubleWork | ExceptionKind::PickedAfterCancel)
}

fn words(verdict: &Verdict) -> (String, String) {
    match verdict {
        Verdict::Adjusted { sentence, .. } => (sentence.clone(), "Check the order.".into()),
        Verdict::Conflict { rejection } | Verdict::Rejected { rejection } => {
            (rejection.to_string(), rejection.next_action().to_owned())
        }
        Verdict::Parked { .. } => (
            ExceptionKind::ParkedCommand.sentence().to_owned(),
            ExceptionKind::ParkedCommand.next_action().to_owned(),
        ),
        Verdict::Applied | Verdict::Noop => ("Done.".into(), "Nothing to do.".into()),
    }
}
