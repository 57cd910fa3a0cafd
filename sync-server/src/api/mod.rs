//! Thin handlers, one noun a file: extract, authorise, one call, respond.

pub mod atp;
pub mod batches;
mod body;
pub mod codes;
pub mod dead_rows;
pub mod device_auth;
pub mod devices;
pub mod doubts;
pub mod enrol;
pub mod extract;
pub mod feeds;
pub mod guard;
pub mod health;
pub mod imports;
pub mod items;
pub mod locations;
pub mod openapi;
pub mod orders;
pub mod overview;
pub mod pages;
pub mod problem;
pub mod promises;
pub mod session;
pub mod signature;
pub mod sources;
pub mod sync;
pub mod webhooks;
