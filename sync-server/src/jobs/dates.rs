//! What the index knows of dates, by item key: supply as it was last stated, and demand as it was last
//! read, so that only items of which something has changed are looked at again.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::Arc,
};

use domain::clock::TimeMs;

use crate::{
    atp::{
        dated::{Dated, Demand, Supply},
        terms::{Stated, Terms},
    },
    db::dated::Of,
};

/// Demand by item.
pub(super) type Waiting = BTreeMap<i64, Vec<Demand<i64>>>;

/// Demand as it was read, by item.
pub(super) fn by_item(demand: Vec<Of<Demand<i64>>>) -> Waiting {
    let mut by_item = Waiting::new();
    for (item, line) in demand {
        by_item.entry(item).or_default().push(line);
    }
    by_item
}

/// Items of which other demand waits now than before.
pub(super) fn others(before: &Waiting, now: &Waiting) -> BTreeSet<i64> {
    let known = before.keys().chain(now.keys()).copied();
    known.filter(|item| before.get(item) != now.get(item)).collect()
}

/// Supply and demand that the index has been told of.
#[derive(Debug, Default)]
pub(super) struct Dates {
    supply: BTreeMap<i64, Vec<Supply<i64>>>,
    demand: Arc<Waiting>,
    /// Items that were never told.
    new: BTreeSet<i64>,
    /// How items are sold beyond that, of those that are.
    terms: BTreeMap<i64, Stated>,
    /// When they were looked at.
    looked: TimeMs,
}

impl Dates {
    /// Keeps supply of items that nothing is known of yet.
    pub(super) fn keep(&mut self, supply: Vec<Of<Supply<i64>>>) {
        for (item, line) in supply {
            self.new.insert(item);
            self.supply.entry(item).or_default().push(line);
        }
    }

    /// Keeps how items are sold from now on.
    pub(super) fn keep_terms(&mut self, terms: impl IntoIterator<Item = (i64, Stated)>) {
        for (item, stated) in terms {
            self.new.insert(item);
            match stated == Stated::default() {
                true => self.terms.remove(&item),
                false => self.terms.insert(item, stated),
            };
        }
    }

    /// Takes in all demand, and the supply of items of which it was stated anew; the items of which
    /// anything may be different now. Supply that has not come in time is not counted any more.
    pub(super) fn take(
        &mut self,
        demand: Arc<Waiting>,
        supplied: &[i64],
        supply: Vec<Of<Supply<i64>>>,
        now: TimeMs,
    ) -> Vec<(i64, Dated<i64>)> {
        let mut changed = mem::take(&mut self.new);
        for item in supplied {
            self.supply.remove(item);
            changed.insert(*item);
        }
        for (item, line) in supply {
            self.supply.entry(item).or_default().push(line);
        }
        self.forget_late(now, &mut changed);
        let other = |(_, stated): &(&i64, &Stated)| !stated.is_same(self.looked, now);
        changed.extend(self.terms.iter().filter(other).map(|(item, _)| *item));
        self.looked = now;
        let before = mem::replace(&mut self.demand, demand);
        changed.extend(others(&before, &self.demand));
        changed.into_iter().map(|item| (item, self.of(item))).collect()
    }

    /// What waits, as far as was read.
    pub(super) const fn waiting(&self) -> &Arc<Waiting> {
        &self.demand
    }

    fn forget_late(&mut self, now: TimeMs, changed: &mut BTreeSet<i64>) {
        self.supply.retain(|item, lines| {
            let known = lines.len();
            lines.retain(|line| line.at > now);
            if lines.len() < known {
                changed.insert(*item);
            }
            !lines.is_empty()
        });
    }

    fn of(&self, item: i64) -> Dated<i64> {
        let of = |item| (self.demand.get(&item).cloned(), self.supply.get(&item).cloned());
        let (demand, supply) = of(item);
        let terms = self.terms.get(&item).map_or_else(Terms::default, |of| of.at(self.looked));
        Dated::new(demand.unwrap_or_default(), supply.unwrap_or_default()).by(terms)
    }
}

#[cfg(test)]
mod tests {
    use domain::api::PreOrder;

    use super::*;

    const NOW: TimeMs = TimeMs(100);

    fn supply(at: i64, units: i64) -> Supply<i64> {
        Supply { location: 1, at: TimeMs(at), units }
    }

    fn demand(units: i64) -> Demand<i64> {
        Demand { channel: "web".into(), only: None, by: TimeMs(300), units }
    }

    fn seven_waits() -> Arc<Waiting> {
        Arc::new(by_item(vec![(7, demand(1))]))
    }

    #[test]
    fn only_what_has_changed_is_told() {
        let mut dates = Dates::default();
        dates.keep(vec![(7, supply(200, 4)), (8, supply(250, 9))]);
        let told = dates.take(seven_waits(), &[], Vec::new(), NOW);
        let seven = Dated::new(vec![demand(1)], vec![supply(200, 4)]);
        assert_eq!(told, [(7, seven), (8, Dated::new(Vec::new(), vec![supply(250, 9)]))]);
        assert!(dates.take(seven_waits(), &[], Vec::new(), NOW).is_empty());
        let told = dates.take(Arc::default(), &[8], vec![(8, supply(260, 1))], NOW);
        assert_eq!(told.iter().map(|(item, _)| *item).collect::<Vec<_>>(), [7, 8]);
        // Nothing came by its date.
        assert_eq!(
            dates.take(Arc::default(), &[], Vec::new(), TimeMs(200)),
            [(7, Dated::default())]
        );
    }

    #[test]
    fn terms_are_told_when_they_change_by_themselves() {
        let mut dates = Dates::default();
        let release = PreOrder { release: TimeMs(150) };
        dates.keep_terms([(7, Stated { backorder: None, pre_order: Some(release) })]);
        let mut told = |now| {
            let told = dates.take(seven_waits(), &[], Vec::new(), TimeMs(now));
            told.into_iter().map(|(item, of)| (item, of.terms().release)).collect::<Vec<_>>()
        };
        assert_eq!(told(100), [(7, Some(TimeMs(150)))]);
        assert!(told(149).is_empty());
        assert_eq!(told(150), [(7, None)], "it is released");
        assert!(told(151).is_empty());
        dates.keep_terms([(7, Stated::default())]);
        assert!(dates.terms.is_empty());
    }
}
