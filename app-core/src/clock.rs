//! The one file of this crate that reads a clock and draws randomness. The engine itself gets both
//! as arguments.

use std::time::{SystemTime, UNIX_EPOCH};

use domain::clock::TimeMs;

/// Now, by the tablet's own wall clock.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where the tablet reads its clock")]
pub fn now() -> TimeMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    TimeMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A fresh seed.
///
/// # Panics
/// When the operating system has no randomness: nothing may go on then.
#[must_use]
pub fn seed() -> [u8; 32] {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).expect("the operating system gives random bytes");
    seed
}
