//! What happened, line by line. The same seed gives the same lines, byte for byte.

use domain::clock::TimeMs;

/// When every simulated day begins.
pub const DAWN: TimeMs = TimeMs(1_795_411_267_000);
/// Lines that a failure shows.
const TAIL: usize = 60;

/// The lines of one run.
#[derive(Debug, Default)]
pub struct Trace {
    lines: Vec<String>,
}

impl Trace {
    /// Adds a line.
    pub fn say(&mut self, now: TimeMs, what: &str) {
        let ms = now.since_ms(DAWN);
        self.lines.push(format!("{:>6}.{:03} {what}", ms / 1_000, ms % 1_000));
    }

    /// Every line.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The last lines.
    pub fn tail(&self) -> String {
        self.lines[self.lines.len().saturating_sub(TAIL)..].join("\n")
    }
}
