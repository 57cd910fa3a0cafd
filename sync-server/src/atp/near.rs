//! The locations around a customer, nearest first.

use domain::{fulfillment::Method, location::Coordinates};

use super::directory::Names;
use super::scope::LocationFacts;

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
    method: Method,
    point: Coordinates,
    radius_m: u64,
    count: usize,
) -> Vec<Near> {
    let fit = (0u16..).zip(locations.all()).filter(|(_, facts)| facts.can(method));
    let mut found: Vec<Near> = fit
        .map(|(location, facts)| Near { location, distance_m: facts.coordinates.distance_m(point) })
        .filter(|near| near.distance_m <= radius_m)
        .collect();
    let order = |near: &Near| (near.distance_m, near.location);
    if found.len() > count && count > 0 {
        found.select_nth_unstable_by_key(count - 1, order);
    }
    found.truncate(count);
    found.sort_unstable_by_key(order);
    found
}
