//! Chance that repeats itself: every draw is a function of a seed, a purpose and a key, so that adding
//! one kind of draw never changes another.
//!
//! Good enough for demo data; not for secrets.

/// Where draws come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seed(pub u64);

/// A stream of numbers for one purpose and one key (SplitMix64).
#[derive(Clone, Debug)]
pub struct Draw(u64);

impl Seed {
    /// The stream for `purpose` (a word) and `key` (what it is drawn for).
    pub fn draw(self, purpose: &str, key: &str) -> Draw {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ self.0;
        for byte in purpose.bytes().chain([0xff]).chain(key.bytes()) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Draw(hash)
    }
}

impl Draw {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`, each as likely as the next. `end` is at least 1.
    pub fn below(&mut self, end: u64) -> u64 {
        let wide = u128::from(self.bits()) * u128::from(end);
        u64::try_from(wide >> 64).expect("the upper half of a product of two 64-bit numbers")
    }

    /// A number from `first` to `last`, both possible.
    pub fn between(&mut self, first: u64, last: u64) -> u64 {
        first + self.below(last - first + 1)
    }

    /// True in `percent` of a hundred draws.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`, which are not empty.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let end = u64::try_from(choices.len()).expect("fewer than 2^64 choices");
        &choices[usize::try_from(self.below(end)).expect("below a length")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_draw_twice_is_the_same() {
        let take = |seed, purpose, key| Seed(seed).draw(purpose, key).bits();
        assert_eq!(take(1, "price", "42"), take(1, "price", "42"));
        assert_ne!(take(1, "price", "42"), take(2, "price", "42"));
        assert_ne!(take(1, "price", "42"), take(1, "weight", "42"));
        assert_ne!(take(1, "price", "42"), take(1, "price", "43"));
        assert_ne!(
            take(1, "pric", "e42"),
            take(1, "price", "42"),
            "purpose and key do not run together"
        );
    }

    #[test]
    fn numbers_stay_in_range_and_fill_it() {
        let mut draw = Seed(7).draw("range", "");
        let mut seen = [0_u32; 10];
        for _ in 0..10_000 {
            seen[usize::try_from(draw.between(0, 9)).expect("small")] += 1;
        }
        assert!(seen.iter().all(|count| (800..1_200).contains(count)), "{seen:?}");
        assert_eq!(draw.below(1), 0);
    }
}
