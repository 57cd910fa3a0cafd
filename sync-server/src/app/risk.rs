//! Why open work is at risk, in words, by age and by promise; and a fulfillment as a row for people.

use domain::{
    api::QueueRow,
    clock::TimeMs,
    fulfillment::{Fulfillment, Stage},
};

use crate::db::queue::Open;

/// How long before its promise open work is at risk.
pub const RISK_MS: i64 = 3_600_000;
/// Age at which open work is looked at, whatever was promised.
pub const OLD_MS: i64 = 48 * 3_600_000;

/// Why the work is at risk; `None` when it is not.
#[must_use]
pub fn reason(f: &Fulfillment, now: TimeMs) -> Option<String> {
    let left_ms = f.promise_at().since_ms(now);
    let age_ms = now.since_ms(f.created_at());
    let kept = matches!(f.stage(), Stage::Ready | Stage::AwaitingCarrier) || f.stage().is_final();
    if !kept && left_ms < 0 {
        Some(format!("late by {}", duration(-left_ms)))
    } else if !kept && left_ms <= RISK_MS {
        Some(format!("due in {} and still {}", duration(left_ms), f.stage().words()))
    } else if age_ms >= OLD_MS && f.is_open() {
        Some(format!("open for {}", duration(age_ms)))
    } else {
        None
    }
}

/// `35 min`, `3 h 20 min`, `4 days`.
fn duration(ms: i64) -> String {
    let minutes = ms / 60_000;
    match minutes {
        0 => "less than a minute".to_owned(),
        1..60 => format!("{minutes} min"),
        60..2_880 if minutes % 60 == 0 => format!("{} h", minutes / 60),
        60..2_880 => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} days", minutes / 1_440),
    }
}

/// Open work as a row of a queue.
#[must_use]
pub fn row(open: &Open, now: TimeMs) -> QueueRow {
    let f = &open.fulfillment;
    let units = f.totals();
    QueueRow {
        order: f.order(),
        fulfillment: f.id(),
        short_code: f.short_code(),
        external_number: f.external_number().to_string(),
        location: f.location().clone(),
        location_name: open.location_name.clone(),
        method: f.method(),
        stage: f.stage(),
        stage_words: f.stage().words().to_owned(),
        units: units.sum() - units.closed(),
        created_at: f.created_at(),
        promise_at: f.promise_at(),
        left_ms: f.promise_at().since_ms(now),
        risk: reason(f, now),
        claimed_by: open.claimed_by.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        fulfillment::{Method, NewFulfillment},
        ids::{ExternalNumber, FulfillmentId, LocationId, OrderId, Sku},
    };

    fn work() -> Fulfillment {
        Fulfillment::new(NewFulfillment {
            id: FulfillmentId::new(TimeMs(0), [1; 10]),
            order: OrderId::new(TimeMs(0), [2; 10]),
            external_number: ExternalNumber::new("W-1").expect("valid"),
            location: LocationId::new("S1").expect("valid"),
            method: Method::Pickup,
            at: TimeMs(0),
            promise_at: TimeMs(10 * 3_600_000),
            lines: vec![(1, Sku::new("X").expect("valid"), 2)],
            credential: None,
        })
    }

    #[test]
    fn risk_grows_with_time() {
        let at = |hours: i64| reason(&work(), TimeMs(hours * 3_600_000));
        assert_eq!(at(8), None);
        assert_eq!(at(9).as_deref(), Some("due in 1 h and still to pick"));
        assert_eq!(at(12).as_deref(), Some("late by 2 h"));
        assert_eq!(at(300).as_deref(), Some("late by 12 days"));
    }

    #[test]
    fn a_row_says_how_long_is_left() {
        let (fulfillment, location_name) = (work(), "Main Street".into());
        let open = Open { fulfillment, location_name, claimed_by: Some("Ada".into()) };
        let row = row(&open, TimeMs(10 * 3_600_000 + 1));
        assert_eq!((row.left_ms, row.units), (-1, 2));
        assert_eq!(row.risk.as_deref(), Some("late by less than a minute"));
        assert_eq!(row.claimed_by.as_deref(), Some("Ada"));
    }
}
