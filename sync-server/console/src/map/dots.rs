//! The dots of a map: one for each store, and how one is meant among many.

use domain::{api::AtpBand, api::LocationStock, ids::LocationId, location::Coordinates};

use super::Sheet;

/// Radii in pixels: of a store that has none, and of the one that has most, where there are few stores and
/// where there are many.
const RADIUS_MIN: f64 = 3.0;
const RADIUS_MAX: f64 = 14.0;
const RADIUS_MAX_OF_MANY: f64 = 7.0;
const MANY: usize = 300;
/// Stores that may lie outside of what is shown first, of a hundred on each side.
const FAR_PERCENT: usize = 1;

/// A store on the map.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    /// Its number.
    pub location: LocationId,
    /// Its name.
    pub name: String,
    /// Units that can be promised there.
    pub units: i64,
    /// The same as a band.
    pub band: AtpBand,
    /// From the left, as a part of the sheet's width.
    pub x: f64,
    /// From above, as a part of its height.
    pub y: f64,
    /// In pixels, whatever the size of the sheet.
    pub radius: f64,
}

/// The size of the sheet as it is shown, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Size {
    /// From left to right.
    pub width: f64,
    /// From top to bottom.
    pub height: f64,
}

/// Whether somebody knows where a store is. The open sea at 0° N 0° E is what systems write that do not.
#[must_use]
pub fn is_placed(at: Coordinates) -> bool {
    (at.lat_e6, at.lon_e6) != (0, 0)
}

/// The dots, the largest first, so that small ones lie above. The area of a dot tells its units.
#[must_use]
pub fn dots(sheet: &Sheet, rows: &[LocationStock]) -> Vec<Dot> {
    let placed = || rows.iter().filter(|row| is_placed(row.coordinates));
    let most = placed().map(|row| row.stock.available).max().unwrap_or(0).max(1) as f64;
    let largest = if placed().count() > MANY { RADIUS_MAX_OF_MANY } else { RADIUS_MAX };
    let mut dots: Vec<_> = placed()
        .map(|row| {
            let (units, (x, y)) = (row.stock.available, sheet.at(row.coordinates));
            let part = (units.max(0) as f64 / most).sqrt();
            Dot {
                location: row.location.clone(),
                name: row.name.clone(),
                units,
                band: AtpBand::of(units),
                x,
                y,
                radius: RADIUS_MIN + (largest - RADIUS_MIN) * part,
            }
        })
        .collect();
    dots.sort_by(|a, b| b.radius.total_cmp(&a.radius));
    dots
}

/// What is shown first: how often the sheet is doubled, so that most stores just fit, and their middle. A
/// few far away would make all others one heap.
#[must_use]
pub fn home(dots: &[Dot], doubled_max: u32) -> (u32, (f64, f64)) {
    let (x, y) = (most_of(dots.iter().map(|dot| dot.x)), most_of(dots.iter().map(|dot| dot.y)));
    let widest = (x.1 - x.0).max(y.1 - y.0);
    let fits = |doubled: &u32| widest * f64::from(1_u32 << doubled) <= 0.95;
    let doubled = (1..=doubled_max).take_while(fits).last().unwrap_or(0);
    (doubled, (f64::midpoint(x.0, x.1), f64::midpoint(y.0, y.1)))
}

/// From where to where most of the numbers are.
fn most_of(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    let mut sorted: Vec<_> = numbers.collect();
    sorted.sort_by(f64::total_cmp);
    let far = (sorted.len() * FAR_PERCENT).div_ceil(100).min(sorted.len().saturating_sub(1) / 2);
    match (sorted.get(far), sorted.iter().nth_back(far)) {
        (Some(least), Some(most)) => (*least, *most),
        _ => (0.0, 1.0),
    }
}

/// The dot that a pointer means: the nearest within reach, or within the dot itself.
#[must_use]
pub fn nearest(dots: &[Dot], at: (f64, f64), size: Size, reach: f64) -> Option<&Dot> {
    let away = |dot: &Dot| (dot.x * size.width - at.0).hypot(dot.y * size.height - at.1);
    let meant = dots.iter().map(|dot| (dot, away(dot)));
    let within = meant.filter(|(dot, away)| *away <= reach.max(dot.radius));
    within.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(dot, _)| dot)
}

/// A key that moves over the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrow {
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// Up.
    Up,
    /// Down.
    Down,
}

impl Arrow {
    /// The arrow of a key, by the browser's name for it.
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        match key {
            "ArrowLeft" => Some(Self::Left),
            "ArrowRight" => Some(Self::Right),
            "ArrowUp" => Some(Self::Up),
            "ArrowDown" => Some(Self::Down),
            _ => None,
        }
    }

    /// How far a way leads in this direction, and how far aside.
    fn turned(self, east: f64, south: f64) -> (f64, f64) {
        match self {
            Self::Left => (-east, south.abs()),
            Self::Right => (east, south.abs()),
            Self::Up => (-south, east.abs()),
            Self::Down => (south, east.abs()),
        }
    }
}

/// The dot that an arrow leads to: the nearest that lies rather in its direction than aside.
#[must_use]
pub fn step<'a>(dots: &'a [Dot], from: &LocationId, arrow: Arrow, size: Size) -> Option<&'a Dot> {
    let here = dots.iter().find(|dot| dot.location == *from)?;
    let ways = dots.iter().map(|dot| {
        let (east, south) = ((dot.x - here.x) * size.width, (dot.y - here.y) * size.height);
        (dot, arrow.turned(east, south))
    });
    let ahead = ways.filter(|(_, (ahead, aside))| *ahead > 0.0 && aside <= ahead);
    ahead.min_by(|a, b| (a.1.0 + a.1.1).total_cmp(&(b.1.0 + b.1.1))).map(|(dot, _)| dot)
}

#[cfg(test)]
mod tests {
    use domain::api::StockNumbers;

    use super::{super::Bounds, *};

    const SIZE: Size = Size { width: 1_000.0, height: 600.0 };

    fn row(id: &str, lat: i64, lon: i64, available: i64) -> LocationStock {
        LocationStock {
            location: id.parse().expect("a number"),
            name: format!("Store {id}"),
            coordinates: Coordinates { lat_e6: lat * 1_000_000, lon_e6: lon * 1_000_000 },
            stock: StockNumbers { available, ..StockNumbers::default() },
            confidence: 100,
        }
    }

    fn shown() -> Vec<Dot> {
        let rows = [
            row("SEA", 47, -122, 0),
            row("DEN", 39, -104, 100),
            row("CHI", 41, -87, 25),
            row("MIA", 25, -80, 3),
            row("LOST", 0, 0, 7),
            row("DEBT", 30, -97, -4),
        ];
        let placed = rows.iter().filter(|row| is_placed(row.coordinates));
        let bounds = Bounds::around(placed.map(|row| row.coordinates)).expect("some");
        dots(&Sheet::of(&bounds), &rows)
    }

    fn at<'a>(dots: &'a [Dot], id: &str) -> &'a Dot {
        dots.iter().find(|dot| dot.location.as_str() == id).expect("on the map")
    }

    #[test]
    fn every_store_that_has_a_place_has_a_dot_of_its_size() {
        let dots = shown();
        assert_eq!(dots.len(), 5, "one is nowhere");
        assert_eq!((dots[0].location.as_str(), dots[0].radius), ("DEN", RADIUS_MAX));
        let chicago = at(&dots, "CHI");
        let grown = |dot: &Dot| dot.radius - RADIUS_MIN;
        assert!((grown(chicago) / grown(&dots[0]) - 0.5).abs() < 1e-9, "a quarter of the area");
        let bands = ["CHI", "MIA", "SEA", "DEBT"].map(|id| at(&dots, id).band);
        assert_eq!(bands, [AtpBand::InStock, AtpBand::Low, AtpBand::Out, AtpBand::Out]);
        assert!((at(&dots, "DEBT").radius - RADIUS_MIN).abs() < 1e-9);
    }

    #[test]
    fn a_pointer_means_the_nearest_dot_within_reach() {
        let dots = shown();
        let miami = at(&dots, "MIA");
        let (x, y) = (miami.x * SIZE.width, miami.y * SIZE.height);
        let meant =
            |x: f64, y: f64| nearest(&dots, (x, y), SIZE, 12.0).map(|dot| dot.location.as_str());
        assert_eq!(meant(x + 8.0, y - 8.0), Some("MIA"));
        assert_eq!(meant(x + 40.0, y), None);
    }

    #[test]
    fn a_few_far_away_do_not_make_a_heap_of_the_others() {
        let mut rows: Vec<_> = (0..120)
            .map(|nth| row(&format!("S{nth}"), 30 + nth % 12, -100 + nth % 20, 1))
            .collect();
        rows.push(row("HNL", 21, -158, 1));
        let sheet = |rows: &[LocationStock]| {
            Sheet::of(&Bounds::around(rows.iter().map(|row| row.coordinates)).expect("some"))
        };
        let far = dots(&sheet(&rows), &rows);
        let (doubled, (x, _)) = home(&far, 4);
        assert!(doubled == 1 && x > 0.6, "{doubled} {x}");
        rows.pop();
        assert_eq!(home(&dots(&sheet(&rows), &rows), 4).0, 0);
        assert_eq!(home(&[], 4), (0, (0.5, 0.5)));
    }

    #[test]
    fn arrows_lead_to_the_neighbour_on_that_side() {
        let dots = shown();
        let to = |from: &str, arrow: Arrow| {
            step(&dots, &from.parse().expect("a number"), arrow, SIZE)
                .map(|dot| dot.location.as_str())
        };
        assert_eq!(to("DEN", Arrow::Right), Some("CHI"));
        assert_eq!(to("CHI", Arrow::Left), Some("DEN"));
        assert_eq!(to("DEN", Arrow::Left), Some("SEA"));
        assert_eq!(to("CHI", Arrow::Down), Some("DEBT"));
        assert_eq!(to("DEBT", Arrow::Right), Some("MIA"));
        assert_eq!(to("SEA", Arrow::Left), None);
        assert_eq!(to("LOST", Arrow::Left), None);
        assert_eq!(Arrow::of("ArrowUp"), Some(Arrow::Up));
        assert_eq!(Arrow::of("a"), None);
    }
}
