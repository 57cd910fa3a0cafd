//! The locations around a customer, nearest first.

use domain::{fulfillment::Method, location::Coordinates};

use super::{directory::Names, scope::LocationFacts};

/// Points of the unit sphere, by the number of the location: comparing distances takes three
/// multiplications each.
#[derive(Debug, Default)]
pub struct Points(Vec<[f64; 3]>);

impl Points {
    /// A location is there, or has moved. Numbers come one after the other.
    pub fn put(&mut self, location: u32, at: Coordinates) {
        let place = location as usize;
        self.0.resize(self.0.len().max(place + 1), [0.0; 3]);
        self.0[place] = on_sphere(at);
    }
}

fn on_sphere(at: Coordinates) -> [f64; 3] {
    let radians = |e6: i64| (e6 as f64 / 1e6).to_radians();
    let (lat, lon) = (radians(at.lat_e6), radians(at.lon_e6));
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

/// A location, and how far away it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Near {
    /// Its number in the index.
    pub location: u16,
    /// Great-circle distance in metres.
    pub distance_m: u64,
}

/// At most `count` locations that can do what a method asks, within `radius_m` of a point, nearest
/// first; equals by number.
#[must_use]
pub fn near(
    locations: &Names<LocationFacts>,
    points: &Points,
    method: Method,
    point: Coordinates,
    radius_m: u64,
    count: usize,
) -> Vec<Near> {
    let from = on_sphere(point);
    // The larger the cosine of the angle between them, the nearer.
    let cosine = |at: &[f64; 3]| at[0] * from[0] + at[1] * from[1] + at[2] * from[2];
    let mut all: Vec<(f64, u16)> = points
        .0
        .iter()
        .map(cosine)
        .zip(0u16..)
        .filter(|(_, n)| fits(locations, *n, method))
        .collect();
    let order = |a: &(f64, u16), b: &(f64, u16)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if all.len() > count && count > 0 {
        all.select_nth_unstable_by(count - 1, order);
    }
    all.truncate(count);
    let told = |(_, location): (f64, u16)| {
        let facts = locations.facts(location.into());
        Near { location, distance_m: facts.coordinates.distance_m(point) }
    };
    let mut found: Vec<Near> = all.into_iter().map(told).collect();
    found.retain(|near| near.distance_m <= radius_m);
    found.sort_unstable_by_key(|near| (near.distance_m, near.location));
    found
}

fn fits(locations: &Names<LocationFacts>, location: u16, method: Method) -> bool {
    locations.facts(location.into()).can(method)
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    proptest! {
        #[test]
        fn the_nearest_are_those_of_the_formula(
            places in vec((-89_000_000i64..89_000_000, -179_000_000i64..179_000_000, any::<bool>()), 1..40),
            count in 1usize..8,
            radius_m in 0u64..20_000_000,
        ) {
            let (mut locations, mut points) = (Names::default(), Points::default());
            for (n, (lat_e6, lon_e6, pickup)) in (0i64..).zip(&places) {
                let coordinates = Coordinates { lat_e6: *lat_e6, lon_e6: *lon_e6 };
                let facts = LocationFacts {
                    id: n.to_string().into(),
                    name: "".into(),
                    kind: "store".into(),
                    country: "US".into(),
                    region: "".into(),
                    ships: true,
                    pickup: *pickup,
                    coordinates,
                };
                let (number, _) = locations.put(n, &n.to_string().into(), facts);
                points.put(number, coordinates);
            }
            let here = Coordinates { lat_e6: 48_000_000, lon_e6: 11_000_000 };
            let found = near(&locations, &points, Method::Pickup, here, radius_m, count);
            let mut distances: Vec<u64> = locations
                .all()
                .filter(|facts| facts.pickup)
                .map(|facts| facts.coordinates.distance_m(here))
                .collect();
            distances.sort_unstable();
            distances.truncate(count);
            distances.retain(|distance| *distance <= radius_m);
            prop_assert_eq!(found.iter().map(|near| near.distance_m).collect::<Vec<_>>(), distances);
        }
    }
}
