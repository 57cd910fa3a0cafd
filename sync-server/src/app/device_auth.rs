//! How a device shows who it is: it signs a nonce with its key and gets a short-lived token; every
//! request is signed as well, so that a stolen token alone is worth nothing and no request can be
//! sent twice by somebody else.
//!
//! All of it lives in memory and is bounded: a server that restarts, or another copy of it, answers
//! 401, and the device signs again. There is no refresh secret that could be lost or stolen.
//! What it deliberately does not do: look at a device's state; that is read with every request, so
//! that a revocation holds at once.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    clock::TimeMs,
    ids::{DeviceId, LocationId},
    limits,
    sync::{TokenRequest, request_bytes, token_bytes},
};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::{db::devices::Device, moment::Moment};

/// Nonces that may wait for their signature; beyond it the oldest are forgotten.
const NONCES_MAX: usize = 10_000;
/// How long a nonce waits.
const NONCE_LIFE_MS: i64 = 2 * 60_000;
/// Tokens at a time: several for each of the devices of a large network.
const TOKENS_MAX: usize = 50_000;
/// Request nonces remembered; within the window only, at a request a second of 300 devices.
const SEEN_MAX: usize = 200_000;
/// Longest nonce of a request, in characters.
const REQUEST_NONCE_MAX: usize = 64;

/// Whom a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// The device.
    pub device: DeviceId,
    /// Where it works.
    pub location: LocationId,
    /// The same, by key.
    pub location_key: i64,
    /// Unpacked once for all requests of the token.
    key: VerifyingKey,
    expires: TimeMs,
}

/// Why a device is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthRefusal {
    /// No or an unknown token, or one that has run out.
    #[error("the access token is missing, unknown or too old")]
    Token,
    /// The nonce to be signed is unknown, too old or used.
    #[error("the nonce is unknown, too old or used")]
    Nonce,
    /// The signature does not fit.
    #[error("the signature does not fit")]
    Signature,
    /// The signature's time is too far from the server's.
    #[error("the signature's time is too far from the server's")]
    Clock,
    /// A request that was sent before.
    #[error("this request was sent before")]
    Replay,
}

/// A request as its device signed it.
#[derive(Debug, Clone, Copy)]
pub struct SignedRequest<'a> {
    /// From `Authorization: Device <access>`.
    pub access: &'a str,
    /// The `Stockhand-Signature` header.
    pub signature: &'a str,
    /// `GET` or `POST`.
    pub method: &'a str,
    /// Path and query as sent.
    pub path: &'a str,
    /// Body as sent.
    pub body: &'a [u8],
}

/// Nonces, tokens and seen requests. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct DeviceAuth {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    nonces: Expiring<String>,
    tokens: HashMap<[u8; 32], Bearer>,
    seen: Expiring<(DeviceId, String)>,
}

/// A bounded set whose members expire.
#[derive(Debug)]
struct Expiring<T> {
    members: HashSet<T>,
    by_expiry: BTreeMap<(TimeMs, u64), T>,
    count: u64,
}

impl<T> Default for Expiring<T> {
    fn default() -> Self {
        Self { members: HashSet::new(), by_expiry: BTreeMap::new(), count: 0 }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Expiring<T> {
    /// Adds a member; `false` when it is there already. Makes room by dropping what expires first.
    fn insert(&mut self, member: T, expires: TimeMs, now: TimeMs, max: usize) -> bool {
        self.drop_expired(now);
        if !self.members.insert(member.clone()) {
            return false;
        }
        self.count += 1;
        self.by_expiry.insert((expires, self.count), member);
        while self.by_expiry.len() > max {
            self.drop_first();
        }
        true
    }

    fn drop_expired(&mut self, now: TimeMs) {
        while self.by_expiry.first_key_value().is_some_and(|((expires, _), _)| *expires <= now) {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        if let Some((_, member)) = self.by_expiry.pop_first() {
            self.members.remove(&member);
        }
    }

    /// Takes a member out for good; its place in the queue goes when its time comes.
    fn take(&mut self, member: &T, now: TimeMs) -> bool {
        self.drop_expired(now);
        self.members.remove(member)
    }
}

impl DeviceAuth {
    /// A nonce for a device to sign, used once.
    #[must_use]
    pub fn nonce(&self, moment: &mut Moment) -> String {
        let nonce = hex(&moment.random()[..16]);
        let expires = moment.now.plus_ms(NONCE_LIFE_MS);
        self.inner().nonces.insert(nonce.clone(), expires, moment.now, NONCES_MAX);
        nonce
    }

    /// Gives a token to a device that signed a nonce. `device` is what the database knows of it.
    ///
    /// # Errors
    /// [`AuthRefusal::Nonce`] or [`AuthRefusal::Signature`]; either way the nonce is used up.
    pub fn token(
        &self,
        moment: &mut Moment,
        request: &TokenRequest,
        device: &Device,
    ) -> Result<String, AuthRefusal> {
        if !self.inner().nonces.take(&request.nonce, moment.now) {
            return Err(AuthRefusal::Nonce);
        }
        let signed = token_bytes(request.device, &request.nonce);
        let key = VerifyingKey::from_bytes(&device.public_key);
        let key = key.map_err(|_| AuthRefusal::Signature)?;
        verify(&key, &signed, &request.signature)?;
        let access = hex(&moment.random());
        let bearer = Bearer {
            device: device.id,
            location: device.location.clone(),
            location_key: device.location_key,
            key,
            expires: moment.now.plus_ms(limits::ACCESS_TOKEN_LIFE_MS),
        };
        let mut inner = self.inner();
        if inner.tokens.len() >= TOKENS_MAX {
            inner.tokens.retain(|_, bearer| bearer.expires > moment.now);
        }
        if inner.tokens.len() >= TOKENS_MAX {
            // Everybody signs in again: dear, but bounded and right.
            inner.tokens.clear();
        }
        inner.tokens.insert(Sha256::digest(&access).into(), bearer);
        Ok(access)
    }

    /// Checks a request's token and signature, and that it comes for the first time.
    ///
    /// # Errors
    /// [`AuthRefusal`].
    pub fn check(&self, now: TimeMs, request: &SignedRequest<'_>) -> Result<Bearer, AuthRefusal> {
        let hash: [u8; 32] = Sha256::digest(request.access).into();
        let bearer = self.inner().tokens.get(&hash).cloned();
        let bearer = bearer.filter(|b| b.expires > now).ok_or(AuthRefusal::Token)?;
        let Header { ts, nonce, sig } =
            Header::read(request.signature).ok_or(AuthRefusal::Signature)?;
        if ts.since_ms(now).saturating_abs() > limits::SIGNATURE_WINDOW_MS {
            return Err(AuthRefusal::Clock);
        }
        let signed = request_bytes(request.method, request.path, request.body, ts, nonce);
        verify(&bearer.key, &signed, sig)?;
        // Remembered as long as its time would be believed.
        let expires = ts.plus_ms(limits::SIGNATURE_WINDOW_MS + 1);
        let seen = (bearer.device, nonce.to_owned());
        if !self.inner().seen.insert(seen, expires, now, SEEN_MAX) {
            return Err(AuthRefusal::Replay);
        }
        Ok(bearer)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `ts=<ms>,nonce=<hex>,sig=<base64>`
struct Header<'a> {
    ts: TimeMs,
    nonce: &'a str,
    sig: &'a str,
}

impl<'a> Header<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(3, ',');
        let mut part = |name: &str| parts.next()?.trim().strip_prefix(name)?.strip_prefix('=');
        let (ts, nonce, sig) = (part("ts")?, part("nonce")?, part("sig")?);
        let is_nonce = !nonce.is_empty()
            && nonce.len() <= REQUEST_NONCE_MAX
            && nonce.bytes().all(|b| b.is_ascii_hexdigit());
        Some(Self { ts: TimeMs(ts.parse().ok()?), nonce: is_nonce.then_some(nonce)?, sig })
    }
}

fn verify(key: &VerifyingKey, signed: &[u8], signature: &str) -> Result<(), AuthRefusal> {
    let wrong = AuthRefusal::Signature;
    let bytes = BASE64_STANDARD.decode(signature).map_err(|_| wrong)?;
    let signature = Signature::from_slice(&bytes).map_err(|_| wrong)?;
    key.verify_strict(signed, &signature).map_err(|_| wrong)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use domain::api::DeviceState;
    use ed25519_dalek::{Signer, SigningKey};

    use super::*;

    const NOW: TimeMs = TimeMs(1_000_000_000);

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[3; 32])
    }

    fn device() -> Device {
        Device {
            id: DeviceId::new(NOW, [1; 10]),
            location_key: 1,
            location: LocationId::new("S1").expect("valid"),
            name: "Tablet".into(),
            public_key: key().verifying_key().to_bytes(),
            epoch: 1,
            state: DeviceState::Active,
        }
    }

    fn sign(bytes: &[u8]) -> String {
        BASE64_STANDARD.encode(key().sign(bytes).to_bytes())
    }

    fn moment() -> Moment {
        Moment::new(NOW, [5; 32])
    }

    fn token_request(nonce: &str) -> TokenRequest {
        let id = device().id;
        TokenRequest { device: id, nonce: nonce.into(), signature: sign(&token_bytes(id, nonce)) }
    }

    fn header(ts: TimeMs, nonce: &str, path: &str, body: &[u8]) -> String {
        let sig = sign(&request_bytes("POST", path, body, ts, nonce));
        format!("ts={},nonce={nonce},sig={sig}", ts.0)
    }

    fn signed_in() -> (DeviceAuth, String) {
        let (auth, mut moment) = (DeviceAuth::default(), moment());
        let nonce = auth.nonce(&mut moment);
        let access = auth.token(&mut moment, &token_request(&nonce), &device());
        (auth, access.expect("signed by the device"))
    }

    fn check(
        auth: &DeviceAuth,
        access: &str,
        signature: &str,
        (path, body): (&str, &[u8]),
        now: TimeMs,
    ) -> Result<DeviceId, AuthRefusal> {
        let request = SignedRequest { access, signature, method: "POST", path, body };
        auth.check(now, &request).map(|bearer| bearer.device)
    }

    #[test]
    fn a_nonce_is_signed_once_and_in_time() {
        let (auth, mut moment) = (DeviceAuth::default(), moment());
        let nonce = auth.nonce(&mut moment);
        let request = token_request(&nonce);
        assert!(auth.token(&mut moment, &request, &device()).is_ok());
        let again = auth.token(&mut moment, &request, &device());
        assert_eq!(again, Err(AuthRefusal::Nonce));
        let late = auth.nonce(&mut moment);
        moment.now = NOW.plus_ms(NONCE_LIFE_MS);
        let refused = auth.token(&mut moment, &token_request(&late), &device());
        assert_eq!(refused, Err(AuthRefusal::Nonce));
        let nonce = auth.nonce(&mut moment);
        let forged = TokenRequest { signature: sign(b"other"), ..token_request(&nonce) };
        let refused = auth.token(&mut moment, &forged, &device());
        assert_eq!(refused, Err(AuthRefusal::Signature));
    }

    #[test]
    fn a_request_is_taken_once_as_signed() {
        let (auth, access) = signed_in();
        let path = "/sync/v1/exchange";
        let good = header(NOW, "ab", path, b"{}");
        let sent = (path, b"{}".as_slice());
        assert_eq!(check(&auth, &access, &good, sent, NOW), Ok(device().id));
        assert_eq!(check(&auth, &access, &good, sent, NOW), Err(AuthRefusal::Replay));
        let fresh = header(NOW, "cd", path, b"{}");
        let refused = Err(AuthRefusal::Signature);
        assert_eq!(check(&auth, &access, &fresh, ("/sync/v1/other", b"{}"), NOW), refused);
        assert_eq!(check(&auth, &access, &fresh, (path, b"{ }"), NOW), refused);
        assert_eq!(check(&auth, &access, "ts=1", sent, NOW), refused);
        assert_eq!(check(&auth, "stolen", &fresh, sent, NOW), Err(AuthRefusal::Token));
    }

    #[test]
    fn time_bounds_signatures_and_tokens() {
        let (auth, access) = signed_in();
        let window = limits::SIGNATURE_WINDOW_MS;
        for (ts, nonce, allowed) in [
            (NOW.plus_ms(window), "01", true),
            (NOW.plus_ms(-window), "02", true),
            (NOW.plus_ms(window + 1), "03", false),
            (NOW.plus_ms(-window - 1), "04", false),
        ] {
            let checked = check(&auth, &access, &header(ts, nonce, "/", b""), ("/", b""), NOW);
            assert_eq!(checked.is_ok(), allowed, "{ts:?}");
        }
        let later = NOW.plus_ms(limits::ACCESS_TOKEN_LIFE_MS);
        let checked = check(&auth, &access, &header(later, "05", "/", b""), ("/", b""), later);
        assert_eq!(checked, Err(AuthRefusal::Token));
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut set = Expiring::default();
        for n in 0..10 {
            assert!(set.insert(n, NOW.plus_ms(n), NOW, 4));
        }
        assert_eq!((set.members.len(), set.by_expiry.len()), (4, 4));
        assert!(!set.insert(9, NOW.plus_ms(9), NOW, 4));
        set.drop_expired(NOW.plus_ms(100));
        assert!(set.members.is_empty());
    }
}
