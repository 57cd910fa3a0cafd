//! The rules over what can be promised, as the API writes them.
//!
//! Shapes for reading only: what a person states goes to the server as it was typed, and the server
//! says what is wrong with it.

use domain::{api::AtpVersionRow, atp::rules::RuleSet};
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

#[cfg(test)]
mod tests {
    use super::*;

    use domain::atp::rules::{Amount, Says};

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
