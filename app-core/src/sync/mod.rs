//! Talking to the server: when (`Scheduler`, without a clock) and how (`ServerClient`, over HTTP).
//! What is said is the engine's.

mod client;
mod error;
mod scheduler;

pub use client::{Credentials, ServerClient, Signed};
pub use error::CallError;
pub use scheduler::Scheduler;
