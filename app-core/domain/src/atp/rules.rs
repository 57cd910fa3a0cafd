//! Rules that keep stock for and from shoppers, as people state them. A set of them is stored as one
//! version; what each does to a number is in `judge.rs`.

use std::{cmp::Ordering, collections::BTreeSet};

use crate::{clock::TimeMs, order::FieldError};
use serde::{Deserialize, Serialize};

use super::{
    pool::{POOLS_MAX, Pool, Shopper, default_pools},
    scope::{Items, Locations, Pools, is_attribute},
};

/// Rules of a set: what is about an item is bits of four words.
pub const RULES_MAX: usize = 256;
/// The largest number of units that a rule may state.
const UNITS_MAX: u32 = 1_000_000_000;

/// Pools and the rules over them: one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = AtpRules))]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    /// The pools.
    pub pools: Vec<Pool>,
    /// The rules; of one kind they apply in this order.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

impl Default for RuleSet {
    fn default() -> Self {
        Self { pools: default_pools(), rules: Vec::new() }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = AtpRule))]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its id: 1 to 50 letters, digits, `-` or `_`.
    pub id: String,
    /// What it does.
    pub says: Says,
    /// How it goes together with what stands already; segments always add up, and of rules that count
    /// each holds.
    #[serde(default)]
    pub stack: Stack,
    /// The items that it is about.
    #[serde(default)]
    pub items: Items,
    /// The locations that it is about; only for what is said of locations.
    #[serde(default)]
    pub locations: Locations,
    /// The pools that it is about.
    #[serde(default)]
    pub pools: Pools,
    /// It holds from then on; absent: always has.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "crate::clock::rfc3339::option"
    )]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub from: Option<TimeMs>,
    /// It holds until then; absent: for ever.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "crate::clock::rfc3339::option"
    )]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub until: Option<TimeMs>,
}

/// Units, or a share of what there is, rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = AtpAmount))]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// So many.
    Units(u32),
    /// So many of a hundred.
    Percent(u32),
}

impl Amount {
    /// Of so many units; a share of nothing, or less, is nothing.
    #[must_use]
    pub fn of(self, units: i64) -> i64 {
        match self {
            Self::Units(fixed) => i64::from(fixed),
            Self::Percent(share) => (units.max(0) * i64::from(share) + 99) / 100,
        }
    }
}

/// What a rule does. The first three are about an item at a location, the others about its sum in a
/// pool; the last two count what was sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = AtpSays))]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// Nothing of it is promised.
    Exclude,
    /// Units on the shelf that are never promised.
    Safety(Amount),
    /// A location that has no more than so many gives none: the last piece is often not found.
    LastPiece(u32),
    /// Units of the pool that are never promised.
    Threshold(Amount),
    /// Kept for one channel: others do not see them.
    Segment(Segment),
    /// More is never shown.
    Cap(u32),
    /// No more is sold while the rule holds.
    Campaign(Campaign),
    /// Nobody is sold more of one item while the rule holds.
    PerCustomer(u32),
}

/// Units that are sold while a rule holds, counted by its id: from the first version that states it on,
/// whatever becomes of the others. What was not promised, or is cancelled, does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = AtpCampaign))]
#[serde(deny_unknown_fields)]
pub struct Campaign {
    /// How many, in all pools of the rule.
    pub units: u32,
    /// So many of all its items together; otherwise of each.
    #[serde(default)]
    pub together: bool,
}

/// Stock that is kept for a channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = AtpSegment))]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// The channel.
    pub channel: String,
    /// How much of each pool's sum.
    pub amount: Amount,
    /// Whether the channel may take of the rest, too, when its own is used up.
    #[serde(default)]
    pub fall_through: bool,
}

/// How a value goes together with the one that stands already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = AtpStack))]
#[serde(rename_all = "snake_case")]
pub enum Stack {
    /// The stricter holds.
    #[default]
    Max,
    /// Both hold.
    Sum,
    /// The new one holds.
    Override,
}

impl Stack {
    /// What holds of two amounts that are kept back: the larger is the stricter.
    #[must_use]
    pub fn kept(self, stands: i64, new: i64) -> i64 {
        match self {
            Self::Max => stands.max(new),
            Self::Sum => stands + new,
            Self::Override => new,
        }
    }

    /// What holds of two caps: the smaller is the stricter.
    #[must_use]
    pub fn shown(self, stands: i64, new: i64) -> i64 {
        match self {
            Self::Max => stands.min(new),
            Self::Sum => stands + new,
            Self::Override => new,
        }
    }
}

impl Says {
    /// Whether it is about single locations.
    #[must_use]
    pub const fn is_of_location(&self) -> bool {
        matches!(self, Self::Exclude | Self::Safety(_) | Self::LastPiece(_))
    }

    /// Whether it counts what was sold.
    #[must_use]
    pub const fn is_counted(&self) -> bool {
        matches!(self, Self::Campaign(_) | Self::PerCustomer(_))
    }
}

impl Rule {
    /// Whether it holds at an instant.
    #[must_use]
    pub fn holds(&self, at: TimeMs) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

impl RuleSet {
    /// The rule of this id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The pool of a shopper: of those that are for them, the one that says most; of equals the first.
    #[must_use]
    pub fn pool_of(&self, shopper: &Shopper<'_>) -> Option<usize> {
        let fits = self.pools.iter().map(|pool| pool.fits(shopper)).enumerate();
        let fits = fits.filter_map(|(at, fit)| fit.map(|fit| (at, fit)));
        fits.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(at, _)| at)
    }

    /// The next instant after `at` at which a rule begins or ends to hold.
    #[must_use]
    pub fn next_change(&self, at: TimeMs) -> Option<TimeMs> {
        let times = self.rules.iter().flat_map(|rule| [rule.from, rule.until]).flatten();
        times.filter(|time| *time > at).min()
    }

    /// Rules that count otherwise than those of the same id did: what is counted already would be another
    /// thing.
    #[must_use]
    pub fn recounted(&self, before: &Self) -> Vec<FieldError> {
        let how = |says: &Says| match says {
            Says::Campaign(of) => Some(1 + u8::from(of.together)),
            Says::PerCustomer(_) => Some(0),
            _ => None,
        };
        let mut wrong = Wrong::default();
        for (at, rule) in self.rules.iter().enumerate() {
            let stood = before.rules.iter().find(|stood| stood.id == rule.id);
            let counted = stood.and_then(|stood| how(&stood.says));
            let same = counted.is_none() || how(&rule.says).is_none() || how(&rule.says) == counted;
            wrong.check(same, &format!("rules[{at}].id"), "counts something else: another id");
        }
        wrong.0
    }

    /// Everything that is wrong with it, by field.
    #[must_use]
    pub fn problems(&self) -> Vec<FieldError> {
        let mut wrong = Wrong::default();
        wrong.check(!self.pools.is_empty(), "pools", "at least one");
        wrong.check(self.pools.len() <= POOLS_MAX, "pools", "at most 64");
        wrong.check(self.rules.len() <= RULES_MAX, "rules", "at most 256");
        wrong.ids("pools", self.pools.iter().map(|pool| pool.id.as_str()));
        wrong.ids("rules", self.rules.iter().map(|rule| rule.id.as_str()));
        for (at, pool) in self.pools.iter().enumerate() {
            let market = pool.market.as_deref().unwrap_or("US");
            let ok = market.len() == 2 && market.chars().all(|c| c.is_ascii_uppercase());
            wrong.check(ok, &format!("pools[{at}].market"), "a country: two capital letters");
        }
        for (at, rule) in self.rules.iter().enumerate() {
            wrong.rule(&format!("rules[{at}]"), rule);
        }
        wrong.0
    }
}

#[derive(Default)]
struct Wrong(Vec<FieldError>);

impl Wrong {
    fn check(&mut self, ok: bool, field: &str, message: &str) {
        if !ok {
            self.0.push(FieldError { field: field.to_owned(), message: message.to_owned() });
        }
    }

    fn ids<'a>(&mut self, list: &str, ids: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for (at, id) in ids.enumerate() {
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            let ok = (1..=50).contains(&id.len()) && id.chars().all(is_word);
            let field = format!("{list}[{at}].id");
            self.check(ok, &field, "1 to 50 letters, digits, - or _");
            self.check(seen.insert(id), &field, "stands there twice");
        }
    }

    fn rule(&mut self, at: &str, rule: &Rule) {
        let at_says = format!("{at}.says");
        match &rule.says {
            Says::Exclude => {}
            Says::Safety(amount) | Says::Threshold(amount) => self.amount(&at_says, *amount),
            Says::LastPiece(units)
            | Says::Cap(units)
            | Says::PerCustomer(units)
            | Says::Campaign(Campaign { units, .. }) => {
                self.amount(&at_says, Amount::Units(*units));
            }
            Says::Segment(segment) => {
                self.check(!segment.channel.is_empty(), &at_says, "names a channel");
                self.amount(&at_says, segment.amount);
            }
        }
        let fits = rule.says.is_of_location() || rule.locations.is_all();
        self.check(fits, &format!("{at}.locations"), "this is about a pool's sum: name pools");
        let are_words = rule.items.attributes.named().all(|word| is_attribute(word));
        self.check(are_words, &format!("{at}.items.attributes"), "each is `key=value`");
        let in_order = match (rule.from, rule.until) {
            (Some(from), Some(until)) => from.cmp(&until) == Ordering::Less,
            _ => true,
        };
        self.check(in_order, &format!("{at}.until"), "after `from`");
    }

    fn amount(&mut self, at: &str, amount: Amount) {
        match amount {
            Amount::Units(units) => self.check(units <= UNITS_MAX, at, "at most 1000000000 units"),
            Amount::Percent(share) => self.check(share <= 100, at, "at most 100 percent"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(says: &serde_json::Value, items: &serde_json::Value) -> RuleSet {
        let rule = serde_json::json!({ "id": "r", "says": says, "items": items });
        let pools = serde_json::json!([{ "id": "ship", "method": "ship" }]);
        serde_json::from_value(serde_json::json!({ "pools": pools, "rules": [rule] }))
            .expect("rules")
    }

    #[test]
    fn a_count_stays_what_it_is() {
        let says = |says: serde_json::Value| set(&says, &serde_json::json!({}));
        let each = says(serde_json::json!({ "campaign": { "units": 9 } }));
        let fewer = says(serde_json::json!({ "campaign": { "units": 3 } }));
        let all = says(serde_json::json!({ "campaign": { "units": 9, "together": true } }));
        let customer = says(serde_json::json!({ "per_customer": 9 }));
        assert_eq!(
            (fewer.recounted(&each), says("exclude".into()).recounted(&each)),
            (vec![], vec![])
        );
        for other in [&all, &customer] {
            assert_eq!(other.recounted(&each)[0].field, "rules[0].id");
        }
    }

    #[test]
    fn attributes_are_words_with_a_value() {
        let of = |word: &str| {
            let items = serde_json::json!({ "attributes": { "not": [word] } });
            set(&"exclude".into(), &items).problems()
        };
        assert_eq!(of("hazard=lithium"), []);
        assert_eq!(of("lithium")[0].field, "rules[0].items.attributes");
    }
}
