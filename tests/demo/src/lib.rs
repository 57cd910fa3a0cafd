//! The demo network: 1,565 real stores, 12,000 real products and real shopping baskets of a retailer
//! that does not exist, made from open data and loaded through the door that a customer's data takes.
//!
//! Three steps, each usable alone: [`prepare`] turns the open data into `assets/demo`, [`load`] sends
//! that to a server, [`orders`] keeps placing orders. Nothing here reaches a database or an internal of
//! the server: what the demo can do, a customer's import can do.

pub mod api;
pub mod clock;
pub mod error;
pub mod files;
pub mod holidays;
pub mod load;
pub mod orders;
pub mod prepare;
pub mod rows;
pub mod seed;
pub mod slice;
pub mod source;
pub mod staff;
pub mod stock;
pub mod supply;
pub mod wording;

/// What the made-up retailer is called, in names of its own products and on screens.
pub const RETAILER: &str = "Fernway";

/// The location that the demo tablet belongs to.
pub const DEMO_LOCATION: &str = "S1000";

/// Locations that carry the wide range: the demo location, and one in each far part of the country so
/// that an order for anywhere can be sourced.
pub const WIDE_LOCATIONS: [&str; 8] =
    [DEMO_LOCATION, "S1028", "S0183", "S1142", "S0291", "S0896", "S0498", "S0211"];
