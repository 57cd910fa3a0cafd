//! Hashes of passwords, PINs and codes, and random tokens. Slow on purpose: never call a hash on a
//! database thread.

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version,
    password_hash::SaltString,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::moment::Moment;

/// What one Argon2id hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl Default for HashCost {
    /// 19 MiB and two passes: the least that OWASP's cheat sheet names.
    fn default() -> Self {
        Self { memory_kib: 19 * 1024, passes: 2 }
    }
}

impl HashCost {
    /// For tests that make many hashes and keep no secret.
    pub const CHEAP: Self = Self { memory_kib: 8, passes: 1 };

    fn argon2(self) -> Argon2<'static> {
        let params = Params::new(self.memory_kib, self.passes, 1, None);
        let params = params.expect("a cost is a constant of ours, within Argon2's bounds");
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }
}

/// The Argon2id hash of a secret in PHC form.
#[must_use]
pub fn hash(secret: &str, cost: HashCost, moment: &mut Moment) -> String {
    let salt = SaltString::encode_b64(&moment.random()[..16]).expect("16 bytes are a salt");
    let hash = cost.argon2().hash_password(secret.as_bytes(), &salt);
    hash.expect("a salt of ours and any password make a hash").to_string()
}

/// Whether a secret is the one that was hashed; false for text that is no hash.
#[must_use]
pub fn verify(secret: &str, phc: &str) -> bool {
    PasswordHash::new(phc)
        .is_ok_and(|hash| Argon2::default().verify_password(secret.as_bytes(), &hash).is_ok())
}

/// A new token of 256 bits: the text for its owner, who sees it once.
#[must_use]
pub fn new_token(moment: &mut Moment) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(moment.random())
}

/// What is stored of a token. A fast hash is enough: it has 256 random bits.
#[must_use]
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::TimeMs;

    #[test]
    fn a_hash_is_salted_and_verifies_only_its_secret() {
        let mut moment = Moment::new(TimeMs(0), [1; 32]);
        let first = hash("481526", HashCost::CHEAP, &mut moment);
        let second = hash("481526", HashCost::CHEAP, &mut moment);
        assert_ne!(first, second);
        assert!(verify("481526", &first) && verify("481526", &second));
        assert!(!verify("481527", &first) && !verify("481526", "no hash"));
        assert!(first.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    }
}
