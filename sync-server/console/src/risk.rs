//! The list of what is at risk in groups: by promise or by age.

use domain::api::QueueRow;

use crate::tone::Tone;

const HOUR_MS: i64 = 3_600_000;

/// How the list is grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// By the time left until the promise.
    Promise,
    /// By the time since sourcing made it.
    Age,
}

impl Grouping {
    /// Reads the word of the URL.
    #[must_use]
    pub fn read(word: Option<&str>) -> Self {
        if word == Some("age") { Self::Age } else { Self::Promise }
    }
}

/// One band of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// Its heading.
    pub words: &'static str,
    /// How bad.
    pub tone: Tone,
    /// It holds what is below this; the last band holds the rest.
    below_ms: i64,
}

const fn band(words: &'static str, tone: Tone, below_ms: i64) -> Band {
    Band { words, tone, below_ms }
}

const BY_PROMISE: [Band; 5] = [
    band("More than 2 hours late", Tone::Bad, -2 * HOUR_MS),
    band("Late", Tone::Bad, 0),
    band("Due within 30 minutes", Tone::Warn, HOUR_MS / 2),
    band("Due within the hour", Tone::Warn, HOUR_MS),
    band("Due later", Tone::Quiet, i64::MAX),
];
const BY_AGE: [Band; 4] = [
    band("Older than a day", Tone::Bad, -24 * HOUR_MS),
    band("Older than 4 hours", Tone::Warn, -4 * HOUR_MS),
    band("Older than an hour", Tone::Info, -HOUR_MS),
    band("Less than an hour old", Tone::Quiet, i64::MAX),
];

impl Grouping {
    /// The bands, the worst first.
    #[must_use]
    pub const fn bands(self) -> &'static [Band] {
        match self {
            Self::Promise => &BY_PROMISE,
            Self::Age => &BY_AGE,
        }
    }

    /// The band of a row, as an index into [`Grouping::bands`].
    #[must_use]
    pub fn band_of(self, row: &QueueRow, now_ms: i64) -> usize {
        let ms = match self {
            Self::Promise => row.promise_at.0.saturating_sub(now_ms),
            Self::Age => row.created_at.0.saturating_sub(now_ms),
        };
        let bands = self.bands();
        bands.iter().position(|band| ms < band.below_ms).unwrap_or(bands.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::TimeMs;

    fn row(created_ms: i64, promise_ms: i64) -> QueueRow {
        let mut row: QueueRow = serde_json::from_value(serde_json::json!({
            "order": "01890a5d-ac96-774b-bcce-b302099a8057",
            "fulfillment": "01890a5d-ac96-774b-bcce-b302099a8058", "short_code": "AB12",
            "external_number": "W-1", "location": "S1", "location_name": "One", "method": "ship",
            "stage": "accepted", "stage_words": "to pick", "units": 1,
            "created_at": "2026-01-01T00:00:00Z", "promise_at": "2026-01-01T00:00:00Z",
            "left_ms": 0, "risk": null, "claimed_by": null
        }))
        .expect("the public form");
        (row.created_at, row.promise_at) = (TimeMs(created_ms), TimeMs(promise_ms));
        row
    }

    #[test]
    fn every_promise_has_its_band() {
        let cases =
            [(-3 * HOUR_MS, 0), (-1, 1), (0, 2), (HOUR_MS - 1, 3), (HOUR_MS, 4), (i64::MAX, 4)];
        for (left_ms, index) in cases {
            assert_eq!(Grouping::Promise.band_of(&row(0, left_ms), 0), index, "{left_ms}");
        }
    }

    #[test]
    fn the_old_come_first() {
        for (age_ms, index) in [(25 * HOUR_MS, 0), (5 * HOUR_MS, 1), (2 * HOUR_MS, 2), (0, 3)] {
            assert_eq!(Grouping::Age.band_of(&row(-age_ms, 0), 0), index, "{age_ms}");
        }
    }
}
