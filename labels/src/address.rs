//! Who sends and who receives, as it is printed.
//!
//! It does not check that an address exists; it only puts what it is given into printable lines.

use domain::location::Location;

use crate::code128::Payload;
use crate::country;

/// A postal address, each part as the customer or the location's record has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Person, company or location.
    pub name: String,
    /// Street, house, floor; empty lines are skipped.
    pub lines: Vec<String>,
    /// Town.
    pub city: String,
    /// State or province where the address has one.
    pub region: String,
    /// Postcode as people write it.
    pub postcode: String,
    /// ISO 3166 country, two letters.
    pub country: String,
}

impl Address {
    /// The line with town and postcode: `City, REGION 12345`, or `12345 City` where there is no region.
    pub fn city_line(&self) -> String {
        let place = match (self.city.trim(), self.region.trim()) {
            (city, "") => return [self.postcode.trim(), city].join(" ").trim().to_owned(),
            ("", region) => region.to_owned(),
            (city, region) => format!("{city}, {region}"),
        };
        [&place, self.postcode.trim()].join(" ").trim().to_owned()
    }

    /// The country code in capitals when it is another than `home`, for the last line.
    pub(crate) fn foreign(&self, home: &Self) -> Option<String> {
        let country = self.country.trim().to_uppercase();
        let same = country.is_empty() || country == home.country.trim().to_uppercase();
        (!same).then_some(country)
    }

    /// The ship-to postcode for sorting: `(420)` inside the sender's country, `(421)` with the
    /// country's digits across a border. `None` when the postcode has nothing that a barcode takes.
    pub(crate) fn postcode_payload(&self, sender: &Self) -> Option<Payload> {
        let code: String = self
            .postcode
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_uppercase();
        if code.is_empty() || !self.postcode.is_ascii() {
            return None;
        }
        match self.foreign(sender) {
            None if code.len() <= 20 => Some(Payload::gs1("420", code)),
            Some(country) if code.len() <= 9 => {
                let digits = country::numeric(&country)?;
                Some(Payload::gs1("421", format!("{digits}{code}")))
            }
            _ => None,
        }
    }
}

impl From<&Location> for Address {
    fn from(location: &Location) -> Self {
        Self {
            name: location.name.clone(),
            lines: vec![location.street.clone()],
            city: location.city.clone(),
            region: location.region.clone(),
            postcode: location.postcode.clone(),
            country: location.country.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(postcode: &str, country: &str) -> Address {
        Address { postcode: postcode.into(), country: country.into(), ..Address::default() }
    }

    #[test]
    fn postcodes_as_barcodes() {
        let us = address("20500-0003", "US");
        assert_eq!(us.postcode_payload(&us), Some(Payload::gs1("420", "205000003")));
        let ca = address("k1a 0b1", "ca");
        assert_eq!(ca.postcode_payload(&us), Some(Payload::gs1("421", "124K1A0B1")));
        assert_eq!(address("", "US").postcode_payload(&us), None);
        assert_eq!(address("〒100-0001", "JP").postcode_payload(&us), None);
        assert_eq!(address("12345", "XX").postcode_payload(&us), None);
    }

    #[test]
    fn city_lines() {
        let mut address =
            Address { city: "Berlin".into(), postcode: "10115".into(), ..Address::default() };
        assert_eq!(address.city_line(), "10115 Berlin");
        address.region = "BE".into();
        assert_eq!(address.city_line(), "Berlin, BE 10115");
        address.city.clear();
        assert_eq!(address.city_line(), "BE 10115");
    }
}
