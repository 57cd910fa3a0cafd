//! What support asks first: numbers about the queue, and the unsent commands themselves.

use app_core::{Engine, Failure, Tablet, store::StoredCommand};
use domain::{
    clock::TimeMs,
    ids::{DeviceId, FeedEpoch},
};
use serde::Serialize;

use crate::said::{Failed, Said};

/// Numbers about one tablet.
#[derive(Debug, Serialize)]
struct Stats {
    device: Option<DeviceId>,
    epoch: u32,
    /// Commands that the server has not decided.
    waiting: u64,
    /// When the oldest of them was made, by the tablet's clock.
    oldest: Option<TimeMs>,
    /// Commands kept on this tablet.
    kept: usize,
    fulfillments: usize,
    feed_epoch: Option<FeedEpoch>,
    cursor: Option<u64>,
    /// Package numbers left.
    numbers_left: u32,
    last_contact: Option<TimeMs>,
    alarm: Option<String>,
}

/// Numbers about the tablet.
///
/// # Errors
/// [`Failed`].
pub async fn stats(tablet: &Tablet) -> Result<Said, Failed> {
    Ok(Said::new(&tablet.handle().ask(count).await?, words))
}

fn count(engine: &mut Engine, now: TimeMs) -> Result<Stats, Failure> {
    let epoch = epoch(engine);
    let (waiting, oldest) = engine.outbox().waiting(epoch)?;
    let position = engine.position();
    let sync = engine.sync_state(now)?;
    Ok(Stats {
        device: engine.identity().map(|identity| identity.device),
        epoch,
        waiting,
        oldest,
        kept: engine.outbox().all(epoch)?.len(),
        fulfillments: engine.fulfillments().count(),
        feed_epoch: position.map(|position| position.epoch),
        cursor: position.map(|position| position.cursor),
        numbers_left: engine.outbox().numbers_left()?,
        last_contact: sync.last_contact,
        alarm: sync.alarm,
    })
}

/// Unsent commands, byte for byte, a line each.
///
/// # Errors
/// [`Failed`].
pub async fn export(tablet: &Tablet) -> Result<Said, Failed> {
    let commands = tablet.handle().ask(unsent).await?;
    let lines: String = commands.iter().map(|command| format!("{}\n", command.body)).collect();
    Ok(Said::Bytes(lines.into_bytes()))
}

fn unsent(engine: &mut Engine, _: TimeMs) -> Result<Vec<StoredCommand>, Failure> {
    let epoch = epoch(engine);
    let count = usize::try_from(engine.outbox().waiting(epoch)?.0).unwrap_or(usize::MAX);
    Ok(engine.outbox().pending(epoch, count)?)
}

fn epoch(engine: &Engine) -> u32 {
    engine.identity().map_or(0, |identity| identity.epoch)
}

fn words(stats: &Stats) -> String {
    let value = serde_json::to_value(stats).expect("plain data");
    let fields = value.as_object().expect("a struct");
    let lines = fields.iter().map(|(name, value)| format!("{name:<14} {value}"));
    lines.collect::<Vec<_>>().join("\n")
}
