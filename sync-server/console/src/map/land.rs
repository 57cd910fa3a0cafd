//! What is drawn below the stores: land, borders, and a net of meridians and parallels.
//!
//! The outlines are in `land.txt`, with where they come from; they are coarse, for orientation only.

use super::albers::{Bounds, Place};

const OUTLINES: &str = include_str!("land.txt");

/// Lines of one kind of `land.txt`, in degrees.
fn lines(kind: &'static str) -> impl Iterator<Item = Vec<Place>> {
    let of_kind = OUTLINES.lines().filter_map(move |line| line.strip_prefix(kind));
    of_kind.map(|line| {
        let steps = line.split_ascii_whitespace().filter_map(|step| {
            let (east, north) = step.split_once(',')?;
            Some((east.parse::<i32>().ok()?, north.parse::<i32>().ok()?))
        });
        let places = steps.scan((0, 0), |at, (east, north)| {
            *at = (at.0 + east, at.1 + north);
            Some((f64::from(at.0) / 10.0, f64::from(at.1) / 10.0))
        });
        places.collect()
    })
}

/// The shapes of land within bounds.
pub fn land(bounds: &Bounds) -> Vec<Vec<Place>> {
    lines("land ").map(|shape| clipped(shape, bounds)).filter(|shape| shape.len() > 2).collect()
}

/// The borders of states and countries within bounds: what crosses them ends there.
pub fn borders(bounds: &Bounds) -> Vec<Vec<Place>> {
    let is_within = |(lon, lat): &Place| {
        (bounds.least.0..=bounds.most.0).contains(lon)
            && (bounds.least.1..=bounds.most.1).contains(lat)
    };
    let pieces = |line: Vec<Place>| {
        let pieces = line.split(|place| !is_within(place)).map(<[Place]>::to_vec);
        pieces.filter(|piece| piece.len() > 1).collect::<Vec<_>>()
    };
    lines("border ").flat_map(pieces).collect()
}

/// Meridians and parallels, some four to eight each way.
pub fn net(bounds: &Bounds) -> Vec<Vec<Place>> {
    let (width, height) = bounds.span();
    let step = [1.0, 2.0, 5.0, 10.0, 20.0, 45.0]
        .into_iter()
        .find(|step| width.max(height) / step <= 8.0)
        .unwrap_or(45.0);
    let every = |from: f64, to: f64| {
        let first = (from / step).ceil();
        (0..=8).map(move |i| (first + f64::from(i)) * step).take_while(move |at| *at <= to)
    };
    let parts =
        |from: f64, to: f64| (0..=24).map(move |i| from + (to - from) * f64::from(i) / 24.0);
    let (least, most) = (bounds.least, bounds.most);
    let meridians =
        every(least.0, most.0).map(|lon| parts(least.1, most.1).map(|lat| (lon, lat)).collect());
    let parallels =
        every(least.1, most.1).map(|lat| parts(least.0, most.0).map(|lon| (lon, lat)).collect());
    meridians.chain(parallels).collect()
}

/// A closed shape cut off at each side of the bounds in turn (Sutherland and Hodgman).
fn clipped(shape: Vec<Place>, bounds: &Bounds) -> Vec<Place> {
    let Bounds { least, most } = *bounds;
    // How far a place is inside each side.
    let sides: [&dyn Fn(Place) -> f64; 4] =
        [&|at| at.0 - least.0, &|at| most.0 - at.0, &|at| at.1 - least.1, &|at| most.1 - at.1];
    sides.into_iter().fold(shape, |shape, inside| {
        let mut kept = Vec::with_capacity(shape.len());
        let Some(mut before) = shape.last().copied() else { return kept };
        for at in shape {
            let (was, is) = (inside(before), inside(at));
            if (was < 0.0) != (is < 0.0) {
                let part = was / (was - is);
                let between = |from: f64, to: f64| from + (to - from) * part;
                kept.push((between(before.0, at.0), between(before.1, at.1)));
            }
            if is >= 0.0 {
                kept.push(at);
            }
            before = at;
        }
        kept
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: Bounds = Bounds { least: (-125.0, 24.0), most: (-66.0, 50.0) };

    #[test]
    fn every_outline_can_be_read_and_is_on_the_earth() {
        let all: Vec<_> = lines("land ").chain(lines("border ")).collect();
        let written = OUTLINES.lines().filter(|line| !line.starts_with('#')).count();
        let points = OUTLINES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.matches(',').count());
        assert_eq!((all.len(), all.iter().map(Vec::len).sum::<usize>()), (written, points.sum()));
        let on_earth = |(lon, lat): &Place| lon.abs() <= 180.0 && lat.abs() <= 90.0;
        assert!(all.iter().flatten().all(on_earth));
    }

    #[test]
    fn land_ends_at_the_bounds() {
        let shapes = land(&STATES);
        let is_within = |(lon, lat): &Place| {
            (-125.000_1..=-65.999_9).contains(lon) && (23.999_9..=50.000_1).contains(lat)
        };
        assert!(!shapes.is_empty() && shapes.iter().flatten().all(is_within));
        assert!(!borders(&STATES).is_empty());
        let ocean = Bounds { least: (-150.0, 20.0), most: (-140.0, 30.0) };
        assert_eq!((land(&ocean).len(), borders(&ocean).len()), (0, 0));
    }

    #[test]
    fn a_square_loses_what_is_outside() {
        let square = vec![(-130.0, 30.0), (-120.0, 30.0), (-120.0, 40.0), (-130.0, 40.0)];
        let mut kept = clipped(square, &STATES);
        kept.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
        assert_eq!(kept, [(-125.0, 30.0), (-125.0, 40.0), (-120.0, 30.0), (-120.0, 40.0)]);
    }

    #[test]
    fn the_net_has_a_few_lines_at_any_size() {
        for (least, most) in [
            ((-125.0, 24.0), (-66.0, 50.0)),
            ((-98.0, 30.0), (-97.0, 31.0)),
            ((-180.0, -85.0), (180.0, 85.0)),
        ] {
            let lines = net(&Bounds { least, most }).len();
            assert!((2..=18).contains(&lines), "{lines}");
        }
    }
}
