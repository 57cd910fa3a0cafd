//! How an item is sold beyond what is there and coming, in words.

use domain::{
    api::{AtpBackorder, ItemTerms},
    clock::TimeMs,
};

use crate::words::{count, number};

/// A sentence for each of the terms; `date` says an instant.
#[must_use]
pub fn said(terms: &ItemTerms, date: impl Fn(TimeMs) -> String) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(of) = terms.pre_order {
        said.push(format!("Pre-order: nothing leaves before {}.", date(of.release)));
    }
    if let Some(of) = terms.backorder {
        let units = count(of.limit.into(), "unit", "units");
        let days = count(of.lead_days.into(), "day", "days");
        said.push(format!("Backorder: up to {units} may wait, sent after {days}."));
    }
    if !terms.components.is_empty() {
        let parts = terms.components.iter();
        let parts = parts.map(|of| format!("{} × {}", number(of.quantity.into()), of.sku));
        said.push(format!("A kit of {}.", parts.collect::<Vec<_>>().join(", ")));
    }
    said
}

/// Why an item of which nothing can be promised now may still be had, in a few words.
#[must_use]
pub fn short(
    release: Option<TimeMs>,
    backorder: Option<AtpBackorder>,
    date: impl Fn(TimeMs) -> String,
) -> Option<String> {
    let release = release.map(|at| format!("released {}", date(at)));
    let backorder = backorder.map(|of| format!("backorder for {}", date(of.from)));
    let said: Vec<String> = release.into_iter().chain(backorder).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_term_has_a_sentence() {
        let terms: ItemTerms = serde_json::from_value(serde_json::json!({
            "backorder": { "limit": 20, "lead_days": 1 },
            "pre_order": { "release": "2027-03-01T08:00:00Z" },
            "components": [{ "sku": "A", "quantity": 1 }, { "sku": "B", "quantity": 2 }],
        }))
        .expect("the API's form");
        let said = said(&terms, |_| "then".into());
        assert_eq!(
            said,
            [
                "Pre-order: nothing leaves before then.",
                "Backorder: up to 20 units may wait, sent after 1 day.",
                "A kit of 1 × A, 2 × B."
            ]
        );
        assert!(super::said(&ItemTerms::default(), |_| String::new()).is_empty());
    }

    #[test]
    fn what_is_not_there_may_be_had_later() {
        let date = |at: TimeMs| at.0.to_string();
        assert_eq!(short(None, None, date), None);
        let backorder = Some(AtpBackorder { from: TimeMs(7), limit: 20 });
        let said = short(Some(TimeMs(5)), backorder, date);
        assert_eq!(said.as_deref(), Some("released 5; backorder for 7"));
    }
}
