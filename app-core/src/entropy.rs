//! Random-looking bytes from a seed: the same seed gives the same bytes, so a simulated day can be
//! repeated. Draws nothing from the system; see `clock` for where a seed comes from.

use sha2::{Digest as _, Sha256};

/// SHA-256 of seed and counter, block by block.
#[derive(Debug, Clone)]
pub struct Entropy {
    seed: [u8; 32],
    counter: u64,
}

impl Entropy {
    /// A stream; every opening of an engine needs another seed, or ids repeat.
    #[must_use]
    pub const fn new(seed: [u8; 32]) -> Self {
        Self { seed, counter: 0 }
    }

    fn block(&mut self) -> [u8; 32] {
        self.counter += 1;
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.counter.to_be_bytes());
        hash.finalize().into()
    }

    /// Enough for one id.
    pub fn id(&mut self) -> [u8; 10] {
        let block = self.block();
        let mut out = [0; 10];
        out.copy_from_slice(&block[..10]);
        out
    }

    /// A whole block, for a key.
    pub fn key(&mut self) -> [u8; 32] {
        self.block()
    }

    /// A number below `bound`; 0 for a bound of 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        let block = self.block();
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&block[..8]);
        u64::from_be_bytes(bytes).checked_rem(bound).unwrap_or(0)
    }
}
