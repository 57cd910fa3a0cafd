//! What a receiver checks a delivery by: HMAC-SHA256 over `id.timestamp.body`, as
//! [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md)
//! has it. While a secret is changed a delivery carries the signatures of both.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use domain::clock::TimeMs;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::keys::ServerKeys;

/// How long after a change deliveries are signed with the secret of before, too.
pub const GRACE_MS: i64 = 24 * 3_600_000;

/// A secret of one endpoint.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// The secret that an endpoint has for this number. It is derived from the server's key, so that
    /// neither the database nor its backups hold it.
    #[must_use]
    pub fn derived(keys: &ServerKeys, id: &str, number: i64) -> Self {
        Self(keys.mac(&[b"webhook v1", id.as_bytes(), &number.to_be_bytes()]).to_vec())
    }

    /// As libraries take it.
    #[must_use]
    pub fn text(&self) -> String {
        format!("whsec_{}", BASE64_STANDARD.encode(&self.0))
    }

    /// One signature of `webhook-signature`; `at_s` are the seconds of `webhook-timestamp`.
    #[must_use]
    pub fn sign(&self, id: &str, at_s: i64, body: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length");
        mac.update(format!("{id}.{at_s}.{body}").as_bytes());
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// The secrets that an endpoint signs with now, the newest first.
#[must_use]
pub fn secrets(
    keys: &ServerKeys,
    id: &str,
    number: i64,
    since: TimeMs,
    now: TimeMs,
) -> Vec<Secret> {
    let until = old_until(number, since, now);
    let numbers = [Some(number), until.map(|_| number - 1)];
    numbers.into_iter().flatten().map(|number| Secret::derived(keys, id, number)).collect()
}

/// Until when the secret of before is signed with; `None` when it is over, or there was none.
#[must_use]
pub fn old_until(number: i64, since: TimeMs, now: TimeMs) -> Option<TimeMs> {
    let until = since.plus_ms(GRACE_MS);
    (number > 1 && now < until).then_some(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that libraries of the standard are tested with.
    #[test]
    fn the_public_example_is_signed_as_published() {
        let key = BASE64_STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("base64");
        let signed = Secret(key).sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn both_secrets_sign_for_a_day() {
        let (keys, since) = (ServerKeys::from_secret([1; 32]), TimeMs(5_000));
        let at = |number, ms| secrets(&keys, "wh_1", number, since, since.plus_ms(ms)).len();
        assert_eq!((at(1, 0), at(2, 0), at(2, GRACE_MS - 1), at(2, GRACE_MS)), (1, 2, 2, 1));
        let first = Secret::derived(&keys, "wh_1", 1);
        assert!(secrets(&keys, "wh_1", 2, since, since)[1] == first);
        assert!(first != Secret::derived(&keys, "wh_2", 1));
        assert_eq!(first.text().len(), "whsec_".len() + 44);
    }
}
