//! Sends labels to printers, one at a time, and tells the engine what came of each.

use std::time::Duration;

use domain::rejection::Rejection;

use super::Handle;
use crate::{Engine, printing};

/// The queue is looked at at least this often.
const LOOK_MS: i64 = 10_000;

pub(super) async fn run(handle: Handle) {
    loop {
        // A failure of the store is an alarm on the screen already; the loop goes on.
        let _ = drain(&handle).await;
        let wait_ms = handle
            .with(|engine, now| {
                let due = engine.print_due().ok().flatten().map(|at| at.since_ms(now));
                due.unwrap_or(LOOK_MS).clamp(50, LOOK_MS)
            })
            .await;
        let wait = Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0));
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = handle.queued() => {}
        }
    }
}

/// Sends everything that is due.
pub(super) async fn drain(handle: &Handle) -> Result<(), Rejection> {
    while let Some(task) = handle.ask(Engine::take_print).await? {
        let result = printing::send(&task.printer, &task.label).await;
        let entry = task.entry;
        handle.ask(move |engine, now| engine.print_result(entry, &result, now)).await?;
    }
    Ok(())
}
