//! Typed identifiers. Uuids are version 7, made from a clock and entropy that the caller passes in;
//! codes are short texts that people read aloud. Nothing here draws randomness.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

use crate::clock::TimeMs;

/// A text that is not the identifier it claims to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a valid {what}")]
pub struct InvalidId {
    /// What was expected, as a person would say it.
    pub what: &'static str,
    /// What was given, cut to 64 characters.
    pub text: String,
}

impl InvalidId {
    fn new(what: &'static str, text: &str) -> Self {
        Self { what, text: text.chars().take(64).collect() }
    }
}

/// A version 7 uuid for this instant; `entropy` supplies its 74 random bits (RFC 9562, 5.7).
#[must_use]
pub fn uuid_v7(now: TimeMs, entropy: [u8; 10]) -> Uuid {
    let ms = u64::try_from(now.0).unwrap_or(0).to_be_bytes();
    let mut bytes = [0_u8; 16];
    bytes[..6].copy_from_slice(&ms[2..]);
    bytes[6..].copy_from_slice(&entropy);
    bytes[6] = (bytes[6] & 0x0f) | 0x70;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    Uuid::from_bytes(bytes)
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(
            feature = "schema",
            derive(utoipa::ToSchema),
            schema(value_type = String, format = "uuid")
        )]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id for this instant; see [`uuid_v7`].
            #[must_use]
            pub fn new(now: TimeMs, entropy: [u8; 10]) -> Self {
                Self(uuid_v7(now, entropy))
            }

            /// The id of a uuid that is already known.
            #[must_use]
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The uuid behind the id.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Uuid::parse_str(text).map(Self).map_err(|_| InvalidId::new($what, text))
            }
        }
    };
}

uuid_id!(
    /// An order.
    OrderId, "order id");
uuid_id!(
    /// The work that one location does for an order.
    FulfillmentId, "fulfillment id");
uuid_id!(
    /// A closed box or bag.
    PackageId, "package id");
uuid_id!(
    /// A tablet.
    DeviceId, "device id");
uuid_id!(
    /// One change made in a store; quoted by labels, webhooks and logs.
    CommandId, "command id");
uuid_id!(
    /// One signed-in stretch of an associate on a device.
    SessionId, "session id");
uuid_id!(
    /// One server history; a restore from backup starts a new one.
    FeedEpoch, "feed epoch");
uuid_id!(
    /// A disagreement between record and reality. It is the id of the command that showed it, so that
    /// every replay names the same exception.
    ExceptionId, "exception id");

impl From<CommandId> for ExceptionId {
    fn from(id: CommandId) -> Self {
        Self(id.0)
    }
}

impl ExceptionId {
    /// The other exception that one command may show: that its actor was not allowed to do it.
    #[must_use]
    pub const fn of_actor(command: CommandId) -> Self {
        Self(Uuid::from_u128(command.0.as_u128() ^ 1))
    }
}

macro_rules! code_id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $allowed:expr, $pattern:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(
            feature = "schema",
            derive(utoipa::ToSchema),
            schema(value_type = String, pattern = $pattern)
        )]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Longest text, in characters.
            pub const LENGTH_MAX: usize = $max;

            /// Checks the text.
            ///
            /// # Errors
            /// [`InvalidId`] when it is empty, too long, or holds another character.
            pub fn new(text: impl Into<String>) -> Result<Self, InvalidId> {
                let text = text.into();
                let allowed: fn(char) -> bool = $allowed;
                if text.is_empty() || text.chars().count() > $max || !text.chars().all(allowed) {
                    return Err(InvalidId::new($what, &text));
                }
                Ok(Self(text))
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::new(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

fn is_code(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/')
}

fn is_printable(c: char) -> bool {
    !c.is_control()
}

code_id!(
    /// A stock keeping unit, as the retailer writes it.
    Sku, "SKU", 40, is_code, "^[A-Za-z0-9._/-]{1,40}$");
code_id!(
    /// A store, warehouse, 3PL or drop-ship vendor that holds stock.
    LocationId, "location", 24, is_code, "^[A-Za-z0-9._/-]{1,24}$");
code_id!(
    /// A person who works on tablets.
    AssociateId, "associate number", 24, is_code, "^[A-Za-z0-9._/-]{1,24}$");
code_id!(
    /// A sales channel: the web shop, an app, a marketplace.
    ChannelId, "channel", 24, is_code, "^[A-Za-z0-9._/-]{1,24}$");
code_id!(
    /// The number a channel gave an order.
    ExternalNumber, "order number", 64, is_printable, r"^[^\x00-\x1f\x7f-\x9f]{1,64}$");
code_id!(
    /// A reusable container of the pick.
    ToteId, "tote", 24, is_code, "^[A-Za-z0-9._/-]{1,24}$");
code_id!(
    /// The place where packed goods wait.
    SlotId, "staging slot", 24, is_code, "^[A-Za-z0-9._/-]{1,24}$");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_v7_carries_its_time_version_and_variant() {
        let id = uuid_v7(TimeMs(0x0123_4567_89ab), [0xff; 10]);
        assert_eq!(id.to_string(), "01234567-89ab-7fff-bfff-ffffffffffff");
    }

    #[test]
    fn codes_have_a_length_and_an_alphabet() {
        assert!(Sku::new("100-23.A").is_ok());
        assert!(Sku::new("").is_err());
        assert!(Sku::new("a b").is_err());
        assert!(Sku::new("x".repeat(Sku::LENGTH_MAX + 1)).is_err());
        assert!(serde_json::from_str::<Sku>("\"a b\"").is_err());
    }
}
