#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

pub mod clock;
mod data_dir;
mod engine;
mod entropy;
mod error;
mod home;
pub mod printing;
pub mod store;
pub mod sync;
mod tablet;

pub use data_dir::{DataDir, Files};
#[cfg(feature = "planted")]
pub use engine::Planted;
pub use engine::{
    Alarm, Engine, ExchangeFailure, Identity, Opening, Options, PrintResult, PrintTask, Session,
    SnapshotError, SnapshotNeed,
};
pub use entropy::Entropy;
pub use error::{Answer, Failure};
pub use home::{Home, MemoryHome};
pub use tablet::{Changes, Handle, OpenError, Tablet, TabletOptions};
