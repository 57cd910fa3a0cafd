//! How a number came about, term by term, so that a person can add it up.
//!
//! The terms and the results are the server's; only what stands between them is put together here.

use domain::{
    api::{AtpApplied, AtpExplained, AtpGives},
    atp::rules::{RuleSet, Says},
};

use crate::words::{count, number};

/// How a term goes together with what stands above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The first.
    Start,
    /// Comes to it.
    More,
    /// Comes off.
    Less,
    /// No more than this.
    AtMost,
    /// What stands now.
    Makes,
}

impl Step {
    /// The sign before the number.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Start => "",
            Self::More => "+",
            Self::Less => "−",
            Self::AtMost => "at most",
            Self::Makes => "=",
        }
    }
}

/// One line of a sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub words: &'static str,
    /// How it goes together.
    pub step: Step,
    /// Units.
    pub units: i64,
}

/// The sum of a pool, from what its locations give down to the number.
#[must_use]
pub fn lines(why: &AtpExplained) -> Vec<Line> {
    let line = |step, words, units| Line { words, step, units };
    let there = why.sum - why.unreleased;
    let left = there + why.coming - why.waiting - why.threshold - why.others;
    let mut lines = vec![
        line(Step::Start, "What the locations give", why.sum),
        line(Step::Less, "Not released yet", why.unreleased),
        line(Step::More, "What will have come", why.coming),
        line(Step::Less, "What orders and baskets need", why.waiting),
        line(Step::Less, "Kept from everybody", why.threshold),
        line(Step::Less, "Kept for other channels", why.others),
        line(Step::Makes, "Left", left),
    ];
    let own = "Kept for this channel, which may take no others";
    lines.extend(why.own.map(|own_units| line(Step::AtMost, own, own_units)));
    lines.extend(why.cap.map(|cap| line(Step::AtMost, "Shown at most", cap)));
    lines.extend(why.campaign.map(|left| line(Step::AtMost, "Left of campaigns", left)));
    let scarce = why.components.iter().map(|of| of.kits).min();
    lines.extend(scarce.map(|kits| line(Step::AtMost, "Kits that its components allow", kits)));
    let end =
        if why.units > left { "Can be promised, never below zero" } else { "Can be promised" };
    let is_rare = |line: &Line| line.step == Step::More || line.words == "Not released yet";
    lines.retain(|line| !is_rare(line) || line.units != 0);
    lines.push(line(Step::Makes, end, why.units));
    lines
}

/// How a location's number came about: `12 − 3 − 2 = 7`, and why it gives none where it could.
#[must_use]
pub fn working(gives: &AtpGives, rules: &RuleSet) -> String {
    let last = |is: fn(&Says) -> bool| {
        let mut applied = gives.rules.iter().rev();
        applied.find(|one| rules.rule(&one.rule).is_some_and(|rule| is(&rule.says)))
    };
    if let Some(excluded) = last(|says| matches!(says, Says::Exclude)) {
        return format!("none, by {}", excluded.rule);
    }
    let safety = last(|says| matches!(says, Says::Safety(_))).map_or(gives.safety, |one| one.units);
    let left = gives.on_hand - gives.reserved - safety;
    let terms = [gives.on_hand, gives.reserved, safety].map(number).join(" − ");
    let sum = format!("{terms} = {}", number(left));
    match last(|says| matches!(says, Says::LastPiece(_))) {
        _ if left == gives.available => sum,
        Some(guard) if left > 0 => format!("{sum}, too few by {}", guard.rule),
        _ => format!("{sum}, so none"),
    }
}

/// What a rule did, in a few words.
#[must_use]
pub fn applied(applied: &AtpApplied, rules: &RuleSet) -> String {
    let AtpApplied { rule: id, units } = applied;
    let some = count(units.unsigned_abs(), "unit", "units");
    match rules.rule(id).map(|rule| &rule.says) {
        Some(Says::Exclude) => format!("{id}: gives nothing"),
        Some(Says::LastPiece(_)) => format!("{id}: none of {some} or fewer"),
        Some(Says::Segment(segment)) => format!("{id}: {some} for channel {}", segment.channel),
        Some(Says::Cap(_)) => format!("{id}: at most {some}"),
        Some(Says::Campaign(_)) => format!("{id}: {some} left"),
        Some(Says::PerCustomer(_)) => format!("{id}: {some} for one customer"),
        Some(Says::Safety(_) | Says::Threshold(_)) => format!("{id}: {some} kept"),
        None => format!("{id}: {some}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> RuleSet {
        serde_json::from_value(serde_json::json!({ "pools": [], "rules": [
            { "id": "two", "says": { "safety": { "units": 2 } } },
            { "id": "last", "says": { "last_piece": 1 } },
            { "id": "out", "says": "exclude" },
            { "id": "app", "says": { "segment": { "channel": "app", "amount": { "units": 5 } } } },
            { "id": "cap", "says": { "cap": 10 } }
        ] }))
        .expect("the API's form")
    }

    fn gives(available: i64, applied: &[(&str, i64)]) -> AtpGives {
        let rules =
            applied.iter().map(|(rule, units)| AtpApplied { rule: (*rule).into(), units: *units });
        AtpGives {
            location: "S1".parse().expect("a location"),
            name: "S1".into(),
            on_hand: 12,
            reserved: 9,
            safety: 1,
            rules: rules.collect(),
            available,
            least: None,
        }
    }

    #[test]
    fn a_location_s_terms_make_what_it_gives() {
        for (available, applied, words) in [
            (2, &[][..], "12 − 9 − 1 = 2"),
            (1, &[("two", 2)], "12 − 9 − 2 = 1"),
            (0, &[("two", 2), ("last", 1)], "12 − 9 − 2 = 1, too few by last"),
            (0, &[("two", 8)], "12 − 9 − 8 = −5, so none"),
            (0, &[("two", 2), ("out", 0)], "none, by out"),
        ] {
            assert_eq!(working(&gives(available, applied), &rules()), words);
        }
    }

    #[test]
    fn a_rule_says_what_it_did() {
        let did = |rule: &str, units| applied(&AtpApplied { rule: rule.into(), units }, &rules());
        assert_eq!(did("two", 2), "two: 2 units kept");
        assert_eq!(did("last", 1), "last: none of 1 unit or fewer");
        assert_eq!(did("app", 5), "app: 5 units for channel app");
        assert_eq!(did("cap", 10), "cap: at most 10 units");
        assert_eq!(did("gone", 3), "gone: 3 units");
    }

    #[test]
    fn a_pool_s_sum_ends_at_the_server_s_number() {
        let why: AtpExplained = serde_json::from_value(serde_json::json!({
            "seen": { "as_of": "2026-01-01T00:00:00Z", "place": 7, "rules": 1 }, "sku": "A", "pool": "ship",
            "locations": [], "sum": 30, "waiting": 4, "threshold": 5, "others": 1, "cap": 10, "rules": [],
            "units": 10
        }))
        .expect("the public form");
        let steps: Vec<_> = lines(&why).iter().map(|line| (line.step.sign(), line.units)).collect();
        let all = [("", 30), ("−", 4), ("−", 5), ("−", 1), ("=", 20), ("at most", 10), ("=", 10)];
        assert_eq!(steps, all);
        let none = AtpExplained { sum: 3, cap: None, units: 0, ..why };
        assert_eq!(lines(&none).last().map(|l| l.words), Some("Can be promised, never below zero"));
        let soon = AtpExplained { unreleased: 3, waiting: 0, threshold: 0, others: 0, ..none };
        assert_eq!((lines(&soon)[1].units, lines(&soon).last().map(|l| l.units)), (3, Some(0)));
    }
}
