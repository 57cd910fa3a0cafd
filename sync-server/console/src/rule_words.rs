//! Rules and pools as sentences that a person can check without reading JSON.
//!
//! Says what is written; what a rule makes of a number is the server's business.

use domain::{
    atp::{
        pool::Pool,
        rules::{Amount, Campaign, Rule, Says, Stack},
        scope::{Items, Locations, Pools, Saying},
    },
    fulfillment::Method,
};

use crate::words::{count, list};

/// Names that a sentence takes before it says only how many more there are.
const NAMES_MAX: usize = 6;

/// A rule as one sentence.
#[must_use]
pub fn rule(rule: &Rule) -> String {
    let of = items(&rule.items);
    let at = format!("at {}{}", locations(&rule.locations), also(&rule.pools));
    let within = format!("in {}", pools(&rule.pools));
    match &rule.says {
        Says::Exclude => format!("Promise nothing{of} {at}"),
        Says::Safety(kept) => format!("Keep {}{of} {at}", amount(*kept, "of what is on the shelf")),
        Says::LastPiece(few) => {
            let are = if *few == 1 { "is" } else { "are" };
            format!("Promise none{of} where no more than {} {are} left, {at}", units(*few))
        }
        Says::Threshold(kept) => {
            format!("Keep {}{of} from everybody {within}", amount(*kept, "of the sum"))
        }
        Says::Segment(segment) => {
            let kept = amount(segment.amount, "of the sum");
            let rest = if segment.fall_through {
                "may take of the rest, too"
            } else {
                "may take no others"
            };
            format!("Keep {kept}{of} for channel {} {within}; it {rest}", segment.channel)
        }
        Says::Cap(most) => format!("Show at most {}{of} {within}", units(*most)),
        Says::Campaign(Campaign { units: most, together: true }) => {
            format!("Sell at most {}{} together {within}", units(*most), or_all(of))
        }
        Says::Campaign(Campaign { units: most, together: false }) => {
            format!("Sell at most {} of each item{of} {within}", units(*most))
        }
        Says::PerCustomer(most) => {
            format!("Sell one customer at most {} of each item{of} {within}", units(*most))
        }
    }
}

/// How a rule goes together with those before it, where it is not simply the stricter that holds.
#[must_use]
pub const fn stack(rule: &Rule) -> Option<&'static str> {
    match (&rule.says, rule.stack) {
        (Says::Exclude | Says::Segment(_) | Says::Campaign(_) | Says::PerCustomer(_), _)
        | (_, Stack::Max) => None,
        (_, Stack::Sum) => Some("Adds to the rules of its kind before it."),
        (_, Stack::Override) => Some("Takes the place of the rules of its kind before it."),
    }
}

/// A pool as one sentence.
#[must_use]
pub fn pool(pool: &Pool) -> String {
    let from = locations(&pool.locations);
    let whose = whose(pool);
    match pool.method {
        Method::Ship => format!("Delivery for {whose}, from {from} that ships"),
        Method::Pickup => format!("Pickup for {whose}, at {from} where customers pick up"),
    }
}

fn whose(pool: &Pool) -> String {
    let said = |what, of: &Option<String>| of.as_ref().map(|of| format!("{what} {of}"));
    let all = [
        said("channel", &pool.channel),
        said("market", &pool.market),
        said("region", &pool.region),
    ];
    let all: Vec<_> = all.into_iter().flatten().collect();
    if all.is_empty() { "everybody".to_owned() } else { all.join(", ") }
}

fn units(number: u32) -> String {
    count(number.into(), "unit", "units")
}

fn amount(amount: Amount, of: &str) -> String {
    match amount {
        Amount::Units(number) => units(number),
        Amount::Percent(share) => format!("{share} % {of}"),
    }
}

fn names(one: &str, many: &str, of: &[String]) -> String {
    format!("{} {}", if of.len() == 1 { one } else { many }, list(of, NAMES_MAX))
}

/// ` of SKU 100023`, or nothing for everything.
fn items(items: &Items) -> String {
    let kinds = [
        ("SKU", "SKUs", &items.skus),
        ("category", "categories", &items.categories),
        ("department", "departments", &items.departments),
    ];
    let said = kinds.into_iter().filter(|(_, _, of)| !of.is_empty());
    let mut said: Vec<_> = said.map(|(one, many, of)| names(one, many, of)).collect();
    let attributes = saying(&items.attributes);
    if said.is_empty() && !attributes.is_empty() {
        said.push("items".to_owned());
    }
    if said.is_empty() { String::new() } else { format!(" of {}{attributes}", said.join(", ")) }
}

/// ` that say brand=Lux, and not hazard=lithium`, or nothing.
fn saying(of: &Saying) -> String {
    let said = |how: &str, words: &[String]| {
        (!words.is_empty()).then(|| format!("{how}{}", list(words, NAMES_MAX)))
    };
    let any = if of.any.len() > 1 { "one of " } else { "" };
    let all = [said("", &of.all), said(any, &of.any), said("not ", &of.not)];
    let all: Vec<_> = all.into_iter().flatten().collect();
    if all.is_empty() { String::new() } else { format!(" that say {}", all.join(", and ")) }
}

/// What is counted together, if it is everything.
fn or_all(of: String) -> String {
    if of.is_empty() { " of all items".to_owned() } else { of }
}

/// `every store in US`.
fn locations(locations: &Locations) -> String {
    let kinds = list(&locations.kinds, NAMES_MAX);
    let ids = list(&locations.ids, NAMES_MAX);
    let mut said = match (kinds.is_empty(), ids.is_empty()) {
        (true, true) => "every location".to_owned(),
        (false, true) => format!("every {kinds}"),
        (true, false) => ids,
        (false, false) => format!("every {kinds} among {ids}"),
    };
    if !locations.countries.is_empty() {
        said.push_str(&format!(" in {}", list(&locations.countries, NAMES_MAX)));
    }
    if !locations.regions.is_empty() {
        said.push_str(&format!(" in {}", names("region", "regions", &locations.regions)));
    }
    said
}

/// `the pool ship`.
fn pools(pools: &Pools) -> String {
    let mut said = match pools.ids.is_empty() {
        true => "every pool".to_owned(),
        false => format!("the {}", names("pool", "pools", &pools.ids)),
    };
    if !pools.channels.is_empty() {
        said.push_str(&format!(" of {}", names("channel", "channels", &pools.channels)));
    }
    if !pools.methods.is_empty() {
        let methods: Vec<_> = pools.methods.iter().map(|by| way(*by).to_owned()).collect();
        said.push_str(&format!(" for {}", list(&methods, NAMES_MAX)));
    }
    said
}

/// `, in the pool ship`, or nothing for every pool.
fn also(of: &Pools) -> String {
    if *of == Pools::default() { String::new() } else { format!(", in {}", pools(of)) }
}

const fn way(method: Method) -> &'static str {
    match method {
        Method::Ship => "delivery",
        Method::Pickup => "pickup",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(json: serde_json::Value) -> String {
        rule(&serde_json::from_value(json).expect("the API's form"))
    }

    #[test]
    fn each_kind_of_rule_is_one_sentence() {
        for (json, sentence) in [
            (
                serde_json::json!({ "id": "a", "says": { "safety": { "units": 2 } }, "locations": { "kinds": ["store"] } }),
                "Keep 2 units at every store",
            ),
            (
                serde_json::json!({ "id": "a", "says": { "safety": { "percent": 10 } }, "items": { "departments": ["Dairy"] } }),
                "Keep 10 % of what is on the shelf of department Dairy at every location",
            ),
            (
                serde_json::json!({ "id": "a", "says": "exclude", "items": { "skus": ["1", "2"] },
                    "locations": { "ids": ["S1"] }, "pools": { "methods": ["ship"] } }),
                "Promise nothing of SKUs 1 and 2 at S1, in every pool for delivery",
            ),
            (
                serde_json::json!({ "id": "a", "says": { "last_piece": 1 }, "locations": { "countries": ["US"], "regions": ["west"] } }),
                "Promise none where no more than 1 unit is left, at every location in US in region west",
            ),
            (
                serde_json::json!({ "id": "a", "says": { "threshold": { "units": 1 } }, "pools": { "ids": ["ship"] } }),
                "Keep 1 unit from everybody in the pool ship",
            ),
            (
                serde_json::json!({ "id": "a", "says": { "segment": { "channel": "app", "amount": { "percent": 5 }, "fall_through": true } } }),
                "Keep 5 % of the sum for channel app in every pool; it may take of the rest, too",
            ),
            (
                serde_json::json!({ "id": "a", "says": { "cap": 10 }, "pools": { "channels": ["web"] } }),
                "Show at most 10 units in every pool of channel web",
            ),
            (
                serde_json::json!({ "id": "a", "says": { "campaign": { "units": 100 } }, "items": { "skus": ["1"] } }),
                "Sell at most 100 units of each item of SKU 1 in every pool",
            ),
            (
                serde_json::json!({ "id": "a", "says": { "campaign": { "units": 100, "together": true } } }),
                "Sell at most 100 units of all items together in every pool",
            ),
            (
                serde_json::json!({ "id": "a", "says": { "per_customer": 2 }, "items": { "categories": ["Lamps"],
                    "attributes": { "any": ["brand=Lux", "brand=Sol"], "not": ["hazard=lithium"] } } }),
                "Sell one customer at most 2 units of each item of category Lamps that say one of brand=Lux and brand=Sol, and not hazard=lithium in every pool",
            ),
            (
                serde_json::json!({ "id": "a", "says": "exclude", "items": { "attributes": { "all": ["hazard=lithium"] } } }),
                "Promise nothing of items that say hazard=lithium at every location",
            ),
        ] {
            assert_eq!(said(json), sentence);
        }
    }

    #[test]
    fn a_pool_says_whose_it_is_and_where_it_comes_from() {
        let said = |json| pool(&serde_json::from_value(json).expect("the API's form"));
        let ship = said(serde_json::json!({ "id": "ship", "method": "ship" }));
        assert_eq!(ship, "Delivery for everybody, from every location that ships");
        let app = said(
            serde_json::json!({ "id": "app", "method": "pickup", "channel": "app", "market": "US",
            "locations": { "kinds": ["store"] } }),
        );
        assert_eq!(
            app,
            "Pickup for channel app, market US, at every store where customers pick up"
        );
    }

    #[test]
    fn stacking_is_said_where_it_is_not_plain() {
        let of = |stack: &str| {
            let json = serde_json::json!({ "id": "a", "says": { "cap": 1 }, "stack": stack });
            super::stack(&serde_json::from_value(json).expect("the API's form"))
        };
        assert_eq!(of("max"), None);
        assert!(of("sum").is_some() && of("override").is_some());
    }
}
