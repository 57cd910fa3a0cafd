//! The stock positions that a person should look at, page by page, each once and for its worst reason.
//!
//! Finds and judges; changes nothing. Counts and corrections come from stores and sources.

use domain::{
    api::{DoubtKind, Page, StockDoubt},
    clock::TimeMs,
};

use crate::{
    confidence,
    db::{
        DbError, Tx,
        doubts::{self, OnHand, Place, Seen, Stretch},
    },
};

/// Positions that one page looks at, at most: where few are in doubt a page may have fewer rows than were
/// asked for, or none, and still a next one.
pub const LOOKED_AT_MAX: u32 = 200_000;
/// What looking into a location costs beside its positions.
const LOCATION_COST: u32 = 20;

/// Which positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Why; absent: those whose books cannot be right, `negative` and `short`.
    pub kind: Option<DoubtKind>,
    /// The key of the only location, or of all.
    pub only: Option<i64>,
    /// Days without a count after which a position is stale.
    pub stale_days: u32,
    /// Behind this place.
    pub after: Place,
    /// Rows wanted.
    pub rows: u32,
}

impl Asked {
    /// Where to look, for at most so many positions.
    fn stretch(&self, most: u32) -> Stretch {
        let (first, last) = self.only.map_or((i64::MIN, i64::MAX), |only| (only, only));
        Stretch { after: self.after.max((first, i64::MIN)), last, most }
    }
}

/// A page; its `next` is a place as `location key_item key`.
///
/// # Errors
/// [`DbError`].
pub fn page(tx: &mut Tx, asked: &Asked, now: TimeMs) -> Result<Page<StockDoubt>, DbError> {
    let (places, next) = match asked.kind {
        None => short(tx, asked, OnHand::Any)?,
        Some(DoubtKind::Negative) => short(tx, asked, OnHand::Negative)?,
        Some(DoubtKind::Short) => short(tx, asked, OnHand::Some)?,
        Some(DoubtKind::Unfound) => {
            let looked_at = doubts::unfound(tx, asked.stretch(LOOKED_AT_MAX))?;
            let is_cut = looked_at.len() == LOOKED_AT_MAX as usize;
            cut(&looked_at, is_cut, asked.rows)
        }
        Some(DoubtKind::Stale) => {
            stale(tx, asked, confidence::counted_before(now, asked.stale_days))?
        }
    };
    let seen = doubts::seen(tx, &places)?.into_iter();
    let items = seen.filter_map(|seen| row(seen, asked, now)).collect();
    Ok(Page { items, next: next.map(|(location, item)| format!("{location}_{item}")) })
}

/// Places to show, and the one behind which the next page begins.
type Found = (Vec<Place>, Option<Place>);

fn short(tx: &mut Tx, asked: &Asked, on_hand: OnHand) -> Result<Found, DbError> {
    let places = doubts::short(tx, on_hand, asked.stretch(asked.rows + 1))?;
    let looked_at: Vec<_> = places.into_iter().map(|place| (place, true)).collect();
    Ok(cut(&looked_at, false, asked.rows))
}

/// Location by location, leaving out those that were counted whole.
fn stale(tx: &mut Tx, asked: &Asked, counted_before: TimeMs) -> Result<Found, DbError> {
    let Stretch { after, last, .. } = asked.stretch(0);
    let (mut looked_at, mut left, mut hits) = (Vec::new(), LOOKED_AT_MAX, 0);
    for location in doubts::uncounted(tx, after.0, last, counted_before)? {
        let from = after.max((location, i64::MIN));
        let here = doubts::stale(tx, from, counted_before, left)?;
        let cost = u32::try_from(here.len()).unwrap_or(u32::MAX).max(LOCATION_COST);
        hits += here.iter().filter(|(_, is_hit)| *is_hit).count();
        looked_at.extend(here);
        left = left.saturating_sub(cost);
        if left == 0 || hits > asked.rows as usize {
            // The last location may have more positions; one that has none is done.
            if looked_at.last().is_none_or(|(place, _)| place.0 < location) {
                looked_at.push(((location, i64::MAX), false));
            }
            return Ok(cut(&looked_at, true, asked.rows));
        }
    }
    Ok(cut(&looked_at, false, asked.rows))
}

/// The hits among what was looked at, as many as a page may have; `is_cut` when there may be more behind.
fn cut(looked_at: &[(Place, bool)], is_cut: bool, rows: u32) -> Found {
    let hits = looked_at.iter().filter(|(_, is_hit)| *is_hit).map(|(place, _)| *place);
    let mut places: Vec<_> = hits.collect();
    let is_full = places.len() > rows as usize;
    places.truncate(rows as usize);
    let next = if is_full {
        places.last().copied()
    } else {
        looked_at.last().filter(|_| is_cut).map(|(place, _)| *place)
    };
    (places, next)
}

/// The row, where it is of the kind that is asked for.
fn row(seen: Seen, asked: &Asked, now: TimeMs) -> Option<StockDoubt> {
    let Seen { location, location_name, sku, name, reserved, known } = seen;
    let kind = known.doubt(now, asked.stale_days)?;
    let some = |at: TimeMs| Some(at).filter(|at| at.0 > 0);
    asked.kind.is_none_or(|asked| asked == kind).then(|| StockDoubt {
        kind,
        location,
        location_name,
        sku,
        name,
        on_hand: known.on_hand,
        reserved,
        shortage: known.shortage,
        not_found: known.not_found,
        confidence: known.confidence(now),
        counted_at: some(known.counted_at),
        moved_at: some(known.moved_at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked_at(hits: &[bool]) -> Vec<(Place, bool)> {
        (1..).zip(hits).map(|(item, is_hit)| ((1, item), *is_hit)).collect()
    }

    #[test]
    fn a_full_page_ends_with_its_last_row() {
        let (places, next) = cut(&looked_at(&[true, false, true, true]), false, 2);
        assert_eq!((places, next), (vec![(1, 1), (1, 3)], Some((1, 3))));
    }

    #[test]
    fn a_page_that_is_not_full_goes_on_behind_what_was_looked_at() {
        let seen = looked_at(&[true, false, false]);
        assert_eq!(cut(&seen, true, 2), (vec![(1, 1)], Some((1, 3))));
        assert_eq!(cut(&seen, false, 2), (vec![(1, 1)], None));
        assert_eq!(cut(&[], true, 2), (Vec::new(), None));
    }
}
