//! Pools: what a shopper of one channel, in one market or region, can be promised by one method. A pool
//! is a set of locations; every item has one number in each.

use crate::fulfillment::Method;
use serde::{Deserialize, Serialize};

use super::scope::Locations;

/// Pools of an index: a location's pools are bits of one word.
pub const POOLS_MAX: usize = 64;

/// A pool as it is stated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(as = AtpPool))]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Its id: 1 to 50 letters, digits, `-` or `_`.
    pub id: String,
    /// The sales channel that it is for; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The market, a country of two letters; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub market: Option<String>,
    /// The region of sale; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// How the goods reach the customer.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "ship"))]
    pub method: Method,
    /// The locations that give to it, beside that they can do what its method asks.
    #[serde(default)]
    pub locations: Locations,
}

/// Whom a question is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shopper<'a> {
    /// The sales channel.
    pub channel: Option<&'a str>,
    /// The market.
    pub market: Option<&'a str>,
    /// The region of sale.
    pub region: Option<&'a str>,
    /// How the goods shall reach the customer.
    pub method: Method,
}

impl Pool {
    /// How well it fits a shopper: `None` when it is not for them, more the more it says.
    #[must_use]
    pub fn fits(&self, shopper: &Shopper<'_>) -> Option<u32> {
        let said = |of: &Option<String>, is: Option<&str>| match of {
            None => Some(0),
            Some(of) => (is == Some(of.as_str())).then_some(1),
        };
        let channel = said(&self.channel, shopper.channel)?;
        let market = said(&self.market, shopper.market)?;
        let region = said(&self.region, shopper.region)?;
        (self.method == shopper.method).then_some(4 * channel + 2 * region + market)
    }
}

/// The pools of a network that nobody has stated any for: all locations that ship, and all where
/// customers pick up.
#[must_use]
pub fn default_pools() -> Vec<Pool> {
    let of = |id: &str, method| Pool {
        id: id.into(),
        channel: None,
        market: None,
        region: None,
        method,
        locations: Locations::default(),
    };
    vec![of("ship", Method::Ship), of("pickup", Method::Pickup)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pool_that_says_most_is_taken() {
        let [ship, pickup] = default_pools().try_into().expect("two");
        let web = Pool { channel: Some("web".into()), ..ship.clone() };
        let shopper = Shopper {
            channel: Some("web"),
            market: Some("US"),
            region: None,
            method: Method::Ship,
        };
        assert_eq!(web.fits(&shopper), Some(4));
        assert_eq!(ship.fits(&shopper), Some(0));
        assert_eq!(pickup.fits(&shopper), None);
        let germany = Pool { market: Some("DE".into()), ..ship };
        assert_eq!(germany.fits(&shopper), None);
    }
}
