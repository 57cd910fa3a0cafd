//! The pages, one a file or, where there is much to show, one a folder.

mod at_risk;
mod dead_rows;
mod devices;
mod exceptions;
mod home;
mod locations;
mod missing;
mod order;
mod orders;
mod pairing;
mod parked;
mod promises;
mod queue;
mod rules;
mod sign_in;
mod sku;
mod sources;
mod stock;

pub use at_risk::AtRisk;
pub use dead_rows::DeadRows;
pub use devices::Devices;
pub use exceptions::Exceptions;
pub use home::Home;
pub use locations::Locations;
pub use missing::Missing;
pub use order::Order;
pub use orders::Orders;
pub use parked::Parked;
pub use promises::Promises;
pub use queue::Queue;
pub use rules::Rules;
pub use sign_in::SignIn;
pub use sku::Sku;
pub use sources::{NewSource, Source, Sources};
pub use stock::Stock;
