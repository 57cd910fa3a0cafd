//! What is still to come of an item, and what is still to be given of it, by date: how many units may be
//! promised for a day, so that an early promise never takes what a later one was given (cumulative ATP).
//! Pure; `L` is how a location is named.
//!
//! ```text
//! number(t) = the least, over every instant u from t on, of what rules leave of
//!             sum by u + Σ supply expected by u − Σ demand needed by u + backorders for t
//! ```
//!
//! The sum of a pre-order counts from its release on. Backorders count for promises that are made for the
//! day when ordered goods come, or later; what is there and coming belongs to those who wait first.

use std::sync::Arc;

use domain::clock::TimeMs;

use super::{judge::Outer, terms::Terms};

/// Units that orders or baskets want and no position has set aside for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand<L> {
    /// Whose customer waits.
    pub channel: Arc<str>,
    /// The only location that can give them, for a pickup.
    pub only: Option<L>,
    /// When they must be there.
    pub by: TimeMs,
    /// How many, above 0.
    pub units: i64,
}

/// Units that are on their way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Supply<L> {
    /// Where to.
    pub location: L,
    /// When.
    pub at: TimeMs,
    /// How many, above 0.
    pub units: i64,
}

/// What is to come of one item and what is to be given. Supply that is late is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<L> {
    demand: Vec<Demand<L>>,
    supply: Vec<Supply<L>>,
    terms: Terms,
}

/// What may be promised, and the instant that allows no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Least {
    /// The instant; `None`: now.
    pub at: Option<TimeMs>,
    /// Units of the sum that count then.
    pub there: i64,
    /// Units that will have come by then, and those that may be promised without.
    pub coming: i64,
    /// Units that are needed by then.
    pub waiting: i64,
    /// What becomes of the sum.
    pub outer: Outer,
}

/// Units that are needed, by whose customers need them; few channels.
#[derive(Debug, Default)]
pub struct Needed<'a>(Vec<(&'a str, i64)>);

impl<'a> Needed<'a> {
    pub(super) fn add(&mut self, channel: &'a str, units: i64) {
        match self.0.iter_mut().find(|(of, _)| *of == channel) {
            Some((_, needed)) => *needed += units,
            None => self.0.push((channel, units)),
        }
    }

    /// Of one channel.
    #[must_use]
    pub fn of(&self, channel: &str) -> i64 {
        self.each().find(|(of, _)| *of == channel).map_or(0, |(_, units)| units)
    }

    /// By channel.
    pub fn each(&self) -> impl Iterator<Item = (&'a str, i64)> {
        self.0.iter().copied()
    }

    /// Of all.
    #[must_use]
    pub fn units(&self) -> i64 {
        self.0.iter().map(|(_, units)| units).sum()
    }
}

impl<L> Default for Dated<L> {
    fn default() -> Self {
        Self { demand: Vec::new(), supply: Vec::new(), terms: Terms::default() }
    }
}

/// What becomes of a sum that no rule is about.
#[must_use]
pub fn plain(sum: i64, needed: &Needed<'_>) -> Outer {
    Outer { number: (sum - needed.units()).max(0), ..Outer::default() }
}

impl<L: Copy + Ord> Dated<L> {
    /// Of one item, in any order.
    #[must_use]
    pub fn new(mut demand: Vec<Demand<L>>, mut supply: Vec<Supply<L>>) -> Self {
        demand.sort_by(|a, b| (a.by, a.only, &a.channel).cmp(&(b.by, b.only, &b.channel)));
        supply.sort_by_key(|supply| (supply.at, supply.location));
        Self { demand, supply, terms: Terms::default() }
    }

    /// The same of an item that is sold by these terms: supply counts from the release on.
    #[must_use]
    pub fn by(mut self, terms: Terms) -> Self {
        if let Some(release) = terms.release {
            self.supply.iter_mut().for_each(|supply| supply.at = supply.at.max(release));
            self.supply.sort_by_key(|supply| (supply.at, supply.location));
        }
        self.terms = terms;
        self
    }

    /// Whether nothing is to come, nothing to be given, and it is sold as it is there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.demand.is_empty() && self.supply.is_empty() && self.terms == Terms::default()
    }

    /// How it is sold beyond what is there and coming.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// What is to come, the earliest first.
    #[must_use]
    pub fn supply(&self) -> &[Supply<L>] {
        &self.supply
    }

    /// What may be promised for an instant (`None`: now) of a pool or location whose positions give `sum`
    /// today and to which `gives` says who belongs; `ships` says whether it is for deliveries. `judge` says
    /// what rules leave of a sum.
    pub fn least<'a>(
        &'a self,
        from: Option<TimeMs>,
        sum: i64,
        ships: bool,
        gives: impl Fn(L) -> bool,
        judge: impl Fn(i64, &Needed<'a>) -> Outer,
    ) -> Least {
        // Time goes by; supply only helps, so the least is where it begins or where something is needed.
        let mut supply = self.supply.iter().filter(|supply| gives(supply.location)).peekable();
        let demand = self.demand.iter().filter(|demand| demand.only.is_none_or(&gives));
        let (mut coming, mut needed) = (0, Needed::default());
        let mut come = |by: TimeMs, coming: &mut i64| {
            while let Some(more) = supply.next_if(|supply| supply.at <= by) {
                *coming += more.units;
            }
        };
        let mut demand = demand.peekable();
        if let Some(from) = from {
            come(from, &mut coming);
            while let Some(more) = demand.next_if(|demand| demand.by <= from) {
                needed.add(&more.channel, more.units);
            }
        }
        let beyond = self.terms.beyond(from, ships);
        let look = |at: Option<TimeMs>, coming: i64, needed: &Needed<'a>| {
            let (there, coming) = (self.terms.there(at, sum), coming + beyond);
            let outer = judge(there + coming, needed);
            Least { at, there, coming, waiting: needed.units(), outer }
        };
        let mut least = look(from, coming, &needed);
        while let Some(by) = demand.peek().map(|demand| demand.by) {
            while let Some(more) = demand.next_if(|demand| demand.by <= by) {
                needed.add(&more.channel, more.units);
            }
            come(by, &mut coming);
            let then = look(Some(by), coming, &needed);
            // Of equals the one that is the tightest: it explains the number.
            let tight = |of: &Least| (of.outer.number, of.there + of.coming - of.waiting);
            if tight(&then) < tight(&least) {
                least = then;
            }
        }
        least
    }

    /// What is to come at one location, and to be given by nobody else. Rules about sums do not look at
    /// it: [`plain`] judges. What nobody has is at no location.
    #[must_use]
    pub fn at(&self, location: L) -> Self {
        let demand = self.demand.iter().filter(|demand| demand.only == Some(location)).cloned();
        let supply = self.supply.iter().filter(|supply| supply.location == location).copied();
        let terms = Terms { backorder: None, ..self.terms };
        Self { demand: demand.collect(), supply: supply.collect(), terms }
    }

    /// Units that one location may give now, of so many that it has.
    #[must_use]
    pub fn now_at(&self, location: L, units: i64) -> i64 {
        self.at(location).least(None, units, false, |_| true, plain).outer.number
    }

    /// What is needed by an instant (`None`: now) of whoever `gives`.
    pub fn needed_by(&self, by: Option<TimeMs>, gives: impl Fn(L) -> bool) -> Needed<'_> {
        let mut needed = Needed::default();
        let until = by.map_or(&[][..], |by| {
            &self.demand[..self.demand.partition_point(|demand| demand.by <= by)]
        });
        let of = until.iter().filter(|demand| demand.only.is_none_or(&gives));
        of.for_each(|demand| needed.add(&demand.channel, demand.units));
        needed
    }

    /// The same with other names of locations; what is at one that has none is left out.
    #[must_use]
    pub fn named<M: Copy + Ord>(&self, name: impl Fn(L) -> Option<M>) -> Dated<M> {
        let demand = self.demand.iter().filter_map(|demand| {
            let only = match demand.only {
                Some(only) => Some(name(only)?),
                None => None,
            };
            let Demand { channel, by, units, .. } = demand.clone();
            Some(Demand { channel, only, by, units })
        });
        let supply = self.supply.iter().filter_map(|&Supply { location, at, units }| {
            Some(Supply { location: name(location)?, at, units })
        });
        Dated::new(demand.collect(), supply.collect()).by(self.terms)
    }

    /// What is to be given, the earliest first.
    #[must_use]
    pub fn demand(&self) -> &[Demand<L>] {
        &self.demand
    }

    /// Every instant from which on more may be promised than before, with how many: now first, then as
    /// supply arrives and terms allow it, at most `steps_max` of them.
    pub fn steps<'a>(
        &'a self,
        sum: i64,
        ships: bool,
        gives: impl Fn(L) -> bool,
        judge: impl Fn(i64, &Needed<'a>) -> Outer,
        steps_max: usize,
    ) -> Vec<(Option<TimeMs>, i64)> {
        let number = |from| self.least(from, sum, ships, &gives, &judge).outer.number;
        let mut steps = vec![(None, number(None))];
        for at in self.instants() {
            if steps.len() > steps_max {
                break;
            }
            let units = number(Some(at));
            if units > steps.last().expect("now is there").1 {
                steps.push((Some(at), units));
            }
        }
        steps
    }

    /// Every instant from which on there may be more than before, the earliest first.
    #[must_use]
    pub fn instants(&self) -> Vec<TimeMs> {
        let supply = self.supply.iter().map(|supply| supply.at);
        let terms = self.terms.release.into_iter().chain(self.terms.backorder.map(|of| of.from));
        let mut instants: Vec<TimeMs> = supply.chain(terms).collect();
        instants.sort_unstable();
        instants.dedup();
        instants
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, option, prelude::*};

    use super::{super::terms::Backorder, *};

    fn demand(by: i64, units: i64) -> Demand<u8> {
        Demand { channel: "web".into(), only: None, by: TimeMs(by), units }
    }

    fn supply(at: i64, units: i64) -> Supply<u8> {
        Supply { location: 0, at: TimeMs(at), units }
    }

    fn number(dated: &Dated<u8>, from: Option<i64>, sum: i64) -> i64 {
        dated.least(from.map(TimeMs), sum, true, |_| true, plain).outer.number
    }

    #[test]
    fn nothing_is_given_before_its_release() {
        // Three on the shelf and four that come before; two are promised already.
        let terms = Terms { release: Some(TimeMs(20)), backorder: None };
        let dated = Dated::new(vec![demand(20, 2)], vec![supply(10, 4), supply(30, 1)]).by(terms);
        assert_eq!([None, Some(10), Some(19)].map(|at| number(&dated, at, 3)), [0; 3]);
        assert_eq!([Some(20), Some(30)].map(|at| number(&dated, at, 3)), [5, 6]);
        assert_eq!(dated.at(0).now_at(0, 3), 0);
        let steps = dated.steps(3, false, |_| true, plain, 9);
        assert_eq!(steps, [(None, 0), (Some(TimeMs(20)), 5), (Some(TimeMs(30)), 6)]);
    }

    #[test]
    fn as_many_wait_as_may_and_what_comes_is_theirs() {
        let terms =
            Terms { release: None, backorder: Some(Backorder { from: TimeMs(40), units: 20 }) };
        let waiting =
            |units, there: Vec<Supply<u8>>| Dated::new(vec![demand(41, units)], there).by(terms);
        let none = Dated::new(Vec::new(), Vec::new()).by(terms);
        assert_eq!((number(&none, None, 10), number(&none, Some(39), 10)), (10, 10));
        assert_eq!(number(&none, Some(40), 10), 30);
        assert_eq!(number(&waiting(20, Vec::new()), Some(40), 0), 0);
        // Ten come: they are for those who wait, and as many more may.
        let ten = waiting(20, vec![supply(15, 10)]);
        assert_eq!([None, Some(15)].map(|at| number(&ten, at, 0)), [0, 0]);
        assert_eq!(number(&ten, Some(40), 0), 10);
        // A day later the lead time ends a day later.
        let late = Terms { backorder: Some(Backorder { from: TimeMs(50), units: 20 }), ..terms };
        let late = waiting(20, Vec::new()).by(late);
        assert_eq!([None, Some(40), Some(50)].map(|at| number(&late, at, 0)), [0; 3]);
        // Nobody comes to a location for what nobody has.
        assert_eq!(none.least(Some(TimeMs(40)), 3, false, |_| true, plain).outer.number, 3);
    }

    #[test]
    fn an_early_promise_never_takes_what_a_later_one_was_given() {
        // Three on the shelf, ten come at 10, and twelve are promised for 20.
        let dated = Dated::new(vec![demand(20, 12)], vec![supply(10, 10)]);
        assert_eq!(number(&dated, None, 3), 1, "of the three, two are needed at 20");
        assert_eq!(number(&dated, Some(10), 3), 1);
        let more = Dated::new(vec![demand(20, 12)], vec![supply(10, 10), supply(30, 5)]);
        assert_eq!(number(&more, Some(10), 3), 1);
        assert_eq!(number(&more, Some(30), 3), 6);
        assert_eq!(more.steps(3, true, |_| true, plain, 9), [(None, 1), (Some(TimeMs(30)), 6)]);
    }

    proptest! {
        /// Each instant looked at by itself, one by one.
        #[test]
        fn the_least_is_that_of_a_plain_count(
            demand in vec((0i64..12, 1i64..6), 0..6),
            supplies in vec((0i64..12, 1i64..6), 0..6),
            sum in 0i64..12,
            from in option::of(0i64..12),
        ) {
            let dated = Dated::new(
                demand.iter().map(|&(by, units)| self::demand(by, units)).collect(),
                supplies.iter().map(|&(at, units)| supply(at, units)).collect(),
            );
            let by = |rows: &[(i64, i64)], u: i64| -> i64 {
                rows.iter().filter(|(at, _)| *at <= u).map(|(_, units)| units).sum()
            };
            // Before everything is now.
            let least = (from.unwrap_or(-1)..=12)
                .map(|u| (sum + by(&supplies, u) - by(&demand, u)).max(0))
                .min()
                .expect("at least one instant");
            prop_assert_eq!(number(&dated, from, sum), least);
        }
    }
}
