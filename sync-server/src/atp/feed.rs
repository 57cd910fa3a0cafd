//! What has changed since somebody last asked: a full feed plus its increments is a fresh full feed
//! (`tests.rs`).

use std::{fmt, str::FromStr};

use super::index::{Index, Mark};

/// Items that a feed names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The mark to ask with the next time.
    pub next: Mark,
    /// Whether these are all items, because nobody knows what has changed since the mark.
    pub full: bool,
    /// Their numbers, ascending.
    pub items: Vec<u32>,
}

/// The items that changed behind a mark; all of them without one, or behind one of another epoch. Their
/// numbers are read after this: one that changes meanwhile is named again the next time.
#[must_use]
pub fn changed(index: &Index, after: Option<Mark>) -> Changed {
    let next = index.mark();
    let after = after.filter(|mark| mark.epoch == next.epoch && mark.change <= next.change);
    let is_new = |item: &u32| after.is_none_or(|mark| index.stock().stamp(*item) > mark.change);
    let items = (0..index.stock().items()).filter(is_new).collect();
    Changed { next, full: after.is_none(), items }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}.{:x}", self.epoch, self.change)
    }
}

/// Not a mark of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoMark;

impl FromStr for Mark {
    type Err = NoMark;

    fn from_str(text: &str) -> Result<Self, NoMark> {
        let (epoch, change) = text.split_once('.').ok_or(NoMark)?;
        let epoch = u64::from_str_radix(epoch, 16).map_err(|_| NoMark)?;
        let change = u64::from_str_radix(change, 16).map_err(|_| NoMark)?;
        Ok(Self { epoch, change })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_back() {
        let mark = Mark { epoch: 1_795_435_200_000, change: 77 };
        assert_eq!(mark.to_string().parse(), Ok(mark));
        for wrong in ["", "1", "x.1", "1.", "1.-1"] {
            assert_eq!(wrong.parse::<Mark>(), Err(NoMark), "{wrong}");
        }
    }
}
