//! The pages, one a file.

mod at_risk;
mod devices;
mod exceptions;
mod home;
mod locations;
mod missing;
mod order;
mod orders;
mod pairing;
mod parked;
mod queue;
mod sign_in;
mod sku;
mod stock;

pub use at_risk::AtRisk;
pub use devices::Devices;
pub use exceptions::Exceptions;
pub use home::Home;
pub use locations::Locations;
pub use missing::Missing;
pub use order::Order;
pub use orders::Orders;
pub use parked::Parked;
pub use queue::Queue;
pub use sign_in::SignIn;
pub use sku::Sku;
pub use stock::Stock;
