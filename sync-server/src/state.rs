//! What every handler shares. Everything in it could be rebuilt by another copy of the server.

use std::sync::Arc;

use crate::{db::Database, keys::ServerKeys, poke::PokeHub};

/// Shared by all handlers; cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The database.
    pub db: Database,
    /// The server's keys.
    pub keys: Arc<ServerKeys>,
    /// Wakes tablets whose feed moved.
    pub pokes: PokeHub,
}
