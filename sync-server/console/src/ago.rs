//! Spans of time as people say them: "12 min ago", "in 3 h", "40 min late".
//!
//! Knows no clock and no zone: exact times are the browser's business (`intl`).

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// So little is now.
const NOW_MS: i64 = 10_000;

/// How long, in the largest unit that still tells something: `35 s`, `12 min`, `3 h 05`, `2 d`.
#[must_use]
pub fn span(ms: i64) -> String {
    let ms = ms.saturating_abs();
    if ms < MINUTE_MS {
        format!("{} s", ms / 1_000)
    } else if ms < HOUR_MS {
        format!("{} min", ms / MINUTE_MS)
    } else if ms < 10 * HOUR_MS {
        format!("{} h {:02}", ms / HOUR_MS, ms % HOUR_MS / MINUTE_MS)
    } else if ms < 2 * DAY_MS {
        format!("{} h", ms / HOUR_MS)
    } else {
        format!("{} d", ms / DAY_MS)
    }
}

/// An instant of the past or the future, seen from `now_ms`.
#[must_use]
pub fn relative(at_ms: i64, now_ms: i64) -> String {
    let delta_ms = at_ms.saturating_sub(now_ms);
    if delta_ms.saturating_abs() <= NOW_MS {
        "now".to_owned()
    } else if delta_ms < 0 {
        format!("{} ago", span(delta_ms))
    } else {
        format!("in {}", span(delta_ms))
    }
}

/// What is left until a promise: `40 min late`, `12 min left`.
#[must_use]
pub fn left(promise_ms: i64, now_ms: i64) -> String {
    let left_ms = promise_ms.saturating_sub(now_ms);
    if left_ms < 0 { format!("{} late", span(left_ms)) } else { format!("{} left", span(left_ms)) }
}

/// A countdown of minutes and seconds, `9:05`; zero once it has passed.
#[must_use]
pub fn countdown(until_ms: i64, now_ms: i64) -> String {
    let seconds = until_ms.saturating_sub(now_ms).max(0) / 1_000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_uses_the_largest_unit_that_tells_something() {
        for (ms, words) in [
            (0, "0 s"),
            (59_999, "59 s"),
            (60_000, "1 min"),
            (3_599_999, "59 min"),
            (3_900_000, "1 h 05"),
            (36_000_000, "10 h"),
            (172_800_000, "2 d"),
            (-90_000, "1 min"),
        ] {
            assert_eq!(span(ms), words, "{ms}");
        }
        assert!(span(i64::MIN).ends_with(" d"));
    }

    #[test]
    fn the_past_and_the_future_are_told_apart() {
        assert_eq!(relative(1_000, 2_000), "now");
        assert_eq!(relative(0, 720_000), "12 min ago");
        assert_eq!(relative(720_000, 0), "in 12 min");
    }

    #[test]
    fn a_promise_is_left_or_late() {
        assert_eq!(left(0, 2_400_000), "40 min late");
        assert_eq!(left(720_000, 0), "12 min left");
    }

    #[test]
    fn a_countdown_ends_at_zero() {
        assert_eq!(countdown(545_000, 0), "9:05");
        assert_eq!(countdown(0, 1), "0:00");
    }
}
