//! When a delivery that was not taken is tried again, and when no more.

use domain::{api::WebhookOutcome, clock::TimeMs};

/// Waited after the first try.
const FIRST_MS: i64 = 1_000;
/// Never waited longer, whatever a receiver asks.
const MOST_MS: i64 = 3_600_000;
/// Nobody has taken anything for so long: three days. Then a person must look.
const FAILING_MAX_MS: i64 = 3 * 24 * 3_600_000;

/// The next try, after so many. Twice as long each time, and between half and all of it, so that those
/// who failed together do not come back together. `asked_ms` is what the receiver asked for
/// (`Retry-After`), and is waited at least.
#[must_use]
pub fn next_try(now: TimeMs, tries: u32, asked_ms: Option<i64>, random: u64) -> TimeMs {
    let whole = FIRST_MS.saturating_mul(1 << tries.saturating_sub(1).min(20)).min(MOST_MS);
    let half = whole / 2;
    let drawn = i64::try_from(random % half.unsigned_abs().max(1)).expect("less than an hour");
    now.plus_ms((half + drawn).max(asked_ms.unwrap_or(0)).min(MOST_MS))
}

/// Why a webhook is stopped after a try that was not taken, in the stored word; `None` while it is tried
/// again. Nothing has been taken since `failing_since`.
#[must_use]
pub fn stop(outcome: WebhookOutcome, failing_since: TimeMs, now: TimeMs) -> Option<&'static str> {
    match outcome {
        WebhookOutcome::Gone => Some("gone"),
        _ if failing_since.plus_ms(FAILING_MAX_MS) <= now => Some("failing"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_for_three_days() {
        let since = TimeMs(5_000);
        let after = |ms| stop(WebhookOutcome::Refused, since, since.plus_ms(ms));
        assert_eq!((after(0), after(FAILING_MAX_MS - 1)), (None, None));
        assert_eq!(after(FAILING_MAX_MS), Some("failing"));
        assert_eq!(stop(WebhookOutcome::Gone, since, since), Some("gone"));
    }

    #[test]
    fn it_doubles_up_to_an_hour() {
        let now = TimeMs(1_000_000);
        for random in [0, 7, u64::MAX] {
            for (tries, most) in [(0, 1_000), (1, 1_000), (2, 2_000), (5, 16_000), (99, MOST_MS)] {
                let waited = next_try(now, tries, None, random).0 - now.0;
                assert!((most / 2..=most).contains(&waited), "{tries}: {waited}");
            }
        }
        assert_eq!(next_try(now, 1, Some(30_000), 0), now.plus_ms(30_000));
        assert_eq!(next_try(now, 1, Some(i64::MAX), 0), now.plus_ms(MOST_MS));
    }
}
