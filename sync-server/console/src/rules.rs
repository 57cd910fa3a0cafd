//! The rules over what can be promised, as the API writes them.
//!
//! Shapes for reading only: what a person states goes to the server as it was typed, and the server
//! says what is wrong with it.

use domain::{api::AtpVersionRow, clock::TimeMs, fulfillment::Method};
use serde::Deserialize;
use serde_json::Value;

use crate::failure::plain;

/// A version of the rules.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Version {
    /// Which, by whom and why; absent while nobody has stated any.
    #[serde(default)]
    pub stated: Option<AtpVersionRow>,
    /// Pools and rules as they were written.
    pub rules: Value,
}

impl Version {
    /// Its number; 0 while nobody has stated any.
    #[must_use]
    pub fn number(&self) -> i64 {
        self.stated.as_ref().map_or(0, |stated| stated.version)
    }

    /// Its pools and rules; none when they say what this console does not know.
    #[must_use]
    pub fn rules(&self) -> Option<RuleSet> {
        RuleSet::deserialize(&self.rules).ok()
    }

    /// Its text for a person who changes it; what is about everything is left out.
    #[must_use]
    pub fn text(&self) -> String {
        let mut rules = self.rules.clone();
        for list in ["pools", "rules"] {
            let each = rules.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
            each.filter_map(Value::as_object_mut).for_each(|one| one.retain(|_, of| !is_all(of)));
        }
        format!("{rules:#}")
    }
}

/// Reads what a person typed.
///
/// # Errors
/// It is not JSON; the words say in which line.
pub fn parse(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|why| {
        let told = why.to_string();
        format!("Line {}, column {}: {}.", why.line(), why.column(), plain(&told))
    })
}

fn is_all(value: &Value) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// Pools and the rules over them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct RuleSet {
    /// The pools.
    pub pools: Vec<Pool>,
    /// The rules, in their order.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

impl RuleSet {
    /// The rule of this id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

/// A pool: who is served from where.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Pool {
    /// Its id.
    pub id: String,
    /// The sales channel that it is for.
    #[serde(default)]
    pub channel: Option<String>,
    /// The market that it is for.
    #[serde(default)]
    pub market: Option<String>,
    /// The region of sale that it is for.
    #[serde(default)]
    pub region: Option<String>,
    /// How the goods reach the customer.
    pub method: Method,
    /// The locations that give to it.
    #[serde(default)]
    pub locations: Locations,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What it does.
    pub says: Says,
    /// How it goes together with what stands already.
    #[serde(default)]
    pub stack: Stack,
    /// The items that it is about.
    #[serde(default)]
    pub items: Items,
    /// The locations that it is about.
    #[serde(default)]
    pub locations: Locations,
    /// The pools that it is about.
    #[serde(default)]
    pub pools: Pools,
    /// It holds from then on.
    #[serde(default, with = "domain::clock::rfc3339::option")]
    pub from: Option<TimeMs>,
    /// It holds until then.
    #[serde(default, with = "domain::clock::rfc3339::option")]
    pub until: Option<TimeMs>,
}

/// Units, or a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// So many.
    Units(u32),
    /// So many of a hundred.
    Percent(u32),
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// Gives nothing.
    Exclude,
    /// Keeps units at each location.
    Safety(Amount),
    /// Gives none of so few.
    LastPiece(u32),
    /// Keeps units of the sum.
    Threshold(Amount),
    /// Keeps units for one channel.
    Segment(Segment),
    /// Shows no more.
    Cap(u32),
    /// Sells no more while it holds.
    Campaign(Campaign),
    /// Sells nobody more of one item while it holds.
    PerCustomer(u32),
}

/// Units that are sold while a rule holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Campaign {
    /// How many.
    pub units: u32,
    /// So many of all its items together.
    #[serde(default)]
    pub together: bool,
}

/// Stock that is kept for a channel.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Segment {
    /// The channel.
    pub channel: String,
    /// How much.
    pub amount: Amount,
    /// Whether it may take of the rest, too.
    #[serde(default)]
    pub fall_through: bool,
}

/// How a value goes together with the one that stands already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
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

/// Some items; empty lists narrow nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Items {
    /// SKUs.
    pub skus: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Departments.
    pub departments: Vec<String>,
    /// What their attributes say.
    pub attributes: Saying,
}

/// What an item's attributes must say, each as `key=value`; empty lists narrow nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Saying {
    /// Every one of these.
    pub all: Vec<String>,
    /// One of these at least.
    pub any: Vec<String>,
    /// None of these.
    pub not: Vec<String>,
}

/// Some locations; empty lists narrow nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Locations {
    /// Numbers.
    pub ids: Vec<String>,
    /// `store` or `warehouse`.
    pub kinds: Vec<String>,
    /// Countries.
    pub countries: Vec<String>,
    /// Regions of sale.
    pub regions: Vec<String>,
}

/// Some pools; empty lists narrow nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct Pools {
    /// Ids.
    pub ids: Vec<String>,
    /// Sales channels.
    pub channels: Vec<String>,
    /// Methods.
    pub methods: Vec<Method>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version() -> Version {
        serde_json::from_value(serde_json::json!({
            "stated": { "version": 3, "author": "ada", "comment": "Less", "created_at": "2026-01-01T00:00:00Z" },
            "rules": {
                "pools": [{ "id": "ship", "method": "ship", "locations": {} }],
                "rules": [{
                    "id": "keep-two", "says": { "safety": { "units": 2 } }, "stack": "max", "items": {},
                    "locations": { "kinds": ["store"] }, "pools": {}, "from": "2026-01-01T00:00:00Z"
                }, { "id": "none", "says": "exclude" }]
            }
        }))
        .expect("the public form")
    }

    #[test]
    fn the_api_s_form_is_read() {
        let rules = version().rules().expect("known");
        let two = rules.rule("keep-two").expect("stated");
        assert_eq!(two.says, Says::Safety(Amount::Units(2)));
        assert_eq!((two.from.is_some(), two.until), (true, None));
        assert_eq!(rules.rule("none").map(|rule| &rule.says), Some(&Says::Exclude));
        assert_eq!((version().number(), rules.rule("other")), (3, None));
    }

    #[test]
    fn the_text_leaves_out_what_is_about_everything() {
        let text = version().text();
        assert!(!text.contains("{}") && text.contains("\"kinds\""), "{text}");
        let again = Version { rules: serde_json::from_str(&text).expect("JSON"), ..version() };
        assert_eq!(again.rules(), version().rules());
    }

    #[test]
    fn a_slip_of_the_pen_is_told_with_its_line() {
        let told = parse("{\n  \"pools\": [,]\n}").expect_err("not JSON");
        assert_eq!(told, "Line 2, column 13: expected value.");
        assert!(parse("{}").is_ok());
    }

    #[test]
    fn what_is_not_known_is_not_read() {
        let other = serde_json::json!({ "pools": [], "rules": [{ "id": "x", "says": "sing" }] });
        assert_eq!(Version { stated: None, rules: other }.rules(), None);
    }
}
