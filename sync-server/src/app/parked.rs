//! What an operator does with a command that the server kept and could not apply: decide it again
//! (after an upgrade, or when its work has turned up), or set it aside. The device hears the late
//! outcome in its next exchange.
//!
//! What it deliberately does not do: change a command. What was sent stays as it was sent; work that
//! must be done otherwise is done by a person on a tablet.

use domain::outcome::{Outcome, Verdict};

use crate::{
    app::exchange::{Decider, Received, nudge_feed},
    db::{
        DbError, Tx,
        commands::{self, Sender},
        devices,
    },
    moment::Moment,
};

/// What to do with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Decide it as if it came now.
    Replay,
    /// It has no effect, for good.
    Discard,
}

/// Deals with a parked command; the outcome that its device will hear, or `None` when there is no
/// such parked command. A replay that is parked again stays on the list.
///
/// # Errors
/// [`DbError`].
pub fn decide(
    tx: &mut Tx,
    moment: &Moment,
    sender: Sender,
    seq: u64,
    action: Action,
) -> Result<Option<Outcome>, DbError> {
    let Some(device) = devices::find(tx, sender.device)? else { return Ok(None) };
    let Some(logged) = commands::logged(tx, sender, seq, seq)?.pop() else { return Ok(None) };
    if !commands::is_parked(tx, sender, seq)? {
        return Ok(None);
    }
    let cause = format!("{}/{}/{seq}", sender.device, sender.epoch);
    let (state, outcome) = match action {
        Action::Discard => {
            let cursor = nudge_feed(tx, device.location_key, &cause)?;
            ("discarded", Outcome { verdict: Verdict::Noop, cursor, ..logged.outcome })
        }
        Action::Replay => {
            let Ok(body) = String::from_utf8(logged.body) else { return Ok(None) };
            let sha = <[u8; 32]>::try_from(logged.sha);
            let sha = sha.map_err(|_| DbError::impossible("command_log", "sha", "not 32 bytes"))?;
            let command = [Received::new(seq, body, sha)];
            let mut decider = Decider::new(tx, &[(&device, &command)])?;
            decider.forget_known();
            let decision = decider.decide(&device, &command[0]);
            if decision.parked_for().is_some() {
                return Ok(Some(logged.outcome));
            }
            decider.write(tx, moment.now)?;
            // Above what the device may have pulled, even where nothing else was appended.
            let cursor = nudge_feed(tx, device.location_key, &cause)?;
            ("replayed", decision.outcome(cursor))
        }
    };
    commands::decide_parked(tx, sender, moment.now, seq, state, &outcome)?;
    Ok(Some(outcome))
}
