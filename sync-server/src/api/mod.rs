//! Thin handlers, one noun a file: extract, authorise, one call, respond.

pub mod device_auth;
pub mod enrol;
pub mod problem;
pub mod signature;
pub mod sync;
