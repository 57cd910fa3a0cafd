//! What a customer shows at the counter, as bytes to sign and hash. Verified on the tablet without a
//! network: the scanned code by the server's Ed25519 signature, the spoken one by a salted hash. The
//! cryptography itself happens at the edges; this fixes what goes into it.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::ids::OrderId;

/// Text before every scanned pickup code, so that a scan of it is told from a barcode.
pub const CODE_PREFIX: &str = "SHP1.";

/// The salted hash of the short code, in PHC form (Argon2id). Six digits are few: the hash only
/// keeps the code out of sight, and tries are limited on the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickupCredential {
    /// PHC string.
    pub short_code_hash: String,
}

/// A pickup code as read from a QR symbol: the order and a signature over [`signed_bytes`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickupCode {
    /// The order it opens.
    pub order: OrderId,
    /// Ed25519 signature.
    pub signature: [u8; 64],
}

/// What the server signs for an order's pickup code.
#[must_use]
pub fn signed_bytes(order: OrderId) -> Vec<u8> {
    [b"stockhand pickup v1\0".as_slice(), order.uuid().as_bytes()].concat()
}

impl PickupCode {
    /// The text of the QR symbol: prefix and base64url of order id and signature.
    #[must_use]
    pub fn to_text(&self) -> String {
        let bytes = [self.order.uuid().as_bytes().as_slice(), &self.signature].concat();
        format!("{CODE_PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Reads a scanned text; `None` when it is not a pickup code at all.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let encoded = text.trim().strip_prefix(CODE_PREFIX)?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let (id, signature) = bytes.split_at_checked(16)?;
        Some(Self {
            order: OrderId::from_uuid(Uuid::from_slice(id).ok()?),
            signature: signature.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::TimeMs;
    use proptest::prelude::*;

    #[test]
    fn a_pickup_code_reads_back() {
        let code = PickupCode { order: OrderId::new(TimeMs(7), [3; 10]), signature: [9; 64] };
        assert_eq!(PickupCode::from_text(&code.to_text()), Some(code));
    }

    proptest! {
        #[test]
        fn any_other_text_is_no_code_and_never_panics(text in ".{0,200}") {
            let read = PickupCode::from_text(&text);
            prop_assert!(read.is_none() || text.trim().starts_with(CODE_PREFIX));
            let _ = PickupCode::from_text(&format!("{CODE_PREFIX}{text}"));
        }
    }
}
