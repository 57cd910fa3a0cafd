//! Who works at the demo's wide locations: made-up people, each with a PIN that the README may show.
//!
//! Only those locations have staff: a PIN is hashed slowly on purpose, and 1,565 stores of people whom
//! nobody will sign in as would only be waited for.

use crate::rows::AssociateRow;
use crate::seed::Seed;
use crate::{DEMO_LOCATION, WIDE_LOCATIONS};

const DEMO_STAFF: [(&str, &str, &str); 6] = [
    ("Maya Torres", "manager", "730915"),
    ("Jonas Weber", "lead", "264813"),
    ("Aisha Bello", "associate", "481526"),
    ("Tom Nguyen", "associate", "915347"),
    ("Irina Petrova", "associate", "350728"),
    ("Luis Herrera", "associate", "627094"),
];
const OTHER_NAMES: [&str; 12] = [
    "Alice Byrne",
    "Bruno Costa",
    "Chloe Martin",
    "David Osei",
    "Ewa Nowak",
    "Farah Aziz",
    "Greta Holm",
    "Hiro Mori",
    "Isabel Cruz",
    "Jamal Reed",
    "Katya Orlova",
    "Liam Walsh",
];
const OTHER_ROLES: [&str; 3] = ["manager", "lead", "associate"];

/// Everyone: `A1001` onwards, those of the demo location first.
pub fn associates(seed: Seed) -> Vec<AssociateRow> {
    let demo =
        DEMO_STAFF.iter().map(|&(name, role, pin)| (DEMO_LOCATION, name, role, pin.to_owned()));
    let others = WIDE_LOCATIONS.iter().filter(|id| **id != DEMO_LOCATION).enumerate();
    let others = others.flat_map(|(at, location)| {
        OTHER_ROLES.iter().enumerate().map(move |(nth, role)| {
            let name = OTHER_NAMES[(at * OTHER_ROLES.len() + nth) % OTHER_NAMES.len()];
            let mut draw = seed.draw("pin", &format!("{location} {role}"));
            (*location, name, *role, format!("{:06}", draw.between(102_030, 987_650)))
        })
    });
    demo.chain(others)
        .enumerate()
        .map(|(at, (location, name, role, pin))| AssociateRow {
            location: location.to_owned(),
            id: format!("A{}", 1_001 + at),
            name: name.to_owned(),
            role: role.to_owned(),
            pin,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn everyone_has_an_id_and_a_pin_of_six_digits() {
        let staff = associates(crate::prepare::SEED);
        assert_eq!(staff.len(), 6 + 7 * 3);
        let ids: BTreeSet<_> = staff.iter().map(|person| &person.id).collect();
        assert_eq!(ids.len(), staff.len());
        for person in &staff {
            assert!(person.pin.len() == 6 && person.pin.bytes().all(|b| b.is_ascii_digit()));
        }
        assert_eq!(staff[2].pin, "481526");
    }
}
