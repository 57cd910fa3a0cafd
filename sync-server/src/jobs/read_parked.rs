//! Decides parked commands again: at every start, because this may be the release that can read them,
//! and now and then, because the work that they name may have turned up. What stays unreadable stays
//! parked.

use std::time::Duration;

use domain::ids::LocationId;

use super::pause;
use crate::{
    app::parked::{self, Action},
    clock,
    db::{
        Database, DbError, Tx,
        commands::{self, Sender},
        devices,
    },
    state::AppState,
};

const LOOK: Duration = Duration::from_secs(3_600);

pub(super) async fn run(state: AppState) {
    loop {
        match read_all(&state.db).await {
            Ok(moved) => moved.iter().for_each(|(at, cursor)| state.pokes.poke(at, *cursor)),
            Err(error) => tracing::warn!(%error, "parked commands will be read later"),
        }
        if !pause(&state, LOOK).await {
            return;
        }
    }
}

/// Decides all of them, one transaction each; the feeds that moved, and how far.
///
/// # Errors
/// [`DbError`]; what was decided before stays decided.
pub async fn read_all(db: &Database) -> Result<Vec<(LocationId, u64)>, DbError> {
    let mut moved = Vec::new();
    for (sender, seq) in db.read(commands::all_parked).await? {
        let moment = clock::moment();
        let replay = move |tx: &mut Tx| {
            let outcome = parked::decide(tx, &moment, sender, seq, Action::Replay)?;
            let Some(outcome) = outcome.filter(|outcome| outcome.verdict.as_str() != "parked")
            else {
                return Ok(None);
            };
            let location = location_of(tx, sender)?;
            Ok::<_, DbError>(location.map(|location| (location, outcome.cursor)))
        };
        if let Some(decided) = db.write(replay).await? {
            tracing::info!(device = %sender.device, seq, "a parked command was decided");
            moved.push(decided);
        }
    }
    Ok(moved)
}

fn location_of(tx: &mut Tx, sender: Sender) -> Result<Option<LocationId>, DbError> {
    Ok(devices::find(tx, sender.device)?.map(|device| device.location))
}
