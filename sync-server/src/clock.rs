//! The one file of the server that reads a clock and draws randomness.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

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

/// 64 bits in hex that no other request of this process has, and hardly one of another: names a request
/// in its answer and in the log. Drawn from a random start, without asking the system each time.
///
/// # Panics
/// As [`moment`], the first time.
#[must_use]
pub fn trace_id() -> String {
    static START: OnceLock<u64> = OnceLock::new();
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let start = START.get_or_init(random_bits);
    // A bijection (SplitMix64, Steele et al. 2014): different inputs have different outputs.
    let step = NEXT.fetch_add(1, Relaxed).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut bits = start.wrapping_add(step);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    format!("{:016x}", bits ^ (bits >> 31))
}

/// 64 random bits.
///
/// # Panics
/// As [`moment`].
#[must_use]
pub fn random_bits() -> u64 {
    let mut bits = [0; 8];
    getrandom::fill(&mut bits).expect("the operating system gives random bytes");
    u64::from_be_bytes(bits)
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
