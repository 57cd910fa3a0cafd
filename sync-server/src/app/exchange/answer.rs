//! What devices hear back: the outcomes, their location's feed from their cursor on, and its roster. Read for
//! all of them at once, who are often of few locations.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    limits,
    sync::{ExchangeResponse, FeedPage, PROTO, Reset, SCHEMA},
};

use super::{Asked, Decisions, Refusal};
use crate::{
    db::{
        DbError, Tx, commands,
        devices::{self, Roster},
        feed::{self, Bounds, Reader, Stretch},
    },
    moment::Moment,
};

/// Longest wait before a fleet comes for snapshots after the server's history or schema changed.
const RESET_SPREAD_MS: u32 = 300_000;

/// Everything that devices need to hear of what was decided for them, in their order.
///
/// # Errors
/// [`DbError`].
pub fn answer(
    tx: &mut Tx,
    asked: &[Asked],
    decided: &[Result<Decisions, Refusal>],
) -> Result<Vec<Result<ExchangeResponse, Refusal>>, DbError> {
    let admitted: Vec<(&Asked, &Decisions)> = asked
        .iter()
        .zip(decided)
        .filter_map(|(asked, decided)| Some((asked, decided.as_ref().ok()?)))
        .collect();
    let mut answers = answer_admitted(tx, &admitted)?.into_iter();
    let answers = decided.iter().map(|decided| match decided {
        Ok(_) => Ok(answers.next().expect("one for each that was admitted")),
        Err(refusal) => Err(refusal.clone()),
    });
    Ok(answers.collect())
}

fn answer_admitted(
    tx: &mut Tx,
    admitted: &[(&Asked, &Decisions)],
) -> Result<Vec<ExchangeResponse>, DbError> {
    let locations: BTreeSet<i64> =
        admitted.iter().map(|(_, decisions)| decisions.location_key).collect();
    let bounds = feed::bounds_of(tx, &locations)?;
    let rosters = devices::rosters(tx, &locations)?;
    let resets: Vec<Option<Reset>> = admitted
        .iter()
        .map(|(asked, decisions)| reset(asked, decisions, of(&bounds, decisions)))
        .collect();
    let feeds = pages(tx, admitted, &resets, &bounds)?;
    let each = admitted.iter().zip(resets).zip(feeds);
    each.map(|((&(asked, decisions), reset), feed)| {
        let mut outcomes = decisions.outcomes.clone();
        if asked.request.device.parked > 0 {
            outcomes.extend(commands::late_outcomes(tx, decisions.sender)?);
        }
        let Roster { epoch, devices } = of(&rosters, decisions);
        Ok(ExchangeResponse {
            proto: PROTO,
            server_time: asked.moment.now,
            last_seq: decisions.progress.last_seq,
            durable_seq: decisions.progress.durable_seq,
            outcomes,
            feed,
            reset,
            roster_epoch: epoch,
            devices,
            sscc: decisions.sscc.clone(),
            poll_ms: limits::POLL_MS,
        })
    })
    .collect()
}

/// What a location has; nothing where it has none yet.
fn of<T: Clone + Default>(by_location: &BTreeMap<i64, T>, decisions: &Decisions) -> T {
    by_location.get(&decisions.location_key).cloned().unwrap_or_default()
}

/// Each one's feed, from his cursor on; nothing of it for one who must start from a snapshot.
fn pages(
    tx: &mut Tx,
    admitted: &[(&Asked, &Decisions)],
    resets: &[Option<Reset>],
    bounds: &BTreeMap<i64, Bounds>,
) -> Result<Vec<FeedPage>, DbError> {
    let readers = admitted.iter().zip(resets).map(|(&(asked, decisions), reset)| {
        let after = asked.request.cursor;
        let head = if reset.is_some() { after } else { of(bounds, decisions).head };
        Reader { location_key: decisions.location_key, after, head }
    });
    let stretches = feed::read_each(tx, &readers.collect::<Vec<_>>())?;
    let page = |(Stretch { rows, to, more }, (_, decisions)): (Stretch, &(_, &Decisions))| {
        FeedPage { epoch: decisions.epoch, to, more, rows }
    };
    Ok(stretches.into_iter().zip(admitted).map(page).collect())
}

/// Whether the device must start from a snapshot. What a snapshot holds (people, items, stock) has
/// never been in the feed from its beginning, so cursor 0 always does.
fn reset(asked: &Asked, decisions: &Decisions, bounds: Bounds) -> Option<Reset> {
    let reset =
        |reason: &str, not_before_ms| Some(Reset { reason: reason.to_owned(), not_before_ms });
    let request = &asked.request;
    if request.feed_epoch.is_some_and(|known| known != decisions.epoch) {
        return reset("epoch", spread(&asked.moment));
    }
    if request.schema != SCHEMA {
        return reset("schema", spread(&asked.moment));
    }
    match request.cursor {
        0 => reset("horizon", 0),
        // A cursor that this history has not reached comes from another one.
        cursor if cursor > bounds.head => reset("epoch", 0),
        cursor if cursor < bounds.floor => reset("horizon", 0),
        _ => None,
    }
}

fn spread(moment: &Moment) -> u32 {
    let [a, b, c, d, ..] = moment.clone().entropy();
    u32::from_be_bytes([a, b, c, d]) % RESET_SPREAD_MS
}
