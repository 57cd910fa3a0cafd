//! From the earth to paper: Albers' conic projection, which keeps areas, fitted to the part of the earth
//! that is shown.
//!
//! Takes the earth for a sphere. A part that lies on both sides of the date line is not looked for: it
//! becomes a strip around the whole earth.

use domain::location::Coordinates;

/// A point, degrees east and north.
pub type Place = (f64, f64);

/// A part of the earth between two meridians and two parallels, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// West and south.
    pub least: Place,
    /// East and north.
    pub most: Place,
}

impl Bounds {
    /// Around all points; none around nothing.
    #[must_use]
    pub fn around(points: impl Iterator<Item = Coordinates>) -> Option<Self> {
        let point = |at: Coordinates| (at.lon_e6 as f64 / 1e6, at.lat_e6 as f64 / 1e6);
        points.map(point).fold(None, |bounds: Option<Self>, (lon, lat)| {
            let Self { least, most } =
                bounds.unwrap_or(Self { least: (lon, lat), most: (lon, lat) });
            Some(Self {
                least: (least.0.min(lon), least.1.min(lat)),
                most: (most.0.max(lon), most.1.max(lat)),
            })
        })
    }

    /// Wider by so many degrees on every side, within the earth.
    #[must_use]
    pub fn wider(self, by: f64) -> Self {
        Self {
            least: ((self.least.0 - by).max(-180.0), (self.least.1 - by).max(-85.0)),
            most: ((self.most.0 + by).min(180.0), (self.most.1 + by).min(85.0)),
        }
    }

    /// Degrees from west to east, and from south to north.
    #[must_use]
    pub fn span(&self) -> (f64, f64) {
        (self.most.0 - self.least.0, self.most.1 - self.least.1)
    }
}

/// The projection.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Albers {
    meridian: f64,
    n: f64,
    c: f64,
    rho_0: f64,
}

/// Of a cone flatter than this the apex is too far away to calculate with.
const CONE_MIN: f64 = 0.02;

impl Albers {
    /// For a part of the earth: true to scale at a sixth and at five sixths of its height.
    #[must_use]
    pub fn of(bounds: &Bounds) -> Self {
        let (height, middle) = (bounds.span().1, f64::midpoint(bounds.least.1, bounds.most.1));
        let south = (bounds.least.1 + height / 6.0).to_radians();
        let north = (bounds.most.1 - height / 6.0).to_radians();
        let n = f64::midpoint(south.sin(), north.sin());
        let n = if n.abs() < CONE_MIN { CONE_MIN.copysign(n) } else { n };
        let c = south.cos().powi(2) + 2.0 * n * south.sin();
        let meridian = f64::midpoint(bounds.least.0, bounds.most.0);
        let flat = Self { meridian, n, c, rho_0: 0.0 };
        Self { rho_0: flat.rho(middle), ..flat }
    }

    /// How far a parallel is from the cone's apex.
    fn rho(&self, lat: f64) -> f64 {
        (self.c - 2.0 * self.n * lat.to_radians().sin()).max(0.0).sqrt() / self.n
    }

    /// Where a place is on paper, in radii of the earth: to the right, and down.
    #[must_use]
    pub fn project(&self, (lon, lat): Place) -> (f64, f64) {
        let (rho, theta) = (self.rho(lat), self.n * (lon - self.meridian).to_radians());
        (rho * theta.sin(), rho * theta.cos() - self.rho_0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATES: Bounds = Bounds { least: (-125.0, 24.0), most: (-66.0, 50.0) };

    #[test]
    fn east_is_to_the_right_and_north_is_up() {
        for bounds in [STATES, Bounds { least: (10.0, -40.0), most: (40.0, -5.0) }] {
            let albers = Albers::of(&bounds);
            let (lon, lat) = bounds.least;
            let here = albers.project((lon, lat));
            assert!(albers.project((lon + 1.0, lat)).0 > here.0);
            assert!(albers.project((lon, lat + 1.0)).1 < here.1);
        }
    }

    #[test]
    fn equal_areas_stay_equal_wherever_they_are() {
        let albers = Albers::of(&STATES);
        // The same width, and the same difference of sines: the same area on the sphere.
        let area = |west: f64, south: f64| {
            let step = 0.01_f64;
            let north = (south.to_radians().sin() + step).asin().to_degrees();
            let corners = [(west, south), (west + 1.0, south), (west + 1.0, north), (west, north)];
            let paper = corners.map(|place| albers.project(place));
            (0..4)
                .map(|i| (paper[i], paper[(i + 1) % 4]))
                .map(|(a, b)| a.0 * b.1 - b.0 * a.1)
                .sum::<f64>()
                / 2.0
        };
        let one = area(-120.0, 25.0);
        for (west, south) in [(-70.0, 25.0), (-120.0, 48.0), (-95.0, 37.0)] {
            assert!((area(west, south) / one - 1.0).abs() < 1e-3, "{west} {south}");
        }
    }

    #[test]
    fn a_strip_along_the_equator_can_be_drawn_too() {
        let albers = Albers::of(&Bounds { least: (-10.0, -5.0), most: (10.0, 5.0) });
        let (x, y) = albers.project((10.0, 5.0));
        assert!((x - 10_f64.to_radians()).abs() < 0.01 && (y + 5_f64.to_radians()).abs() < 0.01);
    }

    #[test]
    fn bounds_are_around_every_point() {
        let at = |lat_e6, lon_e6| Coordinates { lat_e6, lon_e6 };
        let points = [at(30_000_000, -97_000_000), at(45_500_000, -120_000_000)];
        let bounds = Bounds::around(points.into_iter()).expect("two points");
        assert_eq!((bounds.least, bounds.most), ((-120.0, 30.0), (-97.0, 45.5)));
        assert_eq!(bounds.wider(1.0).span(), (25.0, 17.5));
        assert_eq!(Bounds::around(std::iter::empty()), None);
    }
}
