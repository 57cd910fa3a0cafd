//! How much time is left, in words and in urgency.
//!
//! What the promise is, and what follows from being late, is decided elsewhere.

use domain::clock::TimeMs;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Below it, a card asks for a look.
const SOON_MS: i64 = 30 * MINUTE_MS;

/// How loudly time speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Enough time.
    Calm,
    /// Under half an hour.
    Soon,
    /// The promise is past.
    Late,
}

impl Urgency {
    /// The value of the `data-urgency` attribute.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Soon => "soon",
            Self::Late => "late",
        }
    }
}

/// Time left as a card shows it: a figure, and the word under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// `25 min`, `1 h 20`, `2 days`.
    pub figure: String,
    /// `left` or `late`.
    pub word: &'static str,
    /// How loudly.
    pub urgency: Urgency,
}

/// The time from `now` to the promise.
#[must_use]
pub fn left(promise: TimeMs, now: TimeMs) -> Left {
    let ms = promise.since_ms(now);
    let urgency = match ms {
        ms if ms < 0 => Urgency::Late,
        ms if ms < SOON_MS => Urgency::Soon,
        _ => Urgency::Calm,
    };
    let word = if ms < 0 { "late" } else { "left" };
    Left { figure: span(ms.saturating_abs()), word, urgency }
}

/// A length of time in the largest units that matter.
#[must_use]
pub fn span(ms: i64) -> String {
    match ms {
        ms if ms < MINUTE_MS => "under 1 min".into(),
        ms if ms < HOUR_MS => format!("{} min", ms / MINUTE_MS),
        ms if ms < DAY_MS && ms % HOUR_MS < MINUTE_MS => format!("{} h", ms / HOUR_MS),
        ms if ms < DAY_MS => format!("{} h {:02}", ms / HOUR_MS, ms % HOUR_MS / MINUTE_MS),
        ms if ms < 2 * DAY_MS => "1 day".into(),
        ms => format!("{} days", ms / DAY_MS),
    }
}

/// How long ago `then` was.
#[must_use]
pub fn ago(then: TimeMs, now: TimeMs) -> String {
    let ms = now.since_ms(then).max(0);
    if ms < MINUTE_MS { "just now".into() } else { format!("{} ago", span(ms)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: TimeMs = TimeMs(1_795_435_200_000);

    fn in_minutes(minutes: i64) -> Left {
        left(NOON.plus_ms(minutes * MINUTE_MS), NOON)
    }

    #[test]
    fn time_left_has_a_figure_a_word_and_an_urgency() {
        let soon = Left { figure: "25 min".into(), word: "left", urgency: Urgency::Soon };
        assert_eq!(in_minutes(25), soon);
        let late = Left { figure: "8 min".into(), word: "late", urgency: Urgency::Late };
        assert_eq!(in_minutes(-8), late);
        assert_eq!(in_minutes(30).urgency, Urgency::Calm);
        assert_eq!(in_minutes(80).figure, "1 h 20");
        assert_eq!(in_minutes(120).figure, "2 h");
        assert_eq!(in_minutes(24 * 60).figure, "1 day");
        assert_eq!(in_minutes(24 * 60 * 3).figure, "3 days");
        assert_eq!(left(NOON.plus_ms(500), NOON).figure, "under 1 min");
    }

    #[test]
    fn the_past_is_told_and_the_future_is_now() {
        assert_eq!(ago(NOON, NOON.plus_ms(HOUR_MS + 5 * MINUTE_MS)), "1 h 05 ago");
        assert_eq!(ago(NOON, NOON.plus_ms(59_000)), "just now");
        assert_eq!(ago(NOON, NOON.plus_ms(-HOUR_MS)), "just now");
    }

    #[test]
    fn far_instants_do_not_panic() {
        assert_eq!(left(TimeMs(i64::MIN), TimeMs(i64::MAX)).urgency, Urgency::Late);
        assert_eq!(left(TimeMs(i64::MAX), TimeMs(i64::MIN)).urgency, Urgency::Calm);
    }
}
