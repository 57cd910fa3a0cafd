//! The one file of the server that reads a clock and draws randomness.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::clock::TimeMs;

use crate::moment::Moment;

/// Now, by the server's wall clock.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where the server reads its clock")]
pub fn now() -> TimeMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    TimeMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A moment of now with a fresh seed.
///
/// # Panics
/// When the operating system has no randomness: nothing may go on then.
#[must_use]
pub fn moment() -> Moment {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).expect("the operating system gives random bytes");
    Moment::new(now(), seed)
}
