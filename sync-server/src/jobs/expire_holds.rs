//! Frees the goods of baskets whose order has not come in time.

use std::time::Duration;

use super::pause;
use crate::{app::holds, clock, db::DbError, state::AppState};

/// Nobody is promised less because a basket is held some seconds longer.
const LOOK: Duration = Duration::from_secs(5);
/// Holds of one transaction.
const BATCH: u32 = 100;

pub(super) async fn run(state: AppState) {
    while pause(&state, LOOK).await {
        if let Err(error) = expire_all(&state).await {
            tracing::warn!(%error, "holds will be looked at again");
        }
    }
}

/// Frees them, until there are none left.
///
/// # Errors
/// [`DbError`]; what was freed before stays free.
pub async fn expire_all(state: &AppState) -> Result<(), DbError> {
    loop {
        let now = clock::now();
        let ended = state.db.write(move |tx| holds::expire(tx, now, BATCH)).await?;
        if ended > 0 {
            state.sourcing.notify_one();
        }
        if ended < BATCH {
            return Ok(());
        }
    }
}
