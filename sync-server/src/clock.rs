//! The one file of the server that reads a clock and draws randomness.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

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

/// 64 random bits in hex: names a request in its answer and in the log.
///
/// # Panics
/// As [`moment`].
#[must_use]
pub fn trace_id() -> String {
    let mut bits = [0; 8];
    getrandom::fill(&mut bits).expect("the operating system gives random bytes");
    format!("{:016x}", u64::from_be_bytes(bits))
}

/// Measures how long something takes; not a time of day.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where the server reads its clock")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
