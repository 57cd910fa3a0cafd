//! Where stock is held and orders are worked on.

use serde::{Deserialize, Serialize};

use crate::ids::LocationId;

/// A point on the earth in millionths of a degree (about 0.1 m).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Coordinates {
    /// Latitude × 1,000,000, -90 to 90 degrees.
    #[cfg_attr(feature = "schema", schema(minimum = -90_000_000, maximum = 90_000_000))]
    pub lat_e6: i64,
    /// Longitude × 1,000,000, -180 to 180 degrees.
    #[cfg_attr(feature = "schema", schema(minimum = -180_000_000, maximum = 180_000_000))]
    pub lon_e6: i64,
}

impl Coordinates {
    /// Great-circle distance in metres on a sphere of 6,371,009 m (haversine formula).
    #[must_use]
    pub fn distance_m(self, other: Self) -> u64 {
        let radians = |e6: i64| (e6 as f64 / 1e6).to_radians();
        let (lat1, lat2) = (radians(self.lat_e6), radians(other.lat_e6));
        let dlat = lat2 - lat1;
        let dlon = radians(other.lon_e6) - radians(self.lon_e6);
        let h = (dlat / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (dlon / 2.0).sin().powi(2);
        (2.0 * 6_371_009.0 * h.sqrt().min(1.0).asin()).round() as u64
    }
}

/// What kind of place it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LocationKind {
    /// Customers walk in.
    Store,
    /// Ships only.
    Warehouse,
}

/// A location as tablets, the console and labels show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Its number.
    pub id: LocationId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: LocationKind,
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// State or province.
    pub region: String,
    /// Postcode.
    pub postcode: String,
    /// ISO 3166 country, two letters.
    pub country: String,
    /// Where it is.
    pub coordinates: Coordinates,
    /// IANA time zone.
    pub time_zone: String,
    /// Opening hours Monday to Sunday as local `HH:MM` from and to; `None` is closed.
    pub hours: [Option<(String, String)>; 7],
    /// Customers can pick up here.
    pub pickup: bool,
    /// Parcels leave from here.
    pub ships: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_of_two_known_cities() {
        // Paris to New York, 5,837 km on this sphere.
        let paris = Coordinates { lat_e6: 48_856_600, lon_e6: 2_352_200 };
        let new_york = Coordinates { lat_e6: 40_712_800, lon_e6: -74_006_000 };
        let distance = paris.distance_m(new_york);
        assert!((5_830_000..5_845_000).contains(&distance), "{distance}");
        assert_eq!(paris.distance_m(paris), 0);
    }
}
