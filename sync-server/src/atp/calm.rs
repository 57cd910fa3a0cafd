//! When the changes of an index had been committed: for whoever asks whether an item has changed since an
//! instant. Remembers some thousand looks at the log; what is older is not known.

use std::collections::VecDeque;

use domain::clock::TimeMs;

/// Looks that are remembered; with something new in each, some minutes at least.
const LOOKS_MAX: usize = 1 << 13;

/// Looks at the log: until when everything seen had been committed, and how many changes that made.
#[derive(Debug, Default)]
pub(super) struct Calm(VecDeque<(TimeMs, u64)>);

impl Calm {
    /// A look that ended at an instant has seen so many changes in all.
    pub(super) fn note(&mut self, looked: TimeMs, changes: u64) {
        if self.0.back().is_some_and(|(_, known)| *known == changes) {
            return;
        }
        if self.0.len() == LOOKS_MAX {
            self.0.pop_front();
        }
        self.0.push_back((looked, changes));
    }

    /// Changes that had all been committed by an instant; `None` where that is not known.
    pub(super) fn at(&self, at: TimeMs) -> Option<u64> {
        // A clock that was set back makes this look unordered: the last that fits is the safe one.
        self.0.iter().rev().find(|(looked, _)| *looked <= at).map(|(_, changes)| *changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_so_at_an_instant_is_known_for_a_while() {
        let mut calm = Calm::default();
        assert_eq!(calm.at(TimeMs(9)), None);
        calm.note(TimeMs(10), 3);
        calm.note(TimeMs(20), 3);
        calm.note(TimeMs(30), 5);
        assert_eq!(
            [9, 10, 29, 30, 99].map(|at| calm.at(TimeMs(at))),
            [None, Some(3), Some(3), Some(5), Some(5)]
        );
        for (at, changes) in (40..).zip(6..).take(LOOKS_MAX) {
            calm.note(TimeMs(at), changes);
        }
        assert_eq!(calm.at(TimeMs(30)), None, "too long ago");
    }
}
