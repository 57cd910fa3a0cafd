//! How an item is sold beyond what is there and coming: pre-orders and backorders, as they hold at one
//! instant. Pure.

use domain::{
    api::{self, PreOrder},
    clock::TimeMs,
};

const DAY_MS: i64 = 86_400_000;

/// What was stated of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stated {
    /// Units that may be promised although nobody has them.
    pub backorder: Option<api::Backorder>,
    /// When it is released.
    pub pre_order: Option<PreOrder>,
}

/// The same as it holds at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Terms {
    /// Nothing is given before; an instant that is still to come.
    pub release: Option<TimeMs>,
    /// Units that may be promised although nobody has them.
    pub backorder: Option<Backorder>,
}

/// Units that may be promised although nobody has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backorder {
    /// When they are there if they are ordered now.
    pub from: TimeMs,
    /// How many may wait, above 0.
    pub units: i64,
}

impl Stated {
    /// As it holds now: what is ordered now is there at the beginning of a day (UTC).
    #[must_use]
    pub fn at(&self, now: TimeMs) -> Terms {
        let release = self.pre_order.map(|of| of.release).filter(|release| *release > now);
        let backorder = self.backorder.map(|of| {
            let from = TimeMs((day(now) + i64::from(of.lead_days)) * DAY_MS);
            Backorder {
                from: release.map_or(from, |release| from.max(release)),
                units: of.limit.into(),
            }
        });
        Terms { release, backorder }
    }

    /// Whether it holds in the same way at both instants.
    #[must_use]
    pub fn is_same(&self, before: TimeMs, now: TimeMs) -> bool {
        self.at(before) == self.at(now)
    }
}

/// The number of a day (UTC).
const fn day(at: TimeMs) -> i64 {
    at.0.div_euclid(DAY_MS)
}

impl Terms {
    /// Units of a sum that count at an instant (`None`: now).
    pub(super) fn there(&self, at: Option<TimeMs>, sum: i64) -> i64 {
        let released = self.release.is_none_or(|release| at.is_some_and(|at| at >= release));
        if released { sum } else { 0 }
    }

    /// Units that may be promised for an instant although nobody has them: by delivery only.
    pub(super) fn beyond(&self, from: Option<TimeMs>, ships: bool) -> i64 {
        let backorder = self.backorder.filter(|of| ships && from.is_some_and(|at| at >= of.from));
        backorder.map_or(0, |of| of.units)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_hold_by_day() {
        let stated = Stated {
            backorder: Some(api::Backorder { limit: 20, lead_days: 2 }),
            pre_order: Some(PreOrder { release: TimeMs(DAY_MS) }),
        };
        let days = |of: Terms| (of.release, of.backorder.expect("stated").from.0 / DAY_MS);
        let [before, then] = [TimeMs(DAY_MS - 1), TimeMs(DAY_MS)];
        assert_eq!(days(stated.at(before)), (Some(then), 2));
        assert_eq!(days(stated.at(then)), (None, 3));
        assert!(!stated.is_same(before, then));
        assert!(stated.is_same(then, TimeMs(2 * DAY_MS - 1)));
        assert!(stated.is_same(TimeMs(0), before));
        let late = Stated { pre_order: Some(PreOrder { release: TimeMs(9 * DAY_MS) }), ..stated };
        assert_eq!(days(late.at(then)), (Some(TimeMs(9 * DAY_MS)), 9), "nothing is sent before");
    }
}
