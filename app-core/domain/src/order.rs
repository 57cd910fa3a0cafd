//! What a customer bought. An order's stage is never written: it follows from its lines.

use serde::{Deserialize, Serialize};

use crate::{
    buckets::{Bucket, Buckets},
    clock::{TimeMs, rfc3339},
    ids::{ChannelId, ExternalNumber, LocationId, Sku},
    limits,
    measure::Quantity,
};

/// A postal address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Address {
    /// Who gets it.
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub name: String,
    /// Street and number.
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub street: String,
    /// City.
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub city: String,
    /// State or province.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub region: String,
    /// Postcode as written in its country.
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub postcode: String,
    /// ISO 3166 country, two letters.
    #[cfg_attr(feature = "schema", schema(pattern = "^[A-Z]{2}$"))]
    pub country: String,
}

/// How the customer wants to get the goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "schema", schema(example = json!({
    "kind": "ship",
    "address": {
        "name": "Ada Byron", "street": "12 Main Street", "city": "Austin", "region": "TX",
        "postcode": "78701", "country": "US"
    }
})))]
pub enum Destination {
    /// The customer comes to a location.
    Pickup {
        /// Which.
        location: LocationId,
    },
    /// A carrier brings them.
    Ship {
        /// Where to.
        address: Address,
    },
}

/// Who to call. Personal data: kept apart from everything else, and purged on its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Customer {
    /// Name.
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub name: String,
    /// Telephone number.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub phone: Option<String>,
    /// E-mail address.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub email: Option<String>,
}

/// One line as a channel sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PlacedLine {
    /// Its number in the order, from 1.
    #[cfg_attr(feature = "schema", schema(minimum = 1, maximum = 1_200))]
    pub line: u32,
    /// What was bought.
    pub sku: Sku,
    /// How many units.
    pub quantity: Quantity,
    /// Price of one unit in the currency's smallest unit.
    #[cfg_attr(feature = "schema", schema(minimum = 0, maximum = 1_000_000_000))]
    pub price_minor: i64,
}

/// An order as a channel sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(example = json!({
    "channel": "web",
    "external_number": "W-100042",
    "placed_at": "2026-11-23T06:41:07Z",
    "promise_at": "2026-11-23T10:00:00Z",
    "currency": "USD",
    "method": {"kind": "pickup", "location": "S0001"},
    "customer": {"name": "Ada Byron", "phone": "+1 555 0100", "email": "ada@example.com"},
    "lines": [{"line": 1, "sku": "100023", "quantity": 2, "price_minor": 1_499}],
    "note": "Blue bag, please"
})))]
pub struct PlacedOrder {
    /// The channel.
    pub channel: ChannelId,
    /// The channel's number of it; with the channel it is the order's identity.
    pub external_number: ExternalNumber,
    /// When the customer bought.
    #[serde(with = "rfc3339")]
    #[cfg_attr(feature = "schema", schema(value_type = String, format = DateTime))]
    pub placed_at: TimeMs,
    /// When it was promised to be ready (pickup) or to leave (ship); absent: the server's default.
    #[serde(default, with = "rfc3339::option")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub promise_at: Option<TimeMs>,
    /// ISO 4217 code.
    #[cfg_attr(feature = "schema", schema(pattern = "^[A-Z]{3}$"))]
    pub currency: String,
    /// How the goods get to the customer.
    pub method: Destination,
    /// Who bought.
    pub customer: Customer,
    /// What was bought.
    #[cfg_attr(feature = "schema", schema(min_items = 1, max_items = 1_200))]
    pub lines: Vec<PlacedLine>,
    /// A note for the store.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub note: Option<String>,
    /// The token of a promise that was made to its basket: the units are held for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub promise: Option<String>,
    /// The shop's number of the customer, where rules limit what one customer is sold; if it is absent, the
    /// e-mail address is taken. Only a keyed hash is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(max_length = 200))]
    pub customer_reference: Option<String>,
}

/// One thing that is wrong with an order as sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Path of the field, as `lines[2].quantity`.
    pub field: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl PlacedOrder {
    /// Everything that is wrong with the order by itself; empty when nothing is.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldError> {
        let mut faults = Vec::new();
        let mut fault = |field: &str, message: String| {
            faults.push(FieldError { field: field.to_owned(), message });
        };
        if self.lines.is_empty() || self.lines.len() > limits::ORDER_LINES_MAX {
            fault("lines", format!("an order has 1 to {} lines", limits::ORDER_LINES_MAX));
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            fault("currency", "an ISO 4217 code of three capital letters".into());
        }
        for (field, text) in self.texts() {
            if text.chars().count() > limits::TEXT_MAX {
                fault(field, format!("at most {} characters", limits::TEXT_MAX));
            }
        }
        if self.customer.name.trim().is_empty() {
            fault("customer.name", "a name is needed".into());
        }
        for (index, line) in self.lines.iter().enumerate() {
            if line.line == 0 || line.line as usize > limits::ORDER_LINES_MAX {
                fault(&format!("lines[{index}].line"), "line numbers start at 1".into());
            }
            if self.lines[..index].iter().any(|other| other.line == line.line) {
                fault(
                    &format!("lines[{index}].line"),
                    format!("line {} is there twice", line.line),
                );
            }
            if !(0..=1_000_000_000).contains(&line.price_minor) {
                fault(&format!("lines[{index}].price_minor"), "0 to 1,000,000,000".into());
            }
        }
        faults
    }

    fn texts(&self) -> Vec<(&'static str, &str)> {
        let mut texts = vec![("customer.name", self.customer.name.as_str())];
        let optional = [
            ("customer.phone", &self.customer.phone),
            ("customer.email", &self.customer.email),
            ("note", &self.note),
            ("customer_reference", &self.customer_reference),
        ];
        texts.extend(optional.iter().filter_map(|(f, t)| t.as_deref().map(|t| (*f, t))));
        if let Destination::Ship { address: a } = &self.method {
            texts.extend([
                ("method.address.name", a.name.as_str()),
                ("method.address.street", &a.street),
            ]);
            texts.extend([
                ("method.address.city", a.city.as_str()),
                ("method.address.region", &a.region),
            ]);
            texts.extend([
                ("method.address.postcode", a.postcode.as_str()),
                ("method.address.country", &a.country),
            ]);
        }
        texts
    }
}

/// Units of one order line, over all its fulfillments. `sum` is what was ordered, always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LineProgress {
    /// Units that no location has been asked for.
    pub unsourced: u32,
    /// Units that were cancelled before any location was asked.
    pub cancelled: u32,
    /// Units at locations, by bucket. Rejected units are unsourced again and not counted here.
    pub at_locations: Buckets,
}

impl LineProgress {
    /// All units of the line.
    #[must_use]
    pub fn sum(&self) -> u32 {
        self.unsourced + self.cancelled + self.at_locations.sum()
            - self.at_locations.get(Bucket::Rejected)
    }
}

/// Where an order stands, derived from its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OrderStage {
    /// Some units wait for a location.
    Unsourced,
    /// All units are at locations and none has moved yet.
    Sourced,
    /// Somebody works on it.
    InFulfillment,
    /// Everything wanted waits in slots.
    Ready,
    /// Everything wanted has left; final.
    Completed,
    /// Nothing is wanted any more; final.
    Cancelled,
}

impl OrderStage {
    /// Every stage.
    pub const ALL: [Self; 6] = [
        Self::Unsourced,
        Self::Sourced,
        Self::InFulfillment,
        Self::Ready,
        Self::Completed,
        Self::Cancelled,
    ];

    /// The stage that these lines give.
    #[must_use]
    pub fn of(lines: &[LineProgress]) -> Self {
        let total = |f: fn(&LineProgress) -> u32| lines.iter().map(f).sum::<u32>();
        let units = |bucket| lines.iter().map(|l| l.at_locations.get(bucket)).sum::<u32>();
        let gone = units(Bucket::HandedOver) + units(Bucket::Shipped);
        let in_hand = total(|l| l.at_locations.in_hand());
        let open = total(|l| l.unsourced) + units(Bucket::Sourced) + in_hand;
        if open == 0 {
            return if gone > 0 { Self::Completed } else { Self::Cancelled };
        }
        if total(|l| l.unsourced) > 0 {
            return Self::Unsourced;
        }
        if units(Bucket::Staged) == open {
            Self::Ready
        } else if in_hand + gone > 0 {
            Self::InFulfillment
        } else {
            Self::Sourced
        }
    }

    /// Whether an order may be in another stage after units of one of its fulfillments have moved from
    /// `before` to `next`, whatever the rest of the order is: `false` while some are in hand, and as many
    /// are open, staged and gone.
    #[must_use]
    pub fn may_change(before: &Buckets, next: &Buckets) -> bool {
        let gone = |of: &Buckets| of.get(Bucket::HandedOver) + of.get(Bucket::Shipped);
        let open = |of: &Buckets| of.get(Bucket::Sourced) + of.in_hand();
        let told = |of: &Buckets| (of.in_hand() > 0, open(of), of.get(Bucket::Staged), gone(of));
        before.in_hand() == 0 || told(before) != told(next)
    }

    /// The word that databases and the wire use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unsourced => "unsourced",
            Self::Sourced => "sourced",
            Self::InFulfillment => "in_fulfillment",
            Self::Ready => "ready",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl std::str::FromStr for OrderStage {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let stage = Self::ALL.into_iter().find(|stage| stage.as_str() == text);
        stage.ok_or_else(|| format!("“{}” is not an order stage", text.escape_debug()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn order() -> PlacedOrder {
        serde_json::from_value(serde_json::json!({
            "channel": "web", "external_number": "W-1", "placed_at": "2026-11-23T06:41:07Z",
            "currency": "USD", "method": {"kind": "pickup", "location": "S0001"},
            "customer": {"name": "Ada"}, "lines": [{"line": 1, "sku": "X", "quantity": 1, "price_minor": 5}]
        }))
        .expect("the public form")
    }

    #[test]
    fn a_good_order_has_no_faults() {
        assert_eq!(order().faults(), []);
    }

    #[test]
    fn every_fault_is_named_by_its_field() {
        let mut bad = order();
        bad.currency = "usd".into();
        bad.customer.name = " ".into();
        bad.lines.push(bad.lines[0].clone());
        bad.note = Some("x".repeat(limits::TEXT_MAX + 1));
        let fields: Vec<_> = bad.faults().into_iter().map(|f| f.field).collect();
        assert_eq!(fields, ["currency", "note", "customer.name", "lines[1].line"]);
    }

    #[test]
    fn the_number_of_lines_is_bounded() {
        let mut big = order();
        big.lines = (1..=1_200).map(|line| PlacedLine { line, ..big.lines[0].clone() }).collect();
        assert_eq!(big.faults(), []);
        big.lines.push(PlacedLine { line: 1_201, ..big.lines[0].clone() });
        assert!(!big.faults().is_empty());
        big.lines.clear();
        assert_eq!(big.faults()[0].field, "lines");
    }

    /// Small numbers, so that sums meet often.
    fn buckets() -> impl Strategy<Value = Buckets> {
        proptest::collection::vec((0usize..8, 1u32..3), 0..3).prop_map(|units| {
            let mut all = Buckets::default();
            for (bucket, units) in units {
                let mut of_bucket = Buckets::sourced(units);
                of_bucket.take(Bucket::Sourced, Bucket::ALL[bucket], units);
                all.add(&of_bucket);
            }
            all
        })
    }

    proptest! {
        #[test]
        fn what_cannot_change_the_stage_does_not(
            before in buckets(), next in buckets(), others in buckets(), unsourced in 0u32..2,
        ) {
            let rest = LineProgress { unsourced, cancelled: 0, at_locations: others };
            let with = |at_locations| LineProgress { at_locations, ..LineProgress::default() };
            let stage = |of| OrderStage::of(&[rest, with(of)]);
            prop_assert!(OrderStage::may_change(&before, &next) || stage(before) == stage(next));
        }
    }

    #[test]
    fn a_pick_after_another_changes_no_stage() {
        let mut before = Buckets::sourced(3);
        before.take(Bucket::Sourced, Bucket::Picked, 1);
        let mut next = before;
        next.take(Bucket::Sourced, Bucket::Picked, 1);
        assert!(!OrderStage::may_change(&before, &next));
        assert!(OrderStage::may_change(&Buckets::sourced(3), &before));
    }

    #[test]
    fn the_stage_follows_from_the_lines() {
        let at = |bucket| {
            let mut at_locations = Buckets::sourced(2);
            at_locations.take(Bucket::Sourced, bucket, 2);
            LineProgress { unsourced: 0, cancelled: 0, at_locations }
        };
        let waiting = LineProgress { unsourced: 1, ..LineProgress::default() };
        assert_eq!(OrderStage::of(&[waiting, at(Bucket::Staged)]), OrderStage::Unsourced);
        assert_eq!(OrderStage::of(&[at(Bucket::Sourced)]), OrderStage::Sourced);
        assert_eq!(
            OrderStage::of(&[at(Bucket::Sourced), at(Bucket::Picked)]),
            OrderStage::InFulfillment
        );
        assert_eq!(OrderStage::of(&[at(Bucket::Staged), at(Bucket::Cancelled)]), OrderStage::Ready);
        assert_eq!(
            OrderStage::of(&[at(Bucket::Shipped), at(Bucket::Cancelled)]),
            OrderStage::Completed
        );
        assert_eq!(OrderStage::of(&[at(Bucket::Cancelled)]), OrderStage::Cancelled);
    }
}
