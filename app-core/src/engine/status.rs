//! The tablet itself: pairing, session, and the truth about sync.

use domain::{
    bridge::{Enrolled, Status, SyncState},
    clock::TimeMs,
    rejection::Rejection,
};

use super::Engine;
use crate::error::Answer;

impl Engine {
    /// Everything about the tablet.
    ///
    /// # Errors
    /// [`crate::Failure::Broken`].
    pub fn status(&self, now: TimeMs) -> Answer<Status> {
        let place = self.place.as_ref().map(|card| &card.location);
        let enrolled = self.identity.as_ref().map(|identity| Enrolled {
            device: identity.device,
            name: identity.name.clone(),
            location: identity.location.clone(),
            location_name: place.map(|place| place.name.clone()),
            time_zone: place.map(|place| place.time_zone.clone()),
            url: identity.url.clone(),
        });
        Ok(Status {
            enrolled,
            session: self.signed_in(),
            sync: self.sync_state(now)?,
            now: self.corrected(now),
            app: self.options.app.clone(),
        })
    }

    /// The truth about sync.
    ///
    /// # Errors
    /// [`crate::Failure::Broken`].
    pub fn sync_state(&self, now: TimeMs) -> Answer<SyncState> {
        let (waiting, oldest) = self.outbox.waiting(self.device_epoch())?;
        let corrected = |at: Option<TimeMs>| at.map(|at| self.corrected(at));
        Ok(SyncState {
            online: self.contact.online,
            offline_since: corrected(self.contact.offline_since),
            waiting,
            oldest: corrected(oldest),
            last_contact: corrected(self.contact.last),
            loading: self.identity.is_some() && self.replica.position().is_none(),
            needs_you: self.inbox_count()?,
            alarm: self.alarm_sentence(waiting, oldest, now),
        })
    }

    /// Whether the tablet may be reset or wiped: not while anything is unsent.
    ///
    /// # Errors
    /// [`Rejection::UnsentWork`].
    pub fn require_nothing_unsent(&self) -> Answer<()> {
        match self.pending()? {
            0 => Ok(()),
            pending => Err(Rejection::UnsentWork { pending }.into()),
        }
    }
}
