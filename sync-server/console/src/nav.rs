//! Where a person can go. What a person may see is the server's decision; this only leaves out what
//! would be refused.

use domain::api::{Operator, OperatorRole};

use crate::link;

/// One place of the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Stable word, also the name of its `data-test` after `nav-`.
    pub name: &'static str,
    /// What people read.
    pub words: &'static str,
    /// Name of its icon.
    pub icon: &'static str,
    /// Its address.
    pub href: String,
    /// The key that goes there after `g`.
    pub key: &'static str,
}

/// The places of this person, in the order of the bar at the side.
#[must_use]
pub fn places(operator: &Operator) -> Vec<Place> {
    let place = |name, words, icon, href: &str, key| Place {
        name,
        words,
        icon,
        href: href.to_owned(),
        key,
    };
    let queue = match &operator.location {
        Some(store) => place(
            "queue",
            "Store queue",
            "store",
            &format!("/locations/{}", link::encoded(store.as_str())),
            "q",
        ),
        None => place("locations", "Stores", "store", "/locations", "q"),
    };
    let mut places = vec![
        place("home", "Home", "house", "/", "h"),
        place("orders", "Orders", "shopping-bag", "/orders", "o"),
        place("at-risk", "At risk", "timer", "/at-risk", "r"),
        place("exceptions", "Exceptions", "triangle-alert", "/exceptions", "e"),
        queue,
        place("stock", "Stock", "box", "/stock", "s"),
    ];
    if sees_network(operator) {
        places.extend([
            place("doubts", "Stock to check", "circle-alert", "/doubts", "k"),
            place("promises", "Promises", "package-check", "/promises", "m"),
            place("rules", "Rules", "list", "/rules", "u"),
            place("sources", "Sources", "truck", "/sources", "c"),
            place("feeds", "Feeds", "external-link", "/feeds", "f"),
        ]);
    }
    places.push(place("devices", "Tablets", "tablet", "/devices", "d"));
    if operator.location.is_none() {
        places.push(place("parked", "Unread", "inbox", "/parked", "p"));
    }
    places
}

/// Whether this person works for the whole network, not for one store.
#[must_use]
pub fn sees_network(operator: &Operator) -> bool {
    operator.role >= OperatorRole::Operations
}

/// Whether the lever that states rules is worth showing to this person.
#[must_use]
pub fn states_rules(operator: &Operator) -> bool {
    operator.role == OperatorRole::Admin
}

/// Whether levers that add and change sources are worth showing to this person.
#[must_use]
pub fn states_sources(operator: &Operator) -> bool {
    operator.role == OperatorRole::Admin
}

/// Whether levers that add and change webhooks are worth showing to this person.
#[must_use]
pub fn states_webhooks(operator: &Operator) -> bool {
    operator.role == OperatorRole::Admin
}

/// Whether levers on tablets are worth showing to this person.
#[must_use]
pub fn steers_devices(operator: &Operator) -> bool {
    operator.role == OperatorRole::Admin
}

/// Pages that stand below another place than their address says.
const BELOW: [(&str, &str); 1] = [("/dead-rows", "/sources")];

/// Which place an address belongs to: the longest whose address begins it.
#[must_use]
pub fn current<'a>(places: &'a [Place], path: &str) -> Option<&'a str> {
    let path = BELOW.iter().find(|(page, _)| *page == path).map_or(path, |(_, place)| place);
    let begins = |place: &&Place| {
        path == place.href || (place.href != "/" && path.starts_with(&format!("{}/", place.href)))
    };
    places.iter().filter(begins).max_by_key(|place| place.href.len()).map(|place| place.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operator(location: Option<&str>) -> Operator {
        Operator {
            login: "m".into(),
            name: "M".into(),
            role: if location.is_some() { OperatorRole::StoreManager } else { OperatorRole::Admin },
            location: location.map(|id| id.parse().expect("a location")),
        }
    }

    #[test]
    fn a_store_s_manager_is_led_to_the_own_store() {
        let places = places(&operator(Some("S0042")));
        assert!(places.iter().any(|place| place.href == "/locations/S0042"));
        assert!(!places.iter().any(|place| place.href == "/locations" || place.name == "parked"));
        assert!(!places.iter().any(|place| {
            ["doubts", "sources", "promises", "rules", "feeds"].contains(&place.name)
        }));
    }

    #[test]
    fn keys_and_names_are_not_given_twice() {
        let places = places(&operator(None));
        for (index, place) in places.iter().enumerate() {
            assert!(places[..index].iter().all(|p| p.key != place.key && p.name != place.name));
        }
    }

    #[test]
    fn an_address_belongs_to_its_place() {
        let places = places(&operator(None));
        for (path, name) in [
            ("/", "home"),
            ("/orders/1", "orders"),
            ("/locations/S1", "locations"),
            ("/sources/till", "sources"),
            ("/dead-rows", "sources"),
            ("/feeds/wh_1", "feeds"),
        ] {
            assert_eq!(current(&places, path), Some(name));
        }
        assert_eq!(current(&places, "/elsewhere"), None);
        assert_eq!(current(&places, "/ordersx"), None);
    }
}
