//! The instant and the randomness of one request, as values: a use case that is retried, or replayed
//! by the simulator, makes the same ids again. The clock is read and the seed drawn in `clock.rs`.

use domain::clock::TimeMs;
use sha2::{Digest, Sha256};

/// When a use case runs, and where its random bits come from.
#[derive(Debug, Clone)]
pub struct Moment {
    /// Now.
    pub now: TimeMs,
    seed: [u8; 32],
    drawn: u64,
}

impl Moment {
    /// A moment of this instant; `seed` must be unpredictable outside tests.
    #[must_use]
    pub const fn new(now: TimeMs, seed: [u8; 32]) -> Self {
        Self { now, seed, drawn: 0 }
    }

    /// The next 32 random bytes: SHA-256 of the seed and a counter.
    pub fn random(&mut self) -> [u8; 32] {
        self.drawn += 1;
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.drawn.to_be_bytes());
        hash.finalize().into()
    }

    /// The random part of the next id.
    pub fn entropy(&mut self) -> [u8; 10] {
        self.random()[..10].try_into().expect("ten of thirty-two bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retried_use_case_makes_the_same_ids() {
        let draw = |moment: &mut Moment| (moment.entropy(), moment.entropy());
        let moment = Moment::new(TimeMs(1), [7; 32]);
        let first = draw(&mut moment.clone());
        assert_eq!(first, draw(&mut moment.clone()));
        assert_ne!(first.0, first.1);
    }
}
