//! Signing in and out, with or without the network. A PIN is compared with the roster's verifier and
//! kept nowhere.

use argon2::{Argon2, PasswordHash, PasswordVerifier as _};
use domain::{
    bridge::Person,
    clock::TimeMs,
    ids::{AssociateId, SessionId},
    people::Associate,
    rejection::Rejection,
};

use super::{Engine, Session};
use crate::{error::Answer, store::Lockout};

/// Wrong tries before the first wait.
const TRIES: u32 = 5;
/// Minutes to wait after that, longer each time.
const WAITS_MIN: [i64; 4] = [1, 5, 15, 60];

impl Engine {
    /// Who can sign in here now, by name.
    ///
    /// # Errors
    /// [`Rejection::NotEnrolled`].
    pub fn people(&self, now: TimeMs) -> Answer<Vec<Person>> {
        self.require_identity()?;
        let at = self.corrected(now);
        let mut people: Vec<Person> =
            self.people.values().filter(|p| p.is_active(at)).map(person).collect();
        people.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        Ok(people)
    }

    /// Who is signed in.
    #[must_use]
    pub fn signed_in(&self) -> Option<Person> {
        let session = self.session.as_ref()?;
        self.people.get(&session.associate).map(person)
    }

    /// Signs a person in.
    ///
    /// # Errors
    /// [`Rejection::WrongPin`] or [`Rejection::PinLocked`].
    pub fn sign_in(&mut self, associate: &AssociateId, pin: &str, now: TimeMs) -> Answer<()> {
        self.require_identity()?;
        let at = self.corrected(now);
        let subject = format!("pin:{associate}");
        self.require_unlocked(&subject, at)?;
        let known = self.people.get(associate).filter(|p| p.is_active(at));
        if !known.is_some_and(|person| matches_hash(&person.pin_verifier, pin)) {
            return Err(self.wrong_try(&subject, at, Rejection::WrongPin));
        }
        self.outbox.clear_lockout(&subject)?;
        self.sign_out()?;
        let id = SessionId::new(at, self.entropy.id());
        let session = Session { id, associate: associate.clone(), since: at };
        self.outbox.set_setting("session", &session)?;
        self.session = Some(session);
        Ok(())
    }

    /// Ends the session. What is not sent yet stays and is sent.
    ///
    /// # Errors
    /// [`crate::Failure::Broken`].
    pub fn sign_out(&mut self) -> Answer<()> {
        self.in_hand = None;
        if self.session.take().is_some() {
            self.outbox.remove_setting("session")?;
        }
        self.outbox.clear_verifications()?;
        Ok(())
    }

    pub(super) fn require_unlocked(&self, subject: &str, at: TimeMs) -> Answer<()> {
        let wait_ms = self.outbox.lockout(subject)?.until.since_ms(at);
        if wait_ms <= 0 {
            return Ok(());
        }
        let wait_s = u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000);
        Err(Rejection::PinLocked { wait_s }.into())
    }

    /// Counts a wrong try before anyone is told.
    pub(super) fn wrong_try(
        &mut self,
        subject: &str,
        at: TimeMs,
        rejection: Rejection,
    ) -> crate::Failure {
        let counted = self.outbox.lockout(subject).and_then(|known| {
            let failures = known.failures.saturating_add(1);
            let until = locked_until(failures, at);
            self.outbox.set_lockout(subject, Lockout { failures, until })?;
            Ok(until)
        });
        match counted {
            Ok(until) if until > at => {
                let wait_ms = u64::try_from(until.since_ms(at)).unwrap_or(0);
                Rejection::PinLocked { wait_s: wait_ms.div_ceil(1_000) }.into()
            }
            Ok(_) => rejection.into(),
            Err(error) => error.into(),
        }
    }
}

/// No wait for the first tries; then longer with every further one.
fn locked_until(failures: u32, at: TimeMs) -> TimeMs {
    let Some(over) = failures.checked_sub(TRIES) else { return TimeMs(0) };
    let index = usize::try_from(over).unwrap_or(usize::MAX).min(WAITS_MIN.len() - 1);
    at.plus_ms(WAITS_MIN[index] * 60_000)
}

/// Whether a secret fits a PHC string; one that cannot be read fits nothing.
pub(super) fn matches_hash(phc: &str, secret: &str) -> bool {
    PasswordHash::new(phc)
        .is_ok_and(|hash| Argon2::default().verify_password(secret.as_bytes(), &hash).is_ok())
}

fn person(associate: &Associate) -> Person {
    Person { id: associate.id.clone(), name: associate.name.clone(), role: associate.role }
}
