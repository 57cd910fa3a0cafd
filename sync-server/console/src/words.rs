//! The words of the console for values that have none of their own.
//!
//! A fulfillment's stage has its words in `domain`; they are not repeated here.

use domain::{
    api::{DeviceState, OperatorRole},
    fulfillment::Method,
    order::OrderStage,
};

/// Where an order stands.
#[must_use]
pub const fn order_stage(stage: OrderStage) -> &'static str {
    match stage {
        OrderStage::Unsourced => "Waits for a store",
        OrderStage::Sourced => "At the store",
        OrderStage::InFulfillment => "In work",
        OrderStage::Ready => "Ready",
        OrderStage::Completed => "Completed",
        OrderStage::Cancelled => "Cancelled",
    }
}

/// How the goods leave.
#[must_use]
pub const fn method(method: Method) -> &'static str {
    match method {
        Method::Pickup => "Pickup",
        Method::Ship => "Ship",
    }
}

/// What a person may do.
#[must_use]
pub const fn role(role: OperatorRole) -> &'static str {
    match role {
        OperatorRole::StoreManager => "Store manager",
        OperatorRole::Operations => "Operations",
        OperatorRole::Admin => "Administrator",
    }
}

/// Whether a tablet may sync.
#[must_use]
pub const fn device_state(state: DeviceState) -> &'static str {
    match state {
        DeviceState::Active => "Active",
        DeviceState::Quarantined => "Stopped",
        DeviceState::Revoked => "Removed",
    }
}

/// `1 order`, `3 orders`.
#[must_use]
pub fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { one } else { many })
}

/// A number with its thousands apart, as `1,565`.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut words = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

/// A distance, in the unit that a reader of this language tag thinks in.
#[must_use]
pub fn distance(distance_m: u64, language: &str) -> String {
    let miles = matches!(language, "en-US" | "en-GB" | "en-LR" | "my");
    let (unit_m, unit) = if miles { (1_609.344, "mi") } else { (1_000.0, "km") };
    let units = distance_m as f64 / unit_m;
    if units < 10.0 { format!("{units:.1} {unit}") } else { format!("{units:.0} {unit}") }
}

/// The first letter in upper case.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_agree_with_their_noun() {
        assert_eq!(count(1, "order", "orders"), "1 order");
        assert_eq!(count(0, "order", "orders"), "0 orders");
        assert_eq!(count(1_565, "location", "locations"), "1,565 locations");
    }

    #[test]
    fn thousands_are_apart() {
        for (number, words) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(thousands(number), words);
        }
    }

    #[test]
    fn distances_are_told_in_the_reader_s_unit() {
        assert_eq!(distance(16_100, "en-US"), "10 mi");
        assert_eq!(distance(1_500, "de-DE"), "1.5 km");
    }

    #[test]
    fn only_the_first_letter_is_raised() {
        assert_eq!(capitalised("being picked"), "Being picked");
        assert_eq!(capitalised(""), "");
    }
}
