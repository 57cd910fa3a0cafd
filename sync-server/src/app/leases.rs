//! A claim is a lease: a tablet that has not been heard of for long loses its claims, so that others
//! see the work as free. Every exchange renews them, since it says that the tablet is alive.
//!
//! What it deliberately does not do: touch stock or promises. Whatever the silent tablet has done in
//! the meantime are facts, and they count when they come.

use domain::{
    clock::TimeMs,
    command::{Command, Stamp},
    fulfillment::Change,
    ids::{CommandId, LocationId},
    limits,
};

use super::fulfillments::{Cause, Changes};
use crate::{
    db::{self, DbError, Tx},
    moment::Moment,
};

/// The tablet measures its lease from when it asked, and its clock may run fast: the server waits
/// 2 % and a minute longer.
const SILENCE_MAX_MS: i64 = limits::CLAIM_LEASE_MS + limits::CLAIM_LEASE_MS / 50 + 60_000;

/// Frees the claims of silent tablets at one location; which it was, and the cursor to poke it with.
/// `None` when there are no more: call it until then.
///
/// # Errors
/// [`DbError`].
pub fn expire(tx: &mut Tx, moment: &mut Moment) -> Result<Option<(LocationId, u64)>, DbError> {
    let now = moment.now;
    let silent = db::fulfillments::claimed_by_silent(tx, now.plus_ms(-SILENCE_MAX_MS))?;
    let Some(&(_, location_key)) = silent.first() else { return Ok(None) };
    let ids: Vec<_> =
        silent.iter().filter(|(_, key)| *key == location_key).map(|(id, _)| *id).collect();
    let mut changes = Changes::at([location_key]);
    for stored in db::fulfillments::lock(tx, ids)? {
        let work = stored.fulfillment.clone();
        let id = work.id();
        changes.add(stored);
        let Some(claim) = work.claim() else { continue };
        let stamp = Stamp {
            command: CommandId::new(now, moment.entropy()),
            device: claim.device,
            associate: claim.associate.clone(),
            at: now,
            may_take_over: false,
        };
        let cause = cause(&stamp, now);
        // A refusal means that nothing is claimed any more: then there is nothing to free.
        if let Ok(Change { next, stock, .. }) = work.act(&Command::Release {}, &stamp) {
            changes.record(id, next, stock, cause);
        }
    }
    let cursor = changes.write(tx, now)?[&location_key];
    let location = db::cards::location(tx, location_key)?.location.id;
    Ok(Some((location, cursor)))
}

fn cause(stamp: &Stamp, now: TimeMs) -> Cause {
    Cause {
        kind: "claim.expired".into(),
        id: stamp.command.to_string(),
        actor: "server".into(),
        device: Some(stamp.device),
        at: now,
        sentence: "Freed: the tablet that had it has been silent for hours.".into(),
    }
}
