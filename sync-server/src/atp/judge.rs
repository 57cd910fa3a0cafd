//! What rules make of one position and of one pool's sum: the arithmetic, for the index in memory and
//! for the guard that looks at rows. Pure; which rules there are to look at is the caller's to say.

use domain::{clock::TimeMs, fulfillment::Method};

use super::{
    dated::Needed,
    pool::{Pool, Shopper},
    rules::{Campaign, Rule, RuleSet, Says},
    scope::{ItemFacts, LocationFacts},
    stock::Units,
};

/// What becomes of a pool's sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outer {
    /// Units that nobody is promised.
    pub threshold: i64,
    /// Units that are kept for other channels.
    pub others: i64,
    /// Units that are kept for this channel, where it may take no others.
    pub own: Option<i64>,
    /// More is never shown.
    pub cap: Option<i64>,
    /// What campaigns leave.
    pub campaign: Option<i64>,
    /// What is left to promise.
    pub number: i64,
}

/// Units that a location gives, by the rules that are about it there, each with its place in the set;
/// `tell` learns what each of them makes.
pub fn gives<'a>(
    rules: impl Iterator<Item = (usize, &'a Rule)>,
    units: Units,
    mut tell: impl FnMut(usize, i64),
) -> i64 {
    let on_hand = i64::from(units.on_hand);
    let (mut safety, mut last) = (i64::from(units.safety), 0);
    for (at, rule) in rules {
        match &rule.says {
            Says::Exclude => {
                tell(at, 0);
                return 0;
            }
            Says::Safety(amount) => {
                safety = rule.stack.kept(safety, amount.of(on_hand));
                tell(at, safety);
            }
            Says::LastPiece(pieces) => {
                last = rule.stack.kept(last, i64::from(*pieces));
                tell(at, last);
            }
            Says::Threshold(_)
            | Says::Segment(_)
            | Says::Cap(_)
            | Says::Campaign(_)
            | Says::PerCustomer(_) => {}
        }
    }
    let left = on_hand - i64::from(units.reserved) - safety;
    if left <= last { 0 } else { left }
}

/// What becomes of the sum of a channel's pool, of which others need some already; `left_of` says what a
/// campaign has left.
///
/// What is kept for a channel serves its own customers who wait first; those of others never take from it.
pub fn outer<'a>(
    rules: impl Iterator<Item = (usize, &'a Rule)>,
    channel: Option<&str>,
    sum: i64,
    needed: &Needed<'_>,
    left_of: impl Fn(usize, Campaign) -> i64,
    mut tell: impl FnMut(usize, i64),
) -> Outer {
    let (mut outer, mut falls_through) = (Outer::default(), true);
    let (mut own, mut kept_for) = (0, Needed::default());
    for (at, rule) in rules {
        match &rule.says {
            Says::Threshold(amount) => {
                outer.threshold = rule.stack.kept(outer.threshold, amount.of(sum));
                tell(at, outer.threshold);
            }
            Says::Segment(segment) => {
                let kept = segment.amount.of(sum).min(sum);
                if channel == Some(segment.channel.as_str()) {
                    own += kept;
                    outer.own = Some(own);
                    falls_through &= segment.fall_through;
                } else {
                    outer.others += kept;
                    kept_for.add(&segment.channel, kept);
                }
                tell(at, kept);
            }
            Says::Cap(units) => {
                let new = i64::from(*units);
                outer.cap = Some(outer.cap.map_or(new, |cap| rule.stack.shown(cap, new)));
                tell(at, outer.cap.unwrap_or_default());
            }
            Says::Campaign(campaign) => {
                let left = left_of(at, *campaign).max(0);
                outer.campaign = Some(outer.campaign.map_or(left, |least| least.min(left)));
                tell(at, left);
            }
            // A number is for everybody: what one customer may have does not make it less.
            Says::PerCustomer(units) => tell(at, i64::from(*units)),
            Says::Exclude | Says::Safety(_) | Says::LastPiece(_) => {}
        }
    }
    outer.own = outer.own.filter(|_| !falls_through);
    let (mut first, mut others) = (0, 0);
    for (of, units) in needed.each() {
        if channel == Some(of) {
            first += units;
        } else {
            others += (units - kept_for.of(of)).max(0);
        }
    }
    let left = sum - outer.threshold - outer.others;
    let left = left - others.min((left - own).max(0)) - first;
    let bound = outer.own.map_or(left, |own| own - first).min(outer.cap.unwrap_or(left));
    let bound = bound.min(outer.campaign.unwrap_or(bound));
    outer.number = left.min(bound).max(0);
    outer
}

/// A version of the rules as it holds for one shopper at one instant, but for those that count: they have
/// rows of their own (`app/bounds/counted.rs`).
#[derive(Debug, Clone)]
pub struct Judge {
    pool: Pool,
    rules: Vec<Rule>,
}

impl Judge {
    /// For a shopper; `None` where no pool is for them.
    #[must_use]
    pub fn of(set: &RuleSet, shopper: &Shopper<'_>, at: TimeMs) -> Option<Self> {
        let pool = set.pools[set.pool_of(shopper)?].clone();
        let is = |rule: &&Rule| rule.holds(at) && rule.pools.has(&pool) && !rule.says.is_counted();
        let rules = set.rules.iter().filter(is);
        Some(Self { rules: rules.cloned().collect(), pool })
    }

    /// Whether there is nothing to obey: every location gives, and no rule is about anything.
    #[must_use]
    pub fn lets_all(&self) -> bool {
        self.pool.locations.is_all() && self.rules.is_empty()
    }

    /// Whether anything is to obey about an item, its sum or its positions.
    #[must_use]
    pub fn is_about(&self, item: &ItemFacts) -> bool {
        !self.pool.locations.is_all() || self.rules.iter().any(|rule| rule.items.has(item))
    }

    /// Whether any rule is about an item.
    #[must_use]
    pub fn has_rules(&self, item: &ItemFacts) -> bool {
        self.rules.iter().any(|rule| rule.items.has(item))
    }

    /// Whether any rule is about an item's sum, so that one location's promise looks at all others.
    #[must_use]
    pub fn looks_at_sum(&self, item: &ItemFacts) -> bool {
        self.rules.iter().any(|rule| !rule.says.is_of_location() && rule.items.has(item))
    }

    /// Whether the pool is for deliveries.
    #[must_use]
    pub fn ships(&self) -> bool {
        self.pool.method == Method::Ship
    }

    /// Whether a location belongs to the pool.
    #[must_use]
    pub fn has(&self, location: &LocationFacts) -> bool {
        location.can(self.pool.method) && self.pool.locations.has(location)
    }

    /// Units that a location gives of an item.
    #[must_use]
    pub fn gives(&self, item: &ItemFacts, location: &LocationFacts, units: Units) -> i64 {
        if !self.has(location) {
            return 0;
        }
        let about = |rule: &Rule| {
            rule.says.is_of_location() && rule.items.has(item) && rule.locations.has(location)
        };
        gives(self.rules.iter().filter(|rule| about(rule)).map(|rule| (0, rule)), units, |_, _| ())
    }

    /// What becomes of an item's sum, of which others need some already.
    #[must_use]
    pub fn outer(&self, item: &ItemFacts, sum: i64, needed: &Needed<'_>) -> Outer {
        let about = |rule: &&Rule| !rule.says.is_of_location() && rule.items.has(item);
        let rules = self.rules.iter().filter(about).map(|rule| (0, rule));
        outer(rules, self.pool.channel.as_deref(), sum, needed, |_, _| i64::MAX, |_, _| ())
    }
}
