//! Pairing the tablet with a location. The call itself is made elsewhere.

use domain::{
    clock::TimeMs,
    command::Envelope,
    sync::{RedeemRequest, RedeemResponse},
};

use super::{Alarm, Engine, Identity, SnapshotNeed};
use crate::{error::Answer, store::Paired};

impl Engine {
    /// What to ask the server for a pairing code. A tablet that was paired with this server before
    /// keeps its id and gets the next epoch.
    #[must_use]
    pub fn redeem_request(
        &self,
        url: &str,
        code: &str,
        name: &str,
        public_key: String,
    ) -> RedeemRequest {
        let known = self.identity.as_ref().filter(|identity| identity.url == url);
        RedeemRequest {
            code: code.trim().to_ascii_uppercase(),
            public_key,
            name: name.trim().to_owned(),
            app: self.options.app.clone(),
            platform: std::env::consts::OS.to_owned(),
            device: known.map(|identity| identity.device),
        }
    }

    /// The server has paired the tablet. Unsent work of an earlier pairing goes on under the new
    /// epoch with its ids; it is refused only when that would send it to another server.
    ///
    /// # Errors
    /// [`domain::rejection::Rejection::UnsentWork`] on a change of server or location.
    pub fn enrolled(
        &mut self,
        url: &str,
        name: &str,
        answer: RedeemResponse,
        now: TimeMs,
    ) -> Answer<()> {
        let moves = self
            .identity
            .as_ref()
            .is_some_and(|known| known.url != url || known.location != answer.location);
        if moves {
            self.require_nothing_unsent()?;
        }
        let identity = Identity {
            device: answer.device,
            epoch: answer.epoch,
            location: answer.location,
            name: name.trim().to_owned(),
            url: url.to_owned(),
            server_key: answer.server_key,
        };
        let (epoch, feed_epoch, sscc) = (answer.epoch, answer.feed_epoch, &answer.sscc[..]);
        let paired = Paired { epoch, identity: &identity, feed_epoch, sscc };
        self.outbox.pair(&paired, renumbered)?;
        self.identity = Some(identity);
        for alarm in [Alarm::Salvaged, Alarm::Stopped, Alarm::Revoked, Alarm::NotKnown] {
            self.calm(alarm)?;
        }
        self.need = Some(SnapshotNeed { not_before: now });
        self.scheduler.start(now);
        self.scheduler.poke(now);
        Ok(())
    }

    /// Whether unsent work must not be lost to a new pairing: asked before the code is used up.
    ///
    /// # Errors
    /// [`domain::rejection::Rejection::UnsentWork`] when the server differs.
    pub fn require_may_pair(&self, url: &str) -> Answer<()> {
        match &self.identity {
            Some(known) if known.url != url => self.require_nothing_unsent(),
            _ => Ok(()),
        }
    }
}

/// An envelope with another number, and everything else as it was.
fn renumbered(body: &str, seq: u64) -> Vec<u8> {
    match serde_json::from_str::<Envelope>(body) {
        Ok(envelope) => {
            serde_json::to_vec(&Envelope { seq, ..envelope }).expect("an envelope is plain data")
        }
        Err(_) => body.as_bytes().to_vec(),
    }
}
