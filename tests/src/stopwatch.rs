//! The one place of this crate that reads a clock: benchmarks measure, tests do not.

use std::time::{Duration, Instant};

/// Runs `work` and says how long it took on the wall.
#[expect(clippy::disallowed_methods, reason = "this is the crate's clock file")]
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let done = work();
    (done, started.elapsed())
}

/// A running stopwatch.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "this is the crate's clock file")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
