//! What is wrong now, as the home page lists it: how many, why it matters, and the lever.

use domain::api::Overview;

use crate::{tone::Tone, words::count};

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How many.
    pub count: u32,
    /// What, in words that carry the number.
    pub title: String,
    /// Why it matters and what helps.
    pub why: &'static str,
    /// Words of the lever.
    pub lever: &'static str,
    /// Where the lever leads: the list behind the number.
    pub href: &'static str,
    /// Name of its icon.
    pub icon: &'static str,
    /// How bad.
    pub tone: Tone,
}

/// The problems there are, the worst first; empty when all is well.
#[must_use]
pub fn of(overview: &Overview) -> Vec<Problem> {
    let title = |n: u32, one, many| count(u64::from(n), one, many);
    let o = overview;
    let all = [
        Problem {
            count: o.late,
            title: title(o.late, "fulfillment is late", "fulfillments are late"),
            why: "The promise has passed. Call the store, or tell the customer.",
            lever: "See what is late",
            href: "/at-risk",
            icon: "timer",
            tone: Tone::Bad,
        },
        Problem {
            count: o.exceptions,
            title: title(o.exceptions, "exception is open", "exceptions are open"),
            why: "Record and reality disagree. Each one names its next step.",
            lever: "Work through them",
            href: "/exceptions",
            icon: "triangle-alert",
            tone: Tone::Bad,
        },
        Problem {
            count: o.unsourced,
            title: title(o.unsourced, "order waits for a store", "orders wait for a store"),
            why: "No store has all of it. They are tried again as stock comes in.",
            lever: "See why",
            href: "/orders?stage=unsourced",
            icon: "package-x",
            tone: Tone::Warn,
        },
        Problem {
            count: o.at_risk,
            title: title(
                o.at_risk,
                "fulfillment is due within the hour",
                "fulfillments are due within the hour",
            ),
            why: "Still in time, when somebody begins now.",
            lever: "See what to begin",
            href: "/at-risk",
            icon: "clock",
            tone: Tone::Warn,
        },
        Problem {
            count: o.devices_silent,
            title: title(o.devices_silent, "tablet is silent", "tablets are silent"),
            why: "No word for ten minutes. Work goes on there, but nobody else sees it.",
            lever: "See which",
            href: "/devices",
            icon: "wifi-off",
            tone: Tone::Warn,
        },
        Problem {
            count: o.parked,
            title: title(o.parked, "change could not be read", "changes could not be read"),
            why: "A tablet is newer than this server. Nothing is lost; update the server.",
            lever: "Look at them",
            href: "/parked",
            icon: "inbox",
            tone: Tone::Warn,
        },
    ];
    all.into_iter().filter(|problem| problem.count > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calm() -> Overview {
        serde_json::from_value(serde_json::json!({
            "unsourced": 0, "late": 0, "at_risk": 0, "open": 7, "ready": 2, "exceptions": 0, "parked": 0,
            "devices_silent": 0, "devices": 3, "locations": 1565, "orders_day": 40, "worst": []
        }))
        .expect("the public form")
    }

    #[test]
    fn all_is_well_without_problems() {
        assert_eq!(of(&calm()), []);
    }

    #[test]
    fn each_number_above_zero_is_a_problem_with_its_list() {
        let bad = Overview {
            unsourced: 1,
            late: 2,
            at_risk: 3,
            exceptions: 4,
            parked: 5,
            devices_silent: 6,
            ..calm()
        };
        let problems = of(&bad);
        assert_eq!(problems.len(), 6);
        assert_eq!(problems[0].title, "2 fulfillments are late");
        assert!(problems.iter().all(|p| p.title.starts_with(&p.count.to_string())));
    }
}
