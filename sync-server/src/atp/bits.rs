//! Some of the rules of a set, as bits of four words.

use std::ops::BitAnd;

use super::rules::RULES_MAX;

const WORDS: usize = RULES_MAX / 64;

/// Rules by their place in the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Bits(pub [u64; WORDS]);

impl Bits {
    /// Words of a set.
    pub const WORDS: usize = WORDS;

    /// The rules for which it is true.
    #[must_use]
    pub fn of(rules: usize, mut is: impl FnMut(usize) -> bool) -> Self {
        let mut bits = Self::default();
        for at in (0..rules).filter(|at| is(*at)) {
            bits.0[at / 64] |= 1 << (at % 64);
        }
        bits
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// Their places, ascending.
    pub fn places(self) -> impl Iterator<Item = usize> {
        (0..WORDS).flat_map(move |word| ones(self.0[word]).map(move |bit| word * 64 + bit))
    }
}

impl BitAnd for Bits {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(std::array::from_fn(|word| self.0[word] & other.0[word]))
    }
}

/// Places of the bits that are set, ascending.
pub fn ones(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros() as usize;
        word &= word.wrapping_sub(1);
        (bit < 64).then_some(bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_come_back() {
        let bits = Bits::of(256, |at| at % 85 == 0);
        assert_eq!(bits.places().collect::<Vec<_>>(), [0, 85, 170, 255]);
        assert!((bits & Bits::of(256, |at| at == 1)).is_empty());
        assert_eq!(ones(0).next(), None);
        assert_eq!(ones(1 << 63).collect::<Vec<_>>(), [63]);
    }
}
