//! What has changed since somebody last asked: a full feed plus its increments is a fresh full feed
//! (`tests.rs`).
//!
//! What it deliberately does not do: remember who has asked. All that must be known the next time is in
//! the [`Place`] that a file ends with, and comes back with the question.

use std::{fmt, str::FromStr};

use super::{
    index::{Index, Mark},
    view::View,
};

/// Where a file has ended, which whoever read it asks with the next time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// What has changed up to here is in the files up to this one; or will be, with the rest of it.
    pub mark: Mark,
    /// The file's number: the first has 1, and each the next after the one that it was asked behind,
    /// also where it begins with everything again.
    pub sequence: u64,
    /// What this file had no room for.
    pub rest: Option<Rest>,
}

/// The rest of a file that was cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// Its first item.
    pub item: u32,
    /// It is what has changed behind this change; absent: everything.
    pub after: Option<u64>,
}

/// Items that a feed names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The place to ask with the next time.
    pub next: Place,
    /// Whether whoever reads it shall forget all that it knew, because nobody knows what has changed since
    /// the file before.
    pub full: bool,
    /// Their numbers, ascending.
    pub items: Vec<u32>,
}

/// The items that changed behind a place; all of them without one, or behind one of another epoch. Their
/// numbers are read after this, in the same view: one that changes meanwhile is named again the next time,
/// and behind a view of older rules all are. Of more than `items_max` (at least one) the rest is for the
/// next file.
#[must_use]
pub fn changed(index: &Index, view: &View, after: Option<Place>, items_max: usize) -> Changed {
    let now = index.mark(view);
    let sequence = after.map_or(1, |place| place.sequence.saturating_add(1));
    let known = after.filter(|p| p.mark.epoch == now.epoch && p.mark.change <= now.change);
    // Whatever changes while the parts of a file are read is behind the mark of the first of them.
    let (mark, since, start) = match known {
        None => (now, None, 0),
        Some(Place { mark, rest: Some(rest), .. }) => (mark, rest.after, rest.item),
        Some(place) => (now, Some(place.mark.change), 0),
    };
    let is_new = |item: &u32| since.is_none_or(|change| index.stock().stamp(*item) > change);
    let mut found = (start..index.stock().items()).filter(is_new);
    let items = found.by_ref().take(items_max).collect();
    let rest = found.next().map(|item| Rest { item, after: since });
    Changed { next: Place { mark, sequence, rest }, full: known.is_none(), items }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mark: Mark { epoch, change }, sequence, rest } = self;
        write!(f, "{epoch:x}.{change:x}.{sequence:x}")?;
        let Some(Rest { item, after }) = rest else { return Ok(()) };
        write!(f, ".{item:x}")?;
        after.map_or(Ok(()), |after| write!(f, ".{after:x}"))
    }
}

/// Not a place of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPlace;

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let number = |part: &str| u64::from_str_radix(part, 16).map_err(|_| NoPlace);
        let parts = text.split('.').map(number).collect::<Result<Vec<_>, _>>()?;
        let (epoch, change, sequence, rest) = match parts[..] {
            [epoch, change, sequence] => (epoch, change, sequence, None),
            [epoch, change, sequence, item] => (epoch, change, sequence, Some((item, None))),
            [epoch, change, sequence, item, after] => {
                (epoch, change, sequence, Some((item, Some(after))))
            }
            _ => return Err(NoPlace),
        };
        let rest = rest.map(|(item, after)| {
            u32::try_from(item).map(|item| Rest { item, after }).map_err(|_| NoPlace)
        });
        Ok(Self { mark: Mark { epoch, change }, sequence, rest: rest.transpose()? })
    }
}

#[cfg(test)]
mod tests {
    use domain::clock::TimeMs;

    use super::{super::index::index, *};

    #[test]
    fn behind_a_view_of_older_rules_everything_is_told_again() {
        let (index, mut writer) = index(7);
        let (older, place) = (index.view(), changed(&index, &index.view(), None, 1).next);
        writer.look_again(TimeMs(1));
        let in_between = changed(&index, &older, Some(place), 1);
        assert!(!in_between.full, "the numbers are still those of the older rules");
        assert!(changed(&index, &index.view(), Some(in_between.next), 1).full);
    }

    #[test]
    fn places_are_read_back() {
        let mark = Mark { epoch: 1_795_435_200_000, change: 77 };
        let rests = [None, Some(None), Some(Some(12))];
        for rest in rests.map(|rest| rest.map(|after| Rest { item: 500, after })) {
            let place = Place { mark, sequence: 19, rest };
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for wrong in ["", "1", "1.2", "x.1.1", "1.1.", "1.1.-1", "1.1.1.100000000", "1.1.1.1.1.1"] {
            assert_eq!(wrong.parse::<Place>(), Err(NoPlace), "{wrong}");
        }
    }
}
