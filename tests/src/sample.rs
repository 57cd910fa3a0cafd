//! Measured times, and their percentiles.

use std::time::Duration;

/// Times of one kind.
#[derive(Clone, Debug, Default)]
pub struct Sample(Vec<Duration>);

impl Sample {
    /// Adds one.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The smallest time that at least `percent` of them do not exceed, in milliseconds.
    ///
    /// # Panics
    /// Of an empty sample.
    pub fn percentile_ms(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted[rank - 1].as_secs_f64() * 1_000.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_rank_is_meant() {
        let mut sample = Sample::default();
        (1..=200).for_each(|ms| sample.add(Duration::from_millis(ms)));
        let of = |percent| sample.percentile_ms(percent);
        assert_eq!([of(0), of(50), of(99), of(100)].map(f64::round), [1.0, 100.0, 198.0, 200.0]);
    }
}
