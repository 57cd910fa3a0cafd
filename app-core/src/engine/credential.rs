//! Knowing the customer without a network: the scanned code by the server's signature, the spoken
//! digits by a salted hash with limited tries. Neither is kept.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::{
    bridge::Feedback,
    clock::TimeMs,
    credential::{PickupCode, signed_bytes},
    handoff::Verification,
    ids::FulfillmentId,
    limits,
    rejection::Rejection,
};
use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};

use super::{Engine, act::accepted, session::matches_hash};
use crate::error::Answer;

impl Engine {
    pub(super) fn verify_code(
        &mut self,
        id: FulfillmentId,
        code: &str,
        now: TimeMs,
    ) -> Answer<Feedback> {
        let at = self.corrected(now);
        let subject = format!("code:{id}");
        self.require_unlocked(&subject, at)?;
        let Some(verification) = self.check_code(id, code.trim())? else {
            return Err(self.wrong_try(&subject, at, Rejection::CodeMismatch));
        };
        self.outbox.clear_lockout(&subject)?;
        self.remember(id, &verification)?;
        Ok(accepted("The code is right."))
    }

    /// How the code opens this order, `None` when it does not.
    fn check_code(&self, id: FulfillmentId, code: &str) -> Answer<Option<Verification>> {
        let view = self.require_view(id)?;
        if let Some(scanned) = PickupCode::from_text(code) {
            let right = scanned.order == view.order() && self.is_signed(&scanned);
            return Ok(right.then_some(Verification::SignedCode));
        }
        let hash = view.credential().map(|credential| credential.short_code_hash.as_str());
        let digits: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let right = hash.is_some_and(|hash| matches_hash(hash, &digits));
        Ok(right.then_some(Verification::ShortCode))
    }

    /// Whether the server signed this pickup code.
    pub(super) fn is_signed(&self, code: &PickupCode) -> bool {
        let Some(identity) = &self.identity else { return false };
        let key = BASE64_STANDARD.decode(&identity.server_key).ok();
        let key = key.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let key = key.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
        let signature = Signature::from_bytes(&code.signature);
        key.is_some_and(|key| key.verify(&signed_bytes(code.order), &signature).is_ok())
    }

    pub(super) fn override_code(&mut self, id: FulfillmentId, reason: &str) -> Answer<Feedback> {
        let session = self.require_session()?;
        let person = self.people.get(&session.associate);
        if !person.is_some_and(|person| person.role.may_override_code()) {
            return Err(Rejection::RoleTooLow.into());
        }
        if reason.trim().is_empty() {
            return Err(Rejection::ReasonMissing.into());
        }
        if reason.chars().count() > limits::TEXT_MAX {
            let max = limits::TEXT_MAX as u64;
            return Err(Rejection::OverLimit { what: "the reason".into(), max }.into());
        }
        self.remember(id, &Verification::Override { reason: reason.trim().to_owned() })?;
        Ok(Feedback::Attention { sentence: "You vouch for this customer.".into() })
    }

    pub(super) fn remember(&mut self, id: FulfillmentId, how: &Verification) -> Answer<()> {
        let session = self.require_session()?.id;
        self.outbox.set_verification(id, session, how)?;
        self.changed.insert(id);
        Ok(())
    }

    pub(super) fn is_verified(&self, id: FulfillmentId) -> Answer<bool> {
        let Some(session) = &self.session else { return Ok(false) };
        Ok(self.outbox.verification(id, session.id)?.is_some())
    }
}
