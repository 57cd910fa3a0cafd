//! Delivers webhooks: looks for those that nobody delivers, and starts a courier for each
//! (`courier.rs`). Servers that share a database share the webhooks: each has one courier at a time,
//! by a lease of its row.

mod courier;

use std::{collections::HashMap, time::Duration};

use tokio::task::JoinHandle;

use super::pause;
use crate::{clock, db::deliveries, state::AppState};

/// How long a webhook that another server has lost may stay without a courier, beside its lease.
const LOOK: Duration = Duration::from_secs(1);

pub(super) async fn run(state: AppState) {
    let holder = format!("{:016x}", clock::random_bits());
    let mut couriers: HashMap<i64, JoinHandle<()>> = HashMap::new();
    let mut changes = state.webhook_changes.subscribe();
    loop {
        couriers.retain(|_, courier| !courier.is_finished());
        let now = clock::now();
        match state.db.read(move |tx| deliveries::free(tx, now)).await {
            Ok(free) => {
                for key in free {
                    let start = || tokio::spawn(courier::run(state.clone(), key, holder.clone()));
                    couriers.entry(key).or_insert_with(start);
                }
            }
            Err(error) => tracing::warn!(%error, "webhooks will be looked for again"),
        }
        let again = tokio::select! {
            again = pause(&state, LOOK) => again,
            Ok(()) = changes.changed() => true,
        };
        if !again {
            break;
        }
    }
    for (_, courier) in couriers {
        // They see the same end, and finish what they are sending.
        let _ = courier.await;
    }
}
