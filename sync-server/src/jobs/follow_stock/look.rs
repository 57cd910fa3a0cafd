//! One look at the database: whatever is new of everything that the index follows, of one moment.

use std::sync::Arc;

use domain::clock::TimeMs;

use super::{
    super::dates::{Waiting, by_item, others},
    PAGE,
};
use crate::{
    atp::{
        dated::Supply,
        index::Index,
        scope::{ItemFacts, LocationFacts},
    },
    db::{
        DbError, Tx, atp_rules, atp_world,
        dated::{self, Of},
        rule_counts::{self, Sold},
        stock_log::{self, Moved, Promisable},
        terms,
    },
};

/// Items whose counts are asked for; of more, all are read.
const SOLD_ITEMS: usize = 2_000;

/// What one look at the database has found.
pub(super) struct Found {
    pub(super) place: i64,
    pub(super) behind: bool,
    pub(super) positions: Vec<Promisable>,
    pub(super) supplied: Vec<i64>,
    pub(super) supply: Vec<Of<Supply<i64>>>,
    pub(super) items: Vec<(i64, ItemFacts)>,
    pub(super) locations: Option<Vec<(i64, LocationFacts)>>,
    pub(super) waiting: Arc<Waiting>,
    pub(super) rules: Option<atp_rules::Version>,
    pub(super) sold: Vec<Sold>,
    pub(super) terms: Vec<terms::Stored>,
    /// What the items of these terms are made of; nothing, where they are no kits.
    pub(super) kits: Vec<(i64, Vec<terms::Part>)>,
}

/// What a look asks for.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) index: Arc<Index>,
    pub(super) place: i64,
    pub(super) items: i64,
    pub(super) version: i64,
    pub(super) terms: i64,
    pub(super) now: TimeMs,
    pub(super) sold: Counts,
    /// What waited the last time.
    pub(super) waiting: Arc<Waiting>,
}

/// Which counts of what was sold a look asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counts {
    /// No rule counts.
    None,
    /// Those of items that have moved, and of items together.
    Moved,
    All,
}

pub(super) fn look(tx: &mut Tx, asked: &Asked) -> Result<Found, DbError> {
    let Moved { mut positions, supplied, place } = stock_log::moved(tx, asked.place)?;
    let waiting = Arc::new(by_item(dated::waiting(tx)?));
    positions.extend(given(tx, &asked.waiting, &waiting, place)?);
    let behind = place < stock_log::end(tx)?;
    let (unknown, foreign) = {
        let directory = asked.index.directory();
        let unknown = positions.iter().map(|p| p.item_key);
        let unknown: Vec<i64> = unknown.filter(|k| directory.items.by_key(*k).is_none()).collect();
        let known = |p: &Promisable| directory.locations.by_key(p.location_key).is_some();
        (unknown, !positions.iter().all(known))
    };
    let mut items = atp_world::items(tx, asked.items, PAGE)?;
    if !unknown.is_empty() {
        items.extend(atp_world::items_of(tx, &unknown)?);
    }
    let rules = atp_rules::newer(tx, asked.version)?;
    // What other rules count was not looked at before.
    let counts = if rules.is_some() { Counts::All } else { asked.sold };
    let terms = terms::newer(tx, asked.terms)?;
    let stated: Vec<i64> = terms.iter().map(|of| of.item_key).collect();
    Ok(Found {
        place,
        behind: behind || items.len() == PAGE as usize,
        sold: sold(tx, counts, &positions)?,
        positions,
        supply: match supplied.is_empty() {
            true => Vec::new(),
            false => dated::coming_of(tx, asked.now, &supplied)?,
        },
        supplied,
        items,
        locations: if foreign { Some(atp_world::locations(tx)?) } else { None },
        waiting,
        rules,
        kits: kits(tx, &stated)?,
        terms,
    })
}

/// Positions that have changed with the demand of their items. What waits is read as it is now, the log
/// only up to the oldest transaction that still runs: whatever this look sees behind that is needed as
/// well, or units that were just given to an order would count twice for a moment.
fn given(
    tx: &mut Tx,
    before: &Waiting,
    now: &Waiting,
    place: i64,
) -> Result<Vec<Promisable>, DbError> {
    let items: Vec<i64> = others(before, now).into_iter().collect();
    if items.is_empty() { Ok(Vec::new()) } else { stock_log::moved_of(tx, &items, place) }
}

/// What was sold under rules that count. Whoever takes from a count moves stock in the same transaction, but
/// for what is promised for later.
fn sold(tx: &mut Tx, counts: Counts, positions: &[Promisable]) -> Result<Vec<Sold>, DbError> {
    let mut keys: Vec<i64> = positions.iter().map(|position| position.item_key).collect();
    keys.sort_unstable();
    keys.dedup();
    match counts {
        Counts::None => Ok(Vec::new()),
        Counts::Moved if keys.is_empty() => Ok(Vec::new()),
        Counts::Moved if keys.len() <= SOLD_ITEMS => rule_counts::sold_of(tx, &keys),
        Counts::Moved | Counts::All => rule_counts::sold(tx),
    }
}

/// What these items are made of; nothing, where they are no kits.
fn kits(tx: &mut Tx, keys: &[i64]) -> Result<Vec<(i64, Vec<terms::Part>)>, DbError> {
    let mut parts = terms::parts_of(tx, keys)?;
    Ok(keys.iter().map(|key| (*key, parts.remove(key).unwrap_or_default())).collect())
}
