//! A list that is refreshed behind the reader's back: what is shown stays where it is, what is new
//! waits until it is asked for.
//!
//! Fetches nothing.

/// Something with an identity in a list.
pub trait Row: Clone {
    /// What makes it the same row in another version of the list.
    fn key(&self) -> String;
}

/// One shown row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown<T> {
    /// Its latest known state.
    pub row: T,
    /// The latest list does not have it any more.
    pub gone: bool,
}

/// The shown rows, and what the latest list has beyond them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveList<T> {
    shown: Vec<Shown<T>>,
    latest: Vec<T>,
}

impl<T> Default for LiveList<T> {
    fn default() -> Self {
        Self { shown: Vec::new(), latest: Vec::new() }
    }
}

impl<T: Row> LiveList<T> {
    /// A list as it was just asked for.
    #[must_use]
    pub fn new(rows: Vec<T>) -> Self {
        let shown = rows.iter().cloned().map(|row| Shown { row, gone: false }).collect();
        Self { shown, latest: rows }
    }

    /// What to show, in an order that no refresh changes.
    #[must_use]
    pub fn shown(&self) -> &[Shown<T>] {
        &self.shown
    }

    /// Takes a newer list: shown rows change in place and none moves.
    pub fn refresh(&mut self, latest: Vec<T>) {
        for shown in &mut self.shown {
            let key = shown.row.key();
            match latest.iter().find(|row| row.key() == key) {
                Some(row) => *shown = Shown { row: row.clone(), gone: false },
                None => shown.gone = true,
            }
        }
        self.latest = latest;
    }

    /// Rows of the latest list that are not shown.
    #[must_use]
    pub fn new_count(&self) -> usize {
        let is_shown = |row: &&T| self.shown.iter().any(|shown| shown.row.key() == row.key());
        self.latest.len() - self.latest.iter().filter(is_shown).count()
    }

    /// Shown rows that the latest list does not have.
    #[must_use]
    pub fn gone_count(&self) -> usize {
        self.shown.iter().filter(|shown| shown.gone).count()
    }

    /// Shows the latest list.
    pub fn catch_up(&mut self) {
        *self = Self::new(std::mem::take(&mut self.latest));
    }
}

macro_rules! row_key {
    ($($row:ty => $($field:ident).+),* $(,)?) => {
        $(impl Row for $row {
            fn key(&self) -> String {
                self.$($field).+.to_string()
            }
        })*
    };
}

row_key! {
    domain::api::OrderRow => id,
    domain::api::QueueRow => fulfillment,
    domain::api::ExceptionRow => id,
    domain::api::LocationRow => id,
    domain::api::DeviceRow => id,
    domain::api::ItemRow => sku,
    domain::api::AtpVersionRow => version,
    domain::api::DeadRow => key,
}

impl Row for domain::api::StockDoubt {
    fn key(&self) -> String {
        format!("{}/{}", self.location, self.sku)
    }
}

impl Row for domain::api::ParkedRow {
    fn key(&self) -> String {
        format!("{}/{}/{}", self.device, self.epoch, self.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Row for (u8, char) {
        fn key(&self) -> String {
            self.0.to_string()
        }
    }

    fn rows(list: &LiveList<(u8, char)>) -> Vec<(u8, char, bool)> {
        list.shown().iter().map(|shown| (shown.row.0, shown.row.1, shown.gone)).collect()
    }

    #[test]
    fn a_refresh_changes_rows_in_place_and_moves_none() {
        let mut list = LiveList::new(vec![(1, 'a'), (2, 'b'), (3, 'c')]);
        list.refresh(vec![(9, 'n'), (3, 'C'), (1, 'A')]);
        assert_eq!(rows(&list), [(1, 'A', false), (2, 'b', true), (3, 'C', false)]);
        assert_eq!((list.new_count(), list.gone_count()), (1, 1));
    }

    #[test]
    fn new_rows_come_when_they_are_asked_for() {
        let mut list = LiveList::new(vec![(1, 'a')]);
        list.refresh(vec![(2, 'b'), (1, 'a')]);
        list.catch_up();
        assert_eq!(rows(&list), [(2, 'b', false), (1, 'a', false)]);
        assert_eq!((list.new_count(), list.gone_count()), (0, 0));
    }

    #[test]
    fn a_row_that_comes_back_is_no_longer_gone() {
        let mut list = LiveList::new(vec![(1, 'a')]);
        list.refresh(vec![]);
        list.refresh(vec![(1, 'b')]);
        assert_eq!(rows(&list), [(1, 'b', false)]);
    }
}
