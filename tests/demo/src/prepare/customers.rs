//! People who do not exist, at streets that do not exist, in real postcodes.
//!
//! Mail goes to `example.com`, telephones have the numbers kept for fiction (555-0100 to 555-0199).

use crate::rows::{Address, Customer, LocationRow};
use crate::seed::{Draw, Seed};
use crate::source::distance_km;
use crate::source::postcodes::{Postcode, Postcodes};

/// How far around the demo location half of the customers live.
const NEAR_KM: f64 = 120.0;
const NEAR_PERCENT: u64 = 50;
/// Customers whose name is not in Latin letters: labels and screens must take every script.
const OTHER_SCRIPT_PERCENT: u64 = 5;

const FIRST_NAMES: [&str; 40] = [
    "Ada", "Amir", "Anna", "Ben", "Carla", "Chidi", "Clara", "Daniel", "Dolores", "Elif", "Emma",
    "Fatima", "Felix", "Grace", "Hannah", "Hugo", "Ines", "Jack", "Jonas", "Kofi", "Lena", "Leo",
    "Linh", "Maria", "Mei", "Nadia", "Noah", "Olga", "Omar", "Priya", "Quinn", "Rosa", "Ruth",
    "Sam", "Sofia", "Theo", "Uma", "Victor", "Yuki", "Zoë",
];
const LAST_NAMES: [&str; 40] = [
    "Abbott",
    "Alvarez",
    "Becker",
    "Bianchi",
    "Brooks",
    "Castillo",
    "Chen",
    "Dlamini",
    "Duarte",
    "Ellison",
    "Fischer",
    "Flores",
    "Gallagher",
    "Haddad",
    "Hansen",
    "Ibrahim",
    "Iversen",
    "Jensen",
    "Kaplan",
    "Kowalski",
    "Lindqvist",
    "Lopez",
    "Mbeki",
    "Meyer",
    "Morales",
    "Nakamura",
    "Nguyen",
    "O'Neill",
    "Okafor",
    "Østergård",
    "Patel",
    "Quist",
    "Ramírez",
    "Sato",
    "Schröder",
    "Silva",
    "Tanaka",
    "Ueda",
    "Vargas",
    "Whitfield",
];
const OTHER_SCRIPTS: [(&str, &str); 8] = [
    ("Ελένη Παππά", "eleni.pappa"),
    ("Νίκος Γεωργίου", "nikos.georgiou"),
    ("Анна Морозова", "anna.morozova"),
    ("Олексій Ткаченко", "oleksii.tkachenko"),
    ("ليلى حداد", "layla.haddad"),
    ("يوسف منصور", "yusuf.mansour"),
    ("נועה כהן", "noa.cohen"),
    ("דניאל לוי", "daniel.levi"),
];
const STREETS: [&str; 24] = [
    "Alder",
    "Birchwood",
    "Brook",
    "Cedar",
    "Chapel",
    "Clover",
    "Dogwood",
    "Elm",
    "Fairview",
    "Garden",
    "Heron",
    "Hillcrest",
    "Juniper",
    "Lakeside",
    "Linden",
    "Meadow",
    "Mill",
    "Orchard",
    "Quarry",
    "Ridge",
    "Sycamore",
    "Union",
    "Walnut",
    "Willow",
];
const STREET_KINDS: [&str; 6] = ["Ave", "Blvd", "Dr", "Ln", "Rd", "St"];

/// Where customers may live.
#[derive(Debug)]
pub struct Homes<'a> {
    near: Vec<&'a Postcode>,
    all: Vec<&'a Postcode>,
}

impl<'a> Homes<'a> {
    /// Postcodes of the states, those around `centre` apart. Military post offices abroad are not
    /// delivered to from a store.
    pub fn around(centre: &LocationRow, postcodes: &'a Postcodes) -> Self {
        let all: Vec<_> = postcodes.values().filter(|p| !p.state.is_empty()).collect();
        let here = (centre.lat, centre.lon);
        let is_near = |p: &&Postcode| distance_km(here, (p.lat, p.lon)) <= NEAR_KM;
        let near = all.iter().copied().filter(is_near).collect();
        Self { near, all }
    }

    fn pick(&self, draw: &mut Draw) -> &'a Postcode {
        let near = draw.chance(NEAR_PERCENT) && !self.near.is_empty();
        let from: &[&'a Postcode] = if near { &self.near } else { &self.all };
        let home: &&Postcode = draw.pick(from);
        home
    }
}

/// The customer of one basket, and where they live.
pub fn customer(number: &str, homes: &Homes<'_>, seed: Seed) -> (Customer, Address) {
    let mut draw = seed.draw("customer", number);
    let (name, handle) = if draw.chance(OTHER_SCRIPT_PERCENT) {
        let (name, handle) = draw.pick(&OTHER_SCRIPTS);
        ((*name).to_owned(), (*handle).to_owned())
    } else {
        let (first, last) = (draw.pick(&FIRST_NAMES), draw.pick(&LAST_NAMES));
        (format!("{first} {last}"), handle(first, last))
    };
    let home = homes.pick(&mut draw);
    let street =
        format!("{} {} {}", draw.between(1, 9_999), draw.pick(&STREETS), draw.pick(&STREET_KINDS));
    let address = Address {
        name: name.clone(),
        street,
        city: home.place.clone(),
        region: home.state.clone(),
        postcode: home.code.clone(),
        country: "US".into(),
    };
    let phone = format!("+1 {}-555-01{:02}", draw.between(201, 989), draw.below(100));
    (Customer { name, phone, email: format!("{handle}.{number}@example.com") }, address)
}

/// Letters that any mail server takes.
fn handle(first: &str, last: &str) -> String {
    let plain = |c: char| match c {
        'ë' => 'e',
        'í' => 'i',
        'ö' | 'Ø' | 'ø' => 'o',
        'å' => 'a',
        other => other.to_ascii_lowercase(),
    };
    let letters = |name: &str| {
        name.chars().map(plain).filter(char::is_ascii_alphanumeric).collect::<String>()
    };
    format!("{}.{}", letters(first), letters(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_plain() {
        for first in FIRST_NAMES {
            for last in LAST_NAMES {
                let handle = handle(first, last);
                assert!(handle.is_ascii() && handle.len() >= first.chars().count(), "{handle}");
            }
        }
        assert_eq!(handle("Zoë", "Østergård"), "zoe.ostergard");
        assert_eq!(handle("Sam", "O'Neill"), "sam.oneill");
    }
}
