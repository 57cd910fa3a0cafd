//! The words of the console for values that have none of their own.
//!
//! A fulfillment's stage has its words in `domain`; they are not repeated here.

use domain::{
    api::{AtpBand, DeviceState, OperatorRole, Transport, TransportState},
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

/// How much there is of an item.
#[must_use]
pub const fn band(band: AtpBand) -> &'static str {
    match band {
        AtpBand::InStock => "In stock",
        AtpBand::Low => "Low",
        AtpBand::Out => "Out",
    }
}

/// What kind of system a source is.
#[must_use]
pub fn source_kind(kind: &str) -> String {
    match kind {
        "erp" => "ERP".to_owned(),
        "till" => "Tills".to_owned(),
        "third_party" => "Third party".to_owned(),
        other => capitalised(other),
    }
}

/// How what a source writes gets here.
#[must_use]
pub fn transport(transport: &Transport) -> String {
    match transport {
        Transport::Upload => "sends by itself".to_owned(),
        Transport::Folder { name } => format!("folder {name} of the inbox"),
        Transport::Nats { stream, subject, .. } => format!("NATS, stream {stream}, {subject}"),
    }
}

/// Whether it does, in a few words.
#[must_use]
pub fn reached(transport: &Transport, state: &TransportState) -> String {
    let things = match transport {
        Transport::Nats { .. } => ("message waits", "messages wait"),
        _ => ("file waits", "files wait"),
    };
    match (state.is_up, state.waiting) {
        (true, 0) => "nothing waits".to_owned(),
        (true, waiting) => count(waiting, things.0, things.1),
        (false, _) if state.trouble.is_empty() => "not looked at yet".to_owned(),
        (false, _) => format!("not now: {}", state.trouble),
    }
}

/// What a source writes in.
#[must_use]
pub fn source_format(format: &str) -> String {
    match format {
        "poslog" => "POSLog".to_owned(),
        "x12_846" => "X12 846".to_owned(),
        other => other.to_uppercase(),
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

/// A number that may be below zero, as `−1,565`.
#[must_use]
pub fn number(number: i64) -> String {
    let words = thousands(number.unsigned_abs());
    if number < 0 { format!("−{words}") } else { words }
}

/// How much more or less, as `+3` or `−3`.
#[must_use]
pub fn difference(units: i64) -> String {
    if units > 0 { format!("+{}", number(units)) } else { number(units) }
}

/// A size, in the largest unit that still tells something: `812 B`, `4 kB`, `1.5 MB`.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    let of = |unit: u64| bytes as f64 / unit as f64;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.0} kB", of(1_000)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", of(1_000_000)),
        _ => format!("{:.1} GB", of(1_000_000_000)),
    }
}

/// `a`, `a and b`, `a, b and 3 more`: at most so many by name.
#[must_use]
pub fn list(names: &[String], most: usize) -> String {
    let (named, others) = names.split_at(names.len().min(most));
    let more = (!others.is_empty()).then(|| format!("{} more", others.len()));
    let mut all: Vec<_> = named.iter().cloned().chain(more).collect();
    match all.pop() {
        Some(last) if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        last => last.unwrap_or_default(),
    }
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
    fn numbers_below_zero_have_a_real_minus() {
        assert_eq!([number(-1_200), number(0), difference(4)], ["−1,200", "0", "+4"]);
        assert_eq!([difference(-4), difference(0)], ["−4", "0"]);
    }

    #[test]
    fn sizes_use_the_largest_unit_that_tells_something() {
        for (size, words) in
            [(812, "812 B"), (4_096, "4 kB"), (1_500_000, "1.5 MB"), (2_000_000_000, "2.0 GB")]
        {
            assert_eq!(bytes(size), words);
        }
    }

    #[test]
    fn a_list_names_some_and_counts_the_others() {
        let names = ["a", "b", "c", "d"].map(str::to_owned);
        assert_eq!(list(&names[..0], 3), "");
        assert_eq!(list(&names[..1], 3), "a");
        assert_eq!(list(&names[..3], 3), "a, b and c");
        assert_eq!(list(&names, 2), "a, b and 2 more");
    }

    #[test]
    fn sources_are_called_as_people_call_them() {
        assert_eq!(
            ["erp", "third_party", "supplier"].map(source_kind),
            ["ERP", "Third party", "Supplier"]
        );
        assert_eq!(["csv", "x12_846"].map(source_format), ["CSV", "X12 846"]);
    }

    #[test]
    fn it_is_told_whether_a_source_is_reached() {
        let folder = Transport::Folder { name: "acme".into() };
        assert_eq!(transport(&folder), "folder acme of the inbox");
        let up = TransportState { is_up: true, waiting: 1, ..TransportState::default() };
        assert_eq!(reached(&folder, &up), "1 file waits");
        let down = TransportState { trouble: "gone".into(), ..TransportState::default() };
        assert_eq!(reached(&Transport::Upload, &down), "not now: gone");
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
