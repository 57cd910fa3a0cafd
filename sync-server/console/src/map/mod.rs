//! Stores on a map: where each is on the sheet, how large its dot is, which one the pointer or an arrow
//! means.
//!
//! Draws nothing and asks nobody: no tiles, no network. How much there is at a store is the server's word.

mod albers;
mod dots;
mod land;

pub use albers::{Albers, Bounds, Place};
pub use dots::{Arrow, Dot, Size, dots, home, is_placed, nearest, step};

use domain::location::Coordinates;

/// How wide the sheet is, in units of its drawings.
pub const WIDTH: f64 = 10_000.0;
/// Sheets are at least so high, and at most, as parts of their width.
const HEIGHT: (f64, f64) = (0.45, 1.1);
/// Around the outermost stores, as a part of the span, and in degrees at least.
const MARGIN: (f64, f64) = (0.05, 0.3);
/// Outlines are drawn so many degrees further than the sheet, which cuts them off.
const BEYOND: f64 = 12.0;
/// A straight line of the outlines is bent at least so often, in degrees.
const BEND: f64 = 2.0;

/// A sheet with what lies below the stores.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    albers: Albers,
    /// Left and upper edge on the projection's paper.
    origin: (f64, f64),
    /// Units of drawing in one of the paper.
    scale: f64,
    /// How high it is, in units of its drawings.
    pub height: f64,
    /// Land, as the path of an SVG.
    pub land: String,
    /// Borders.
    pub borders: String,
    /// Meridians and parallels.
    pub net: String,
}

impl Sheet {
    /// The sheet for stores within bounds.
    #[must_use]
    pub fn of(bounds: &Bounds) -> Self {
        let (width, height) = bounds.span();
        let bounds = bounds.wider((width.max(height) * MARGIN.0).max(MARGIN.1));
        let albers = Albers::of(&bounds);
        let (least, most) = extent(&albers, &bounds);
        let (width, height) = (most.0 - least.0, most.1 - least.1);
        // As wide and as high as it has to be, with the stores in the middle.
        let (wide, high) = (width.max(height / HEIGHT.1), height.max(width * HEIGHT.0));
        let origin = (least.0 - (wide - width) / 2.0, least.1 - (high - height) / 2.0);
        let scale = WIDTH / wide;
        let mut sheet = Self {
            albers,
            origin,
            scale,
            height: high * scale,
            land: String::new(),
            borders: String::new(),
            net: String::new(),
        };
        let drawn = bounds.wider(BEYOND);
        sheet.land = sheet.path(&land::land(&drawn), true);
        sheet.borders = sheet.path(&land::borders(&drawn), false);
        sheet.net = sheet.path(&land::net(&drawn), false);
        sheet
    }

    /// Where a place is, in units of the drawings.
    fn project(&self, place: Place) -> (f64, f64) {
        let (x, y) = self.albers.project(place);
        ((x - self.origin.0) * self.scale, (y - self.origin.1) * self.scale)
    }

    /// Where a store is, as parts of the width and of the height.
    #[must_use]
    pub fn at(&self, coordinates: Coordinates) -> (f64, f64) {
        let degrees = |e6: i64| e6 as f64 / 1e6;
        let (x, y) = self.project((degrees(coordinates.lon_e6), degrees(coordinates.lat_e6)));
        (x / WIDTH, y / self.height)
    }

    fn path(&self, lines: &[Vec<Place>], is_closed: bool) -> String {
        use std::fmt::Write as _;
        let mut path = String::new();
        for line in lines {
            for (nth, place) in bent(line, is_closed).into_iter().enumerate() {
                let (x, y) = self.project(place);
                let letter = if nth == 0 { 'M' } else { 'L' };
                write!(path, "{letter}{x:.0} {y:.0}").expect("a String takes everything");
            }
            path.push_str(if is_closed { "Z" } else { "" });
        }
        path
    }
}

/// The least and the most of both coordinates on paper.
fn extent(albers: &Albers, bounds: &Bounds) -> ((f64, f64), (f64, f64)) {
    let (width, height) = bounds.span();
    let part = |i: u32| f64::from(i) / 16.0;
    let grid = (0..=16).flat_map(|i| (0..=16).map(move |j| (part(i), part(j))));
    let on_paper = grid.map(|(east, north)| {
        albers.project((bounds.least.0 + width * east, bounds.least.1 + height * north))
    });
    let none = (f64::INFINITY, f64::INFINITY);
    on_paper.fold((none, (-none.0, -none.1)), |(least, most), (x, y)| {
        ((least.0.min(x), least.1.min(y)), (most.0.max(x), most.1.max(y)))
    })
}

/// A line with more points, since what is straight on the earth's grid is bent on paper.
fn bent(line: &[Place], is_closed: bool) -> Vec<Place> {
    let close = is_closed.then(|| line.first()).flatten();
    let mut bent: Vec<Place> = Vec::with_capacity(line.len());
    for to in line.iter().chain(close).copied() {
        let from = bent.last().copied().unwrap_or(to);
        let (east, north) = (to.0 - from.0, to.1 - from.1);
        let pieces = (east.hypot(north) / BEND).ceil().clamp(1.0, 200.0) as u32;
        let part = |i: u32| f64::from(i) / f64::from(pieces);
        bent.extend((1..pieces).map(|i| (from.0 + east * part(i), from.1 + north * part(i))));
        bent.push(to);
    }
    bent
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: Bounds = Bounds { least: (-125.0, 24.0), most: (-66.0, 50.0) };

    #[test]
    fn stores_lie_within_the_sheet_and_where_people_expect_them() {
        let sheet = Sheet::of(&STATES);
        let at = |lat: f64, lon: f64| {
            let e6 = |degrees: f64| (degrees * 1e6) as i64;
            sheet.at(Coordinates { lat_e6: e6(lat), lon_e6: e6(lon) })
        };
        let (seattle, miami, boston) = (at(47.6, -122.3), at(25.8, -80.2), at(42.4, -71.1));
        assert!(seattle.0 < miami.0 && miami.0 < boston.0);
        assert!(seattle.1 < boston.1 && boston.1 < miami.1);
        for (x, y) in [seattle, miami, boston] {
            assert!((0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y));
        }
        assert!((5_000.0..8_000.0).contains(&sheet.height), "{}", sheet.height);
    }

    #[test]
    fn below_the_stores_is_land_with_borders_and_a_net() {
        let sheet = Sheet::of(&STATES);
        for (path, least) in [(&sheet.land, 1_000), (&sheet.borders, 1_000), (&sheet.net, 100)] {
            assert!(path.starts_with('M') && path.len() > least && !path.contains("NaN"));
        }
        assert!(sheet.land.len() + sheet.borders.len() + sheet.net.len() < 60_000);
    }

    #[test]
    fn one_store_has_a_sheet_too() {
        let alone = Bounds { least: (13.4, 52.5), most: (13.4, 52.5) };
        let sheet = Sheet::of(&alone);
        let (x, y) = sheet.at(Coordinates { lat_e6: 52_500_000, lon_e6: 13_400_000 });
        assert!((x - 0.5).abs() < 0.02 && (y - 0.5).abs() < 0.02, "{x} {y}");
    }

    #[test]
    fn long_lines_are_bent() {
        let line = [(-120.0, 49.0), (-96.0, 49.0), (-95.0, 49.0)];
        let more = bent(&line, false);
        assert_eq!((more.len(), more[0], more[13]), (14, line[0], line[2]));
        assert_eq!(bent(&line, true).last(), Some(&line[0]));
    }
}
