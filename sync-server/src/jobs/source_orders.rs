//! Finds locations for orders that wait: at once when something may have changed, and again by itself
//! ever less often.

use std::time::Duration;

use domain::{credential::PickupCredential, ids::OrderId};

use super::pause;
use crate::{
    app::{secrets, sourcing},
    clock,
    db::{self, DbError},
    state::AppState,
};

/// Orders of one look.
const BATCH: u32 = 64;
/// An order whose time to be tried again has come waits at most so long.
const LOOK: Duration = Duration::from_secs(5);

pub(super) async fn run(state: AppState) {
    loop {
        match source_due(&state).await {
            // There may be more.
            Ok(BATCH) => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "sourcing will be tried again"),
        }
        let again = tokio::select! {
            again = pause(&state, LOOK) => again,
            () = state.sourcing.notified() => true,
        };
        if !again {
            return;
        }
    }
}

/// Tries every order whose time has come; how many there were.
///
/// # Errors
/// [`DbError`] of reading the list; one order's failure is logged and leaves the others alone.
pub async fn source_due(state: &AppState) -> Result<u32, DbError> {
    let now = clock::now();
    let due = state.db.read(move |tx| db::sourcing::due(tx, now, BATCH)).await?;
    let mut tried = 0;
    for id in due {
        source_now(state, id).await;
        tried += 1;
    }
    Ok(tried)
}

/// Tries one order now. A failure is logged; the order stays due.
pub async fn source_now(state: &AppState, id: OrderId) {
    match try_source(state, id).await {
        Ok(sourced) => {
            state.metrics.add("stockhand_orders_sourced_total", outcome(&sourced), 1);
            for (location, cursor) in sourced.pokes {
                state.pokes.poke(&location, cursor);
            }
        }
        Err(error) => tracing::warn!(order = %id, %error, "sourcing failed"),
    }
}

fn outcome(sourced: &sourcing::Sourced) -> &'static str {
    match (sourced.pokes.is_empty(), sourced.unsourced) {
        (false, 0) => "outcome=\"whole\"",
        (false, _) => "outcome=\"part\"",
        (true, _) => "outcome=\"none\"",
    }
}

async fn try_source(state: &AppState, id: OrderId) -> Result<sourcing::Sourced, DbError> {
    let needed = state.db.read(move |tx| sourcing::needs_credential(tx, id)).await?;
    let credential = if needed { Some(credential(state, id).await) } else { None };
    sourcing::source(&state.db, &clock::moment(), id, credential).await
}

/// The salted hash of the order's six digits, made on a thread that may be slow.
async fn credential(state: &AppState, id: OrderId) -> PickupCredential {
    let (pin, cost, mut moment) =
        (state.keys.pickup_pin(id), state.settings.hash_cost, clock::moment());
    let hash = tokio::task::spawn_blocking(move || secrets::hash(&pin, cost, &mut moment));
    let short_code_hash = hash.await.expect("hashing does not panic and is never aborted");
    PickupCredential { short_code_hash }
}
