//! Instants as values. Nothing here reads a clock: time is an argument everywhere in this crate.

use serde::{Deserialize, Serialize};

/// An instant, in milliseconds since 1970-01-01 UTC. Wall clocks annotate; they never order or gate.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct TimeMs(pub i64);

impl TimeMs {
    /// This instant moved by `ms` (negative: earlier), saturating.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant; negative when it is later.
    #[must_use]
    pub const fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// RFC 3339 in UTC with milliseconds, as `2026-11-23T06:41:07.120Z`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        let clamped = self.0.clamp(-62_135_596_800_000, 253_402_207_200_000 - 1);
        let timestamp = jiff::Timestamp::from_millisecond(clamped).expect("clamped into range");
        format!("{timestamp:.3}")
    }

    /// Reads an RFC 3339 instant with any offset.
    ///
    /// # Errors
    /// The text is not such an instant; the message says where.
    pub fn from_rfc3339(text: &str) -> Result<Self, String> {
        text.parse::<jiff::Timestamp>()
            .map(|t| Self(t.as_millisecond()))
            .map_err(|e| format!("“{}” is not an RFC 3339 time: {e}", text.escape_debug()))
    }
}

/// Serde form of [`TimeMs`] as RFC 3339 text, for the public API (`#[serde(with = …)]`).
pub mod rfc3339 {
    use super::TimeMs;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes the instant as text.
    ///
    /// # Errors
    /// Only those of the serializer.
    pub fn serialize<S: Serializer>(time: &TimeMs, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&time.to_rfc3339())
    }

    /// Reads the instant from text.
    ///
    /// # Errors
    /// The text is not RFC 3339.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<TimeMs, D::Error> {
        let text = String::deserialize(from)?;
        TimeMs::from_rfc3339(&text).map_err(D::Error::custom)
    }

    /// The same for an instant that may be absent.
    pub mod option {
        use super::{Instant, TimeMs};
        use serde::{Deserialize, Deserializer, Serializer};

        /// Writes the instant as text, or null.
        ///
        /// # Errors
        /// Only those of the serializer.
        pub fn serialize<S: Serializer>(time: &Option<TimeMs>, to: S) -> Result<S::Ok, S::Error> {
            match time {
                Some(time) => super::serialize(time, to),
                None => to.serialize_none(),
            }
        }

        /// Reads the instant from text, or null.
        ///
        /// # Errors
        /// The text is not RFC 3339.
        pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<TimeMs>, D::Error> {
            Ok(Option::<Instant>::deserialize(from)?.map(|d| d.0))
        }
    }

    #[derive(serde::Deserialize)]
    #[serde(transparent)]
    struct Instant(#[serde(with = "super::rfc3339")] TimeMs);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_round_trips() {
        let time = TimeMs(1_795_411_267_120);
        assert_eq!(TimeMs::from_rfc3339(&time.to_rfc3339()), Ok(time));
        assert_eq!(TimeMs::from_rfc3339("1970-01-01T01:00:00+01:00"), Ok(TimeMs(0)));
        assert!(TimeMs::from_rfc3339("yesterday").is_err());
    }

    #[test]
    fn far_instants_do_not_panic() {
        assert!(TimeMs(i64::MAX).to_rfc3339().starts_with("9999"));
        assert!(TimeMs(i64::MIN).to_rfc3339().starts_with("0001"));
    }
}
