//! How many of what lies where: 115,648 rows from these rules and a seed.
//!
//! | | wide locations (8) | every other |
//! |---|---|---|
//! | range | the 2,000 most sold SKUs | the 40 most sold, and 24 drawn from the next 600 |
//! | on hand | 0 in 2 % of rows, else 8 to 60 | 0 in 6 %, else 1 to 24 |
//! | safety stock | 0 in half, else 1 to 3 | 0 in two of three, else 1 |
//!
//! Popular goods lie in larger piles: the tenth most sold in the upper half of the range.

use std::collections::BTreeSet;

use crate::WIDE_LOCATIONS;
use crate::rows::{ItemRow, LocationRow, StockRow};
use crate::seed::{Draw, Seed};

/// SKUs that a wide location carries.
pub const WIDE_RANGE: usize = 2_000;
const EVERYWHERE: usize = 40;
const DRAWN: usize = 24;
const DRAWN_FROM: usize = 600;

/// The stock of one location, by popularity of the SKU. `items` is in that order.
pub fn of_location(location: &LocationRow, items: &[ItemRow], seed: Seed) -> Vec<StockRow> {
    let wide = WIDE_LOCATIONS.contains(&location.id.as_str());
    let ranks: Vec<usize> = if wide {
        (0..items.len().min(WIDE_RANGE)).collect()
    } else {
        narrow_range(location, items.len(), seed)
    };
    let popular_below = ranks.len() / 10;
    let mut rows = Vec::with_capacity(ranks.len());
    for (at, rank) in ranks.into_iter().enumerate() {
        let sku = &items[rank].sku;
        let mut draw = seed.draw("stock", &format!("{} {sku}", location.id));
        let (on_hand, safety) = levels(wide, at < popular_below, &mut draw);
        rows.push(StockRow { location: location.id.clone(), sku: sku.clone(), on_hand, safety });
    }
    rows
}

fn narrow_range(location: &LocationRow, items: usize, seed: Seed) -> Vec<usize> {
    let mut ranks: BTreeSet<usize> = (0..items.min(EVERYWHERE)).collect();
    let open = items.saturating_sub(EVERYWHERE).min(DRAWN_FROM);
    let wanted = ranks.len() + open.min(DRAWN);
    let mut draw = seed.draw("range", &location.id);
    while ranks.len() < wanted {
        let at = draw.below(u64::try_from(open).expect("at most 600"));
        ranks.insert(EVERYWHERE + usize::try_from(at).expect("at most 600"));
    }
    ranks.into_iter().collect()
}

fn levels(wide: bool, popular: bool, draw: &mut Draw) -> (u64, u64) {
    let (none_percent, from, to) = if wide { (2, 8, 60) } else { (6, 1, 24) };
    let from = if popular { from + (to - from) / 2 } else { from };
    let on_hand = if draw.chance(none_percent) { 0 } else { draw.between(from, to) };
    let safety = match wide {
        true if draw.chance(50) => draw.between(1, 3),
        false if draw.chance(33) => 1,
        _ => 0,
    };
    (on_hand, safety)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(rank: usize) -> ItemRow {
        ItemRow {
            sku: format!("{rank}"),
            name: String::new(),
            gtin: String::new(),
            department: String::new(),
            category: String::new(),
            size: String::new(),
            price_minor: 100,
            currency: "USD".into(),
            weight_g: 100,
            picture: None,
        }
    }

    fn location(id: &str) -> LocationRow {
        LocationRow {
            id: id.into(),
            name: String::new(),
            kind: "store".into(),
            street: String::new(),
            city: String::new(),
            region: String::new(),
            country: "US".into(),
            postcode: String::new(),
            lat: 0.0,
            lon: 0.0,
            time_zone: String::new(),
            hours: Default::default(),
            pickup: true,
            ships: true,
        }
    }

    #[test]
    fn ranges_are_as_documented() {
        let items: Vec<_> = (0..3_000).map(item).collect();
        let narrow = of_location(&location("S0042"), &items, Seed(1));
        assert_eq!(narrow.len(), 64);
        let unique: BTreeSet<_> = narrow.iter().map(|row| &row.sku).collect();
        assert_eq!(unique.len(), 64, "each SKU once");
        assert!(narrow.iter().all(|row| row.on_hand <= 24 && row.safety <= 1));
        assert_ne!(narrow, of_location(&location("S0043"), &items, Seed(1)));
        assert_eq!(narrow, of_location(&location("S0042"), &items, Seed(1)));

        let wide = of_location(&location(crate::DEMO_LOCATION), &items, Seed(1));
        assert_eq!(wide.len(), 2_000);
        let empty = wide.iter().filter(|row| row.on_hand == 0).count();
        assert!((10..=80).contains(&empty), "{empty} of 2,000 are empty");
        assert!(wide.iter().all(|row| row.on_hand == 0 || (8..=60).contains(&row.on_hand)));
    }

    #[test]
    fn a_small_catalogue_is_carried_whole() {
        let items: Vec<_> = (0..50).map(item).collect();
        assert_eq!(of_location(&location("S0042"), &items, Seed(1)).len(), 50);
    }
}
