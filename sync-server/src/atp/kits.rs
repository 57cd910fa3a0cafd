//! Kits: items that are sold as others at one location. What a kit gives follows from what its components
//! give, by the rules about them; then the rules about the kit itself hold, as of any item.
//!
//! ```text
//! kit (kit, location): left = the least, over its components, of what each gives there ÷ units in a kit
//! kit (kit, pool):     sum  = Σ gives; never more than of any component the pool's number ÷ units in a kit
//! ```

use super::{
    dated::Needed,
    judge::Outer,
    stock::{Stock, Units},
    view::View,
};

/// What a kit is made of: items with the units in one kit, at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kit(Box<[Part]>);

/// A component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The item's number.
    pub item: u32,
    /// Units in one kit, above 0.
    pub units: i64,
}

/// The component that allows no more, and the kits that it makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scarce {
    /// The item's number.
    pub item: u32,
    /// Kits.
    pub kits: i64,
}

impl Kit {
    /// Of these components; `None` of none.
    #[must_use]
    pub fn of(parts: Vec<Part>) -> Option<Self> {
        (!parts.is_empty()).then(|| Self(parts.into()))
    }

    /// Its components.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The component of which there are the fewest, by the units that each has.
    fn scarcest(&self, has: impl Fn(u32) -> i64) -> Scarce {
        let of = |part: &Part| Scarce { item: part.item, kits: has(part.item) / part.units };
        self.0.iter().map(of).min_by_key(|of| of.kits).expect("a kit has components")
    }
}

impl View {
    /// Units of an item that a location gives to a pool, less those that customers wait for there.
    #[must_use]
    pub fn here(&self, stock: &Stock, item: u32, pool: usize, location: u16) -> i64 {
        let (units, dated) =
            stock.consistent(item, || (stock.get(item, location), stock.dated(item)));
        let sum = self.available(self.class(item), pool, location, units, |_, _| ());
        dated.map_or(sum, |dated| dated.now_at(location, sum))
    }

    /// The component that a location has the fewest of.
    #[must_use]
    pub fn scarcest_at(&self, stock: &Stock, kit: &Kit, pool: usize, location: u16) -> Scarce {
        kit.scarcest(|part| self.here(stock, part, pool, location))
    }

    /// The component that a pool may promise the fewest of.
    #[must_use]
    pub fn scarcest_in(&self, kit: &Kit, pool: usize) -> Scarce {
        kit.scarcest(|part| self.number(part, pool))
    }

    /// Kits that a location gives to a pool, whose rules tell what they make of it.
    pub fn kits_at(
        &self,
        stock: &Stock,
        (item, kit): (u32, &Kit),
        pool: usize,
        location: u16,
        tell: impl FnMut(usize, i64),
    ) -> i64 {
        let Scarce { kits, .. } = self.scarcest_at(stock, kit, pool, location);
        let units = Units { on_hand: cut(kits), reserved: 0, safety: 0 };
        self.available(self.class(item), pool, location, units, tell)
    }

    /// Locations of a pool that have any position of a kit's first component: all that could give it.
    #[must_use]
    pub fn places(&self, stock: &Stock, kit: &Kit, pool: usize) -> Vec<u16> {
        let first = kit.0[0].item;
        let mut places = stock.consistent(first, || {
            let mut places = Vec::new();
            stock.each(first, |location, _| places.push(location));
            places
        });
        places.retain(|location| self.gives(*location, pool));
        places
    }

    /// What becomes of the sum of a kit in a pool, and the number: of it no more than of its components.
    #[must_use]
    pub fn kit_outer(
        &self,
        (item, kit): (u32, &Kit),
        pool: usize,
        sum: i64,
        tell: impl FnMut(usize, i64),
    ) -> Outer {
        let outer = self.outer(item, self.class(item), pool, sum, &Needed::default(), tell);
        Outer { number: outer.number.min(self.scarcest_in(kit, pool).kits), ..outer }
    }

    /// Makes sums and numbers of a kit from nothing. For the writer, after those of its components.
    pub fn count_kit(&self, stock: &Stock, item: u32) {
        let Some(kit) = stock.kit(item) else { return };
        for pool in 0..self.set().pools.len() {
            let places = self.places(stock, &kit, pool).into_iter();
            let sum: i64 =
                places.map(|at| self.kits_at(stock, (item, &kit), pool, at, |_, _| ())).sum();
            let number = self.kit_outer((item, &kit), pool, sum, |_, _| ()).number;
            self.put_numbers(item, pool, cut(sum), cut(number));
        }
    }
}

/// As many units as the index can count.
fn cut(units: i64) -> i32 {
    i32::try_from(units).unwrap_or(i32::MAX)
}
