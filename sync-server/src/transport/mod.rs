//! How what sources write reaches us, other than by their own request: a folder they lay files into
//! ([`inbox`]), a stream they publish into ([`nats`]), and whether either does ([`reached`]).
//!
//! Reads no row and writes no table: that is `app::ingest`, for every way alike.

pub mod inbox;
pub mod nats;
pub mod reached;
