//! The server's long-lived secret: one Ed25519 key, kept in a file beside the database. Pickup codes
//! are signed with it and the spoken digits are derived from it, so that neither is ever stored.

use std::path::Path;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    credential::{PickupCode, signed_bytes},
    ids::OrderId,
};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The signing key and what is derived from it.
#[derive(Clone)]
pub struct ServerKeys {
    signing: SigningKey,
}

/// The key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Reading or writing it failed.
    #[error("cannot use the key file {path}")]
    Io {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It does not hold 32 bytes.
    #[error("the key file {path} does not hold a key of 32 bytes")]
    Form {
        /// Which file.
        path: String,
    },
}

impl ServerKeys {
    /// The keys of a secret.
    #[must_use]
    pub fn from_secret(secret: [u8; 32]) -> Self {
        Self { signing: SigningKey::from_bytes(&secret) }
    }

    /// Reads the key file, or makes it with `fresh` the first time (readable by its owner only).
    ///
    /// # Errors
    /// [`KeyError`]; a damaged file is never replaced, since every pickup code depends on it.
    pub fn open(path: &Path, fresh: [u8; 32]) -> Result<Self, KeyError> {
        let name = || path.display().to_string();
        match std::fs::read(path) {
            Ok(bytes) => {
                let secret = bytes.try_into().map_err(|_| KeyError::Form { path: name() })?;
                Ok(Self::from_secret(secret))
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                write_private(path, &fresh)
                    .map_err(|source| KeyError::Io { path: name(), source })?;
                Ok(Self::from_secret(fresh))
            }
            Err(source) => Err(KeyError::Io { path: name(), source }),
        }
    }

    /// The public key that tablets check pickup codes with.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.signing.verifying_key().to_bytes()
    }

    /// The code for the QR symbol of an order's pickup message.
    #[must_use]
    pub fn pickup_code(&self, order: OrderId) -> PickupCode {
        let signature = self.signing.sign(&signed_bytes(order)).to_bytes();
        PickupCode { order, signature }
    }

    /// The six digits of an order's pickup message.
    #[must_use]
    pub fn pickup_pin(&self, order: OrderId) -> String {
        let mac = self.mac(&[b"pickup pin v1", order.uuid().as_bytes()]);
        let number = u32::from_be_bytes([mac[0], mac[1], mac[2], mac[3]]) % 1_000_000;
        format!("{number:06}")
    }

    /// Signs the number of a promise.
    #[must_use]
    pub fn promise_mac(&self, id: &str) -> [u8; 16] {
        let mac = self.mac(&[b"promise v1", id.as_bytes()]);
        mac[..16].try_into().expect("sixteen of thirty-two bytes")
    }

    /// The number of a promise whose token is genuine.
    #[must_use]
    pub fn promise_of<'a>(&self, token: &'a str) -> Option<&'a str> {
        let (id, signature) = token.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.promise_mac(id)).ok()?;
        mac.update(b"compared in constant time");
        let mut other = Hmac::<Sha256>::new_from_slice(&signature).ok()?;
        other.update(b"compared in constant time");
        mac.verify(&other.finalize().into_bytes()).is_ok().then_some(id)
    }

    /// What is known of a customer where units are counted for them: of what a shop calls them, however it
    /// is spelled. Without the key nobody can try names.
    #[must_use]
    pub fn customer(&self, said: &str) -> String {
        let mac = self.mac(&[b"customer v1", said.trim().to_lowercase().as_bytes()]);
        URL_SAFE_NO_PAD.encode(&mac[..16])
    }

    /// A keyed hash of several parts, for whatever else must be derived and not stored.
    #[must_use]
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.signing.as_bytes())
            .expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(unix)]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(not(unix))]
fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::write(path, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::TimeMs;
    use ed25519_dalek::{Signature, Verifier};

    #[test]
    fn a_pickup_code_is_the_orders_own() {
        let keys = ServerKeys::from_secret([1; 32]);
        let order = OrderId::new(TimeMs(5), [4; 10]);
        let code = keys.pickup_code(order);
        let key = ed25519_dalek::VerifyingKey::from_bytes(&keys.public()).expect("a key");
        let signature = Signature::from_bytes(&code.signature);
        assert!(key.verify(&signed_bytes(order), &signature).is_ok());
        let other = OrderId::new(TimeMs(6), [4; 10]);
        assert!(key.verify(&signed_bytes(other), &signature).is_err());
        assert_ne!(keys.pickup_pin(order), keys.pickup_pin(other));
    }

    #[test]
    fn a_promise_is_known_by_its_own_signature() {
        let keys = ServerKeys::from_secret([1; 32]);
        let token = |id: &str| format!("{id}.{}", URL_SAFE_NO_PAD.encode(keys.promise_mac(id)));
        assert_eq!(keys.promise_of(&token("a-1")), Some("a-1"));
        let other = token("a-2").replace("a-2", "a-1");
        for forged in [other.as_str(), "a-1", "a-1.", "a-1.!", ""] {
            assert_eq!(keys.promise_of(forged), None, "{forged}");
        }
        assert_eq!(ServerKeys::from_secret([2; 32]).promise_of(&token("a-1")), None);
    }
}
