//! How far a stock position is to be believed, and why a person should look at it. Pure.
//!
//! Deliberately simple: every term can be said in a sentence, and none is learned from data. Nothing is
//! promised or withheld by it; it orders people's work.

use domain::{api::DoubtKind, clock::TimeMs};

const DAY_MS: i64 = 24 * 3_600_000;
/// What the books say cannot be.
const IMPOSSIBLE_POINTS: i64 = 50;
/// For each full day since the last count.
const DAY_POINTS: i64 = 1;
/// The most that days cost; what was never counted costs as much.
const DAYS_POINTS_MAX: i64 = 50;
/// For each pick since the last count that did not find promised units.
const NOT_FOUND_POINTS: i64 = 20;
/// The most that those picks cost.
const NOT_FOUND_POINTS_MAX: i64 = 40;

/// What is known of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// Units on the shelf by our books.
    pub on_hand: i64,
    /// Units promised that are not there.
    pub shortage: i64,
    /// Picks since the last count that did not find promised units.
    pub not_found: u32,
    /// When it was last counted, by itself or with its whole location; 0: never.
    pub counted_at: TimeMs,
    /// When units last came or left, counts aside; 0: never.
    pub moved_at: TimeMs,
}

impl Known {
    /// How far the number on hand is to be believed, in percent: 100 less
    ///
    /// - 50 where the books cannot be right: below zero, or more promised than there is;
    /// - 1 for each full day since the last count, at most 50; 50 where nobody has ever counted;
    /// - 20 for each pick since that count that did not find promised units, at most 40;
    ///
    /// and never below 0.
    #[must_use]
    pub fn confidence(&self, now: TimeMs) -> u8 {
        let impossible = if self.is_impossible() { IMPOSSIBLE_POINTS } else { 0 };
        let days = match self.counted_at.0 {
            0 => DAYS_POINTS_MAX,
            _ => (self.uncounted_days(now) * DAY_POINTS).min(DAYS_POINTS_MAX),
        };
        let not_found = (i64::from(self.not_found) * NOT_FOUND_POINTS).min(NOT_FOUND_POINTS_MAX);
        u8::try_from((100 - impossible - days - not_found).max(0)).unwrap_or_default()
    }

    /// Why a person should look at it, if anybody should: the worst reason. It is stale when it was not
    /// counted for `stale_days` full days, and has units or they have moved since.
    #[must_use]
    pub fn doubt(&self, now: TimeMs, stale_days: u32) -> Option<DoubtKind> {
        let is_used = self.on_hand > 0 || self.moved_at > self.counted_at;
        if self.on_hand < 0 {
            Some(DoubtKind::Negative)
        } else if self.shortage > 0 {
            Some(DoubtKind::Short)
        } else if self.not_found > 0 {
            Some(DoubtKind::Unfound)
        } else if is_used && self.counted_at < counted_before(now, stale_days) {
            Some(DoubtKind::Stale)
        } else {
            None
        }
    }

    const fn is_impossible(&self) -> bool {
        self.on_hand < 0 || self.shortage > 0
    }

    const fn uncounted_days(&self, now: TimeMs) -> i64 {
        let days = now.since_ms(self.counted_at) / DAY_MS;
        // A source's clock may be ahead of ours.
        if days < 0 { 0 } else { days }
    }
}

/// Counts before this instant are too old.
#[must_use]
pub fn counted_before(now: TimeMs, stale_days: u32) -> TimeMs {
    now.plus_ms(-(i64::from(stale_days) * DAY_MS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: TimeMs = TimeMs(1_000 * DAY_MS);

    fn counted(days_ago: i64) -> Known {
        Known { on_hand: 3, counted_at: NOW.plus_ms(-days_ago * DAY_MS), ..Known::default() }
    }

    #[test]
    fn every_term_costs_what_it_says() {
        let never = Known { counted_at: TimeMs(0), ..counted(0) };
        for (known, percent) in [
            (counted(0), 100),
            (counted(12), 88),
            (counted(50), 50),
            (counted(500), 50),
            (counted(-2), 100),
            (never, 50),
            (Known { not_found: 1, ..counted(0) }, 80),
            (Known { not_found: 2, ..counted(0) }, 60),
            (Known { not_found: u32::MAX, ..counted(0) }, 60),
            (Known { shortage: 1, ..counted(0) }, 50),
            (Known { on_hand: -1, shortage: 1, ..counted(0) }, 50),
            (Known { shortage: 2, not_found: 1, ..counted(12) }, 18),
            (Known { shortage: 2, not_found: 9, ..never }, 0),
        ] {
            assert_eq!(known.confidence(NOW), percent, "{known:?}");
        }
    }

    #[test]
    fn the_worst_reason_is_the_one_that_is_named() {
        let short = Known { shortage: 1, not_found: 1, ..counted(99) };
        for (known, doubt) in [
            (Known { on_hand: -1, ..short }, Some(DoubtKind::Negative)),
            (short, Some(DoubtKind::Short)),
            (Known { shortage: 0, ..short }, Some(DoubtKind::Unfound)),
            (counted(99), Some(DoubtKind::Stale)),
            (counted(1), None),
        ] {
            assert_eq!(known.doubt(NOW, 30), doubt, "{known:?}");
        }
    }

    #[test]
    fn what_is_not_used_need_not_be_counted() {
        assert_eq!(counted(30).doubt(NOW, 30), None, "not longer than that");
        assert_eq!(counted(31).doubt(NOW, 30), Some(DoubtKind::Stale));
        let empty = Known { on_hand: 0, ..counted(31) };
        assert_eq!(empty.doubt(NOW, 30), None);
        let sold_out = Known { moved_at: NOW, ..empty };
        assert_eq!(sold_out.doubt(NOW, 30), Some(DoubtKind::Stale));
    }
}
