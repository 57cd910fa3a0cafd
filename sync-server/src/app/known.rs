//! Tokens of channels that were good a moment ago, so that not every question about stock asks the
//! database who asks. A token that is taken away still opens those questions for so long; orders never
//! look here.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use domain::{clock::TimeMs, ids::ChannelId};

/// How long a token is taken for good.
const KEPT_MS: i64 = 10_000;
/// Tokens kept; there are as many channels at most.
const TOKENS_MAX: usize = 1_000;

/// Hashes of tokens, and whose they are.
#[derive(Debug, Default)]
pub struct KnownTokens(RwLock<HashMap<[u8; 32], (ChannelId, TimeMs)>>);

impl KnownTokens {
    /// Whose token it is, when it was good a moment ago.
    #[must_use]
    pub fn find(&self, hash: &[u8; 32], now: TimeMs) -> Option<ChannelId> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let fresh = |since: TimeMs| (0..KEPT_MS).contains(&now.since_ms(since));
        known.get(hash).filter(|(_, since)| fresh(*since)).map(|(id, _)| id.clone())
    }

    /// Keeps a token that has been found good.
    pub fn keep(&self, hash: [u8; 32], channel: ChannelId, now: TimeMs) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= TOKENS_MAX {
            known.clear();
        }
        known.insert(hash, (channel, now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_known_and_bounded() {
        let (known, now) = (KnownTokens::default(), TimeMs(1_000_000));
        let web = ChannelId::new("web").expect("valid");
        assert_eq!(known.find(&[1; 32], now), None);
        for n in 0..=TOKENS_MAX {
            let mut hash = [1; 32];
            hash[..8].copy_from_slice(&n.to_be_bytes());
            known.keep(hash, web.clone(), now);
            assert_eq!(known.find(&hash, now), Some(web.clone()));
            assert_eq!(known.find(&hash, now.plus_ms(KEPT_MS)), None);
            assert_eq!(known.find(&hash, now.plus_ms(-1)), None, "a clock that was set back");
        }
        assert_eq!(known.0.read().expect("whole").len(), 1, "it starts over");
    }
}
