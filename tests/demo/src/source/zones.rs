//! The time zone of a place in the United States, from its state and, where a state has two, its
//! coordinates.
//!
//! The lines through split states are straight and stand where they keep every store of the data on
//! its side; a county right on a line may be wrong. A map of zones would be larger than all the rest.

/// The IANA name, or `None` for a state that is not one.
pub fn time_zone(state: &str, lat: f64, lon: f64) -> Option<&'static str> {
    const EASTERN: &str = "America/New_York";
    const CENTRAL: &str = "America/Chicago";
    const MOUNTAIN: &str = "America/Denver";
    const PACIFIC: &str = "America/Los_Angeles";
    let east_of = |line: f64, east, west| if lon > line { east } else { west };
    Some(match state {
        "FL" => east_of(-85.0, EASTERN, CENTRAL),
        "TN" => east_of(-85.4, EASTERN, CENTRAL),
        "KY" => east_of(-86.0, EASTERN, CENTRAL),
        "IN" if lat > 40.9 && lon < -86.9 => CENTRAL, // beside Chicago
        "IN" if lat < 38.6 && lon < -87.1 => CENTRAL, // around Evansville
        "IN" => "America/Indiana/Indianapolis",
        "MI" if lat < 46.5 && lon < -87.1 => CENTRAL, // along Wisconsin
        "MI" => "America/Detroit",
        "ND" => east_of(-102.5, CENTRAL, MOUNTAIN),
        "SD" => east_of(-100.5, CENTRAL, MOUNTAIN),
        "NE" => east_of(-101.3, CENTRAL, MOUNTAIN),
        "KS" => east_of(-101.5, CENTRAL, MOUNTAIN),
        "TX" => east_of(-104.9, CENTRAL, MOUNTAIN),
        "OR" if lat < 44.5 && lon > -118.2 => "America/Boise",
        "ID" if lat > 45.5 => PACIFIC,
        "ID" => "America/Boise",
        "AZ" => "America/Phoenix",
        "AK" => "America/Anchorage",
        "HI" => "Pacific/Honolulu",
        "PR" => "America/Puerto_Rico",
        "CT" | "DC" | "DE" | "GA" | "MA" | "MD" | "ME" | "NC" | "NH" | "NJ" | "NY" | "OH"
        | "PA" | "RI" | "SC" | "VA" | "VT" | "WV" => EASTERN,
        "AL" | "AR" | "IA" | "IL" | "LA" | "MN" | "MO" | "MS" | "OK" | "WI" => CENTRAL,
        "CO" | "MT" | "NM" | "UT" | "WY" => MOUNTAIN,
        "CA" | "NV" | "OR" | "WA" => PACIFIC,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_states_are_split() {
        for (place, state, lat, lon, zone) in [
            ("Panama City", "FL", 30.19, -85.64, "America/Chicago"),
            ("Tallahassee", "FL", 30.44, -84.26, "America/New_York"),
            ("Chattanooga", "TN", 35.04, -85.15, "America/New_York"),
            ("Nashville", "TN", 36.13, -86.67, "America/Chicago"),
            ("Elizabethtown", "KY", 37.74, -85.89, "America/New_York"),
            ("Bowling Green", "KY", 36.95, -86.43, "America/Chicago"),
            ("Highland", "IN", 41.53, -87.47, "America/Chicago"),
            ("Evansville", "IN", 37.98, -87.49, "America/Chicago"),
            ("Terre Haute", "IN", 39.42, -87.42, "America/Indiana/Indianapolis"),
            ("Mishawaka", "IN", 41.72, -86.18, "America/Indiana/Indianapolis"),
            ("Marquette", "MI", 46.55, -87.47, "America/Detroit"),
            ("El Paso", "TX", 31.76, -106.27, "America/Denver"),
            ("Rapid City", "SD", 44.11, -103.22, "America/Denver"),
            ("Coeur d'Alene", "ID", 47.74, -116.79, "America/Los_Angeles"),
            ("Boise", "ID", 43.61, -116.28, "America/Boise"),
            ("Bend", "OR", 44.10, -121.30, "America/Los_Angeles"),
        ] {
            assert_eq!(time_zone(state, lat, lon), Some(zone), "{place}");
        }
        assert_eq!(time_zone("XX", 0.0, 0.0), None);
    }
}
