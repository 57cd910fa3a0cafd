//! What the server does by itself. Each job looks at the world, not at a message: one that was missed,
//! or ran twice, changes nothing.

mod dates;
pub mod deliver_webhooks;
pub mod expire_claims;
pub mod expire_holds;
pub mod follow_stock;
pub mod read_inbox;
pub mod read_parked;
pub mod read_streams;
pub mod source_orders;
pub mod trim_feeds;

use std::time::Duration;

use tokio::task::JoinHandle;

use crate::state::AppState;

/// Starts all of them; they end with the server.
#[must_use]
pub fn start(state: &AppState) -> Vec<JoinHandle<()>> {
    vec![
        tokio::spawn(source_orders::run(state.clone())),
        tokio::spawn(expire_claims::run(state.clone())),
        tokio::spawn(expire_holds::run(state.clone())),
        tokio::spawn(trim_feeds::run(state.clone())),
        tokio::spawn(read_parked::run(state.clone())),
        tokio::spawn(follow_stock::run(state.clone())),
        tokio::spawn(read_inbox::run(state.clone())),
        tokio::spawn(read_streams::run(state.clone())),
        tokio::spawn(deliver_webhooks::run(state.clone())),
    ]
}

/// Waits for `wait`; false when the server stops.
async fn pause(state: &AppState, wait: Duration) -> bool {
    let mut stopping = state.stopping.clone();
    tokio::select! {
        () = tokio::time::sleep(wait) => true,
        // A sender that is gone never says so: then the time alone counts.
        Ok(_) = stopping.wait_for(|stopping| *stopping) => false,
    }
}
