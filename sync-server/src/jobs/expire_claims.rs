//! Frees the claims of tablets that have been silent for longer than a lease.

use std::time::Duration;

use super::pause;
use crate::{app::leases, clock, db::DbError, state::AppState};

/// A lease lasts hours: a minute late is soon enough.
const LOOK: Duration = Duration::from_secs(60);

pub(super) async fn run(state: AppState) {
    while pause(&state, LOOK).await {
        if let Err(error) = expire_all(&state).await {
            tracing::warn!(%error, "claims will be looked at again");
        }
    }
}

/// Frees them location by location, until there are none left.
///
/// # Errors
/// [`DbError`]; what was freed before stays free.
pub async fn expire_all(state: &AppState) -> Result<(), DbError> {
    loop {
        let moment = clock::moment();
        let freed = state.db.write(move |tx| leases::expire(tx, &mut moment.clone())).await?;
        let Some((location, cursor)) = freed else { return Ok(()) };
        state.pokes.poke(&location, cursor);
    }
}
