//! Keeps each location's feed within its horizon; a tablet behind it starts from a snapshot.

use std::time::Duration;

use domain::limits::FEED_HORIZON_ROWS;

use super::pause;
use crate::{
    db::{DbError, feed, locations},
    state::AppState,
};

const LOOK: Duration = Duration::from_secs(3_600);

pub(super) async fn run(state: AppState) {
    while pause(&state, LOOK).await {
        if let Err(error) = trim_all(&state).await {
            tracing::warn!(%error, "feeds will be trimmed later");
        }
    }
}

/// Trims them one transaction a location, so that nobody waits for long.
///
/// # Errors
/// [`DbError`].
pub async fn trim_all(state: &AppState) -> Result<(), DbError> {
    for key in state.db.read(locations::with_devices).await? {
        state.db.write(move |tx| feed::trim(tx, key, FEED_HORIZON_ROWS)).await?;
    }
    Ok(())
}
