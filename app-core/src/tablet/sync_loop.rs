//! Exchanges whenever the scheduler says so. The loop only waits; it decides nothing.

use std::{sync::Arc, time::Duration};

use super::line::Line;

/// A clock may be set back while the loop sleeps, so it looks again at least this often.
const LOOK_MS: i64 = 10_000;

pub(super) async fn run(line: Arc<Line>) {
    loop {
        let wait_ms = line.handle.with(wait_ms).await;
        let wait = Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = line.handle.stirred() => {}
        }
        // A failure of the store is an alarm on the screen already; the loop goes on.
        let _ = line.drain().await;
    }
}

fn wait_ms(engine: &mut crate::Engine, now: domain::clock::TimeMs) -> i64 {
    let exchange = engine.sync_wake_at().map(|at| at.since_ms(now));
    let snapshot = engine.snapshot_need().map(|need| need.not_before.since_ms(now));
    let next = exchange.into_iter().chain(snapshot).min();
    next.unwrap_or(LOOK_MS).clamp(0, LOOK_MS)
}
