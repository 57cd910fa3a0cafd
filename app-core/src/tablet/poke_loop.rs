//! Listens for pokes: a line of the server that says that there is news. Losing one costs latency,
//! never data.

use std::{sync::Arc, time::Duration};

use super::line::Line;
use crate::{clock, sync::CallError};

/// The server beats every 15 s; after so much silence the stream is dead.
const SILENCE: Duration = Duration::from_secs(40);
/// Longest wait before the stream is opened again.
const AGAIN_MAX_MS: u64 = 30_000;

pub(super) async fn run(line: Arc<Line>) {
    let mut failures = 0_u32;
    loop {
        paired(&line).await;
        let heard = listen(&line).await.unwrap_or(false);
        failures = if heard { 0 } else { failures.saturating_add(1) };
        wait(AGAIN_MAX_MS.min(1_000 << failures.min(6))).await;
        // After the wait, so that a fleet whose server was started again does not ask at once.
        line.handle.with(|engine, now| engine.line_ended(now)).await;
    }
}

/// Waits a random part of `most_ms`, a quarter at least.
async fn wait(most_ms: u64) {
    let draw = u64::from(clock::seed()[0]);
    tokio::time::sleep(Duration::from_millis(most_ms / 4 + most_ms * draw / 340)).await;
}

/// Waits until there is a server to listen to.
async fn paired(line: &Line) {
    let mut changes = line.handle.changes();
    while line.handle.with(|engine, _| engine.identity().is_none()).await {
        // Lagging behind is a change too; a closed channel ends with the loop itself.
        let _ = changes.recv().await;
    }
}

/// Listens until the stream ends; true when it said anything.
async fn listen(line: &Line) -> Result<bool, CallError> {
    let call = line.call().await?;
    let mut stream = match call.client.events(&call.signed()).await {
        Err(CallError::Refused(problem)) if problem.status == 401 => {
            line.forget_token();
            return Ok(false);
        }
        other => other?,
    };
    // What came while nobody listened.
    line.handle.with(|engine, now| engine.poke(now)).await;
    let (mut heard, mut tail) = (false, String::new());
    while let Ok(Ok(Some(bytes))) = tokio::time::timeout(SILENCE, stream.chunk()).await {
        heard = true;
        tail.push_str(&String::from_utf8_lossy(&bytes));
        let poked = tail.contains("event: poke") || tail.contains("event:poke");
        // An event ends with an empty line; what follows it may be the front of the next.
        if let Some(end) = tail.rfind("\n\n") {
            tail.drain(..end + 2);
            if poked {
                line.handle.with(|engine, now| engine.poke(now)).await;
            }
        }
        if tail.len() > 4_096 {
            tail.clear();
        }
    }
    Ok(heard)
}
