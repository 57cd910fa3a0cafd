//! Pairing a tablet with a location by a code that a person carries from the console to it.
//!
//! A code has 8 characters of Crockford's base 32 (40 bits), lives ten minutes, works once and
//! survives five wrong tries. The database keeps keyed hashes of it: 40 bits are few for a plain
//! hash, slow or not, and without the key file the hashes are worth nothing.
//!
//! What it deliberately does not do: attest the device, or wait for a manager to compare key
//! fingerprints before the tablet becomes active; both come with the security work.

use std::sync::{Mutex, PoisonError};

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    api::DeviceState,
    clock::TimeMs,
    ids::{DeviceId, FeedEpoch, LocationId},
    limits,
    sync::{RedeemRequest, RedeemResponse},
};
use ed25519_dalek::VerifyingKey;

use crate::{
    app::exchange::start_feed,
    db::{
        DbError, Tx, cards,
        devices::{self, Device},
        feed,
        pairing::{self, NewCode, Tried},
        sscc,
    },
    keys::ServerKeys,
    moment::Moment,
};

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH: usize = 8;

/// A code, to be shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCode {
    /// `7K3M-9QXD`.
    pub code: String,
    /// Until when it can be used.
    pub expires: TimeMs,
}

/// Why a tablet was not paired. All wrong codes look the same to whoever guesses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnrolRefusal {
    /// No such code, or one that can no longer be used.
    #[error("this pairing code is not valid")]
    WrongCode,
    /// The right code, too late, too often, or a second time.
    #[error("this pairing code has been used or has run out")]
    SpentCode,
    /// Not an Ed25519 public key.
    #[error("the device's public key is not an Ed25519 key in base64")]
    BadKey,
    /// A name, version or platform over the limit or with control characters.
    #[error("name, app and platform are short plain texts")]
    BadText,
    /// The tablet belongs to another location and may hold unsent work of it.
    #[error("this tablet is paired with another location")]
    OtherLocation,
}

/// Wrong codes that the whole server takes in a minute.
const WRONG_CODES_MAX: u32 = 30;

/// Slows down whoever guesses: counts wrong codes by the minute, whoever sent them.
#[derive(Debug, Default)]
pub struct WrongCodes {
    minute: Mutex<(i64, u32)>,
}

impl WrongCodes {
    /// Whether a code may be tried now.
    pub fn may_try(&self, now: TimeMs) -> bool {
        let (minute, count) = *self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        minute != now.0 / 60_000 || count < WRONG_CODES_MAX
    }

    /// Counts a wrong one.
    pub fn note(&self, now: TimeMs) {
        let mut known = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = now.0 / 60_000;
        *known = if known.0 == minute { (minute, known.1 + 1) } else { (minute, 1) };
    }
}

/// Makes a code for a location.
///
/// # Errors
/// [`DbError`].
pub fn issue_code(
    tx: &mut Tx,
    moment: &mut Moment,
    keys: &ServerKeys,
    location_key: i64,
    created_by: &str,
) -> Result<IssuedCode, DbError> {
    let expires = moment.now.plus_ms(limits::PAIRING_CODE_LIFE_MS);
    loop {
        let code: String = moment.random()[..CODE_LENGTH].iter().map(|b| letter(*b)).collect();
        let id = DeviceId::new(moment.now, moment.entropy()).to_string();
        let (selector, hash) = hashes(keys, &code);
        let now = moment.now;
        let new = NewCode { id: &id, location_key, selector, hash, created_by, now, expires };
        if pairing::insert(tx, &new)? {
            let code = format!("{}-{}", &code[..4], &code[4..]);
            return Ok(IssuedCode { code, expires });
        }
    }
}

fn letter(random: u8) -> char {
    char::from(ALPHABET[usize::from(random & 31)])
}

/// Pairs a tablet: a new one, or a known one of the same location that keeps its id and starts the
/// next epoch. Commit a refusal as well, since a wrong try counts.
///
/// # Errors
/// [`DbError`].
pub fn redeem(
    tx: &mut Tx,
    moment: &mut Moment,
    keys: &ServerKeys,
    request: &RedeemRequest,
) -> Result<Result<RedeemResponse, EnrolRefusal>, DbError> {
    let key = match check(request) {
        Ok(key) => key,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let Some(code) = plain_code(&request.code) else { return Ok(Err(EnrolRefusal::WrongCode)) };
    let (selector, hash) = hashes(keys, &code);
    let known = request.device.map(|id| devices::find(tx, id)).transpose()?.flatten();
    let location_key = match pairing::attempt(tx, selector, hash, moment.now)? {
        Tried::Right { location_key } => location_key,
        Tried::Unknown | Tried::Wrong => return Ok(Err(EnrolRefusal::WrongCode)),
        Tried::Void | Tried::Expired | Tried::Used => return Ok(Err(EnrolRefusal::SpentCode)),
    };
    if known.as_ref().is_some_and(|device| device.location_key != location_key) {
        return Ok(Err(EnrolRefusal::OtherLocation));
    }
    let fresh = DeviceId::new(moment.now, moment.entropy());
    let device = Device {
        id: request.device.unwrap_or(fresh),
        location_key,
        location: cards::location(tx, location_key)?.location.id,
        name: request.name.trim().to_owned(),
        public_key: key,
        epoch: known.map_or(1, |device| device.epoch.saturating_add(1)),
        state: DeviceState::Active,
    };
    devices::enrol(tx, &device, &request.app, &request.platform, moment.now)?;
    welcome(tx, moment, keys, &device).map(Ok)
}

fn welcome(
    tx: &mut Tx,
    moment: &mut Moment,
    keys: &ServerKeys,
    device: &Device,
) -> Result<RedeemResponse, DbError> {
    let location: LocationId = device.location.clone();
    let sscc = vec![sscc::lease(tx, device.id, moment.now)?];
    let feed_epoch = feed::epoch(tx, FeedEpoch::new(moment.now, moment.entropy()))?;
    start_feed(tx, device.location_key)?;
    Ok(RedeemResponse {
        device: device.id,
        epoch: device.epoch,
        location,
        server_key: BASE64_STANDARD.encode(keys.public()),
        feed_epoch,
        sscc,
    })
}

fn check(request: &RedeemRequest) -> Result<[u8; 32], EnrolRefusal> {
    let fits = |text: &String, max: usize| {
        text.chars().count() <= max && !text.chars().any(char::is_control)
    };
    let name = !request.name.trim().is_empty() && fits(&request.name, limits::TEXT_MAX);
    if !name || !fits(&request.app, 64) || !fits(&request.platform, 64) {
        return Err(EnrolRefusal::BadText);
    }
    let bytes = BASE64_STANDARD.decode(&request.public_key).ok();
    let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    let bytes = bytes.ok_or(EnrolRefusal::BadKey)?;
    match VerifyingKey::from_bytes(&bytes) {
        Ok(key) if !key.is_weak() => Ok(bytes),
        _ => Err(EnrolRefusal::BadKey),
    }
}

/// The eight characters as they were drawn: case, dashes and spaces do not count, and letters that
/// look like digits are read as those.
fn plain_code(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|c| !matches!(c, '-' | ' '))
        .take(CODE_LENGTH + 1)
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let known = |c: char| u8::try_from(c).is_ok_and(|c| ALPHABET.contains(&c));
    (code.chars().count() == CODE_LENGTH && code.chars().all(known)).then_some(code)
}

fn hashes(keys: &ServerKeys, code: &str) -> ([u8; 32], [u8; 32]) {
    let half = &code.as_bytes()[..CODE_LENGTH / 2];
    (
        keys.mac(&[b"pairing code, first half, v1", half]),
        keys.mac(&[b"pairing code v1", code.as_bytes()]),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_is_slow() {
        let (codes, now) = (WrongCodes::default(), TimeMs(60_000));
        for _ in 0..WRONG_CODES_MAX {
            assert!(codes.may_try(now));
            codes.note(now);
        }
        assert!(!codes.may_try(now.plus_ms(59_999)));
        assert!(codes.may_try(now.plus_ms(60_000)));
    }

    #[test]
    fn a_typed_code_is_read_as_it_was_meant() {
        assert_eq!(plain_code("7k3m-9qxd").as_deref(), Some("7K3M9QXD"));
        assert_eq!(plain_code(" oIl0 1234").as_deref(), Some("01101234"));
        for wrong in ["", "7K3M9QX", "7K3M9QXDD", "7K3M9QXU", "7K3M9QX\u{e9}"] {
            assert_eq!(plain_code(wrong), None, "{wrong}");
        }
    }
}
