//! Where an arrow key takes the focus: the nearest place in that direction.
//!
//! Knows rectangles only; what they are and whether they may have the focus is the page's business.

/// A direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrow {
    /// Up.
    Up,
    /// Down.
    Down,
    /// Left.
    Left,
    /// Right.
    Right,
}

impl Arrow {
    /// The arrow of a key name.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowUp" => Self::Up,
            "ArrowDown" => Self::Down,
            "ArrowLeft" => Self::Left,
            "ArrowRight" => Self::Right,
            _ => return None,
        })
    }
}

/// A place on the screen, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// The index of the place to go to from `from`, where there is one in that direction. A place that
/// overlaps the straight way is nearer than one that lies aside.
#[must_use]
pub fn nearest(from: Place, places: &[Place], arrow: Arrow) -> Option<usize> {
    let costs = places.iter().enumerate().filter_map(|(i, to)| Some((i, cost(from, *to, arrow)?)));
    costs.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
}

fn cost(from: Place, to: Place, arrow: Arrow) -> Option<f64> {
    let (ahead, aside) = match arrow {
        Arrow::Up => (from.y - (to.y + to.height), gap(from.x, from.width, to.x, to.width)),
        Arrow::Down => (to.y - (from.y + from.height), gap(from.x, from.width, to.x, to.width)),
        Arrow::Left => (from.x - (to.x + to.width), gap(from.y, from.height, to.y, to.height)),
        Arrow::Right => (to.x - (from.x + from.width), gap(from.y, from.height, to.y, to.height)),
    };
    // A pixel of overlap is a border, not a place behind.
    (ahead > -2.0).then(|| ahead.max(0.0) + 3.0 * aside + middle(from, to, arrow) / 100.0)
}

/// How far two stretches of a line are apart; 0 where they overlap.
fn gap(a: f64, a_length: f64, b: f64, b_length: f64) -> f64 {
    (b - (a + a_length)).max(a - (b + b_length)).max(0.0)
}

/// How far the middles are apart across the direction: decides between equals.
fn middle(from: Place, to: Place, arrow: Arrow) -> f64 {
    match arrow {
        Arrow::Up | Arrow::Down => (from.x + from.width / 2.0 - to.x - to.width / 2.0).abs(),
        Arrow::Left | Arrow::Right => (from.y + from.height / 2.0 - to.y - to.height / 2.0).abs(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pad() -> Vec<Place> {
        let place = |n: u8| Place {
            x: f64::from(n % 3) * 80.0,
            y: f64::from(n / 3) * 80.0,
            width: 72.0,
            height: 72.0,
        };
        (0..12).map(place).collect()
    }

    #[test]
    fn arrows_walk_a_number_pad() {
        let pad = pad();
        let step = |from: usize, arrow| nearest(pad[from], &pad, arrow);
        assert_eq!(step(4, Arrow::Up), Some(1));
        assert_eq!(step(4, Arrow::Down), Some(7));
        assert_eq!(step(4, Arrow::Left), Some(3));
        assert_eq!(step(4, Arrow::Right), Some(5));
        assert_eq!(step(0, Arrow::Up), None);
        assert_eq!(step(2, Arrow::Right), None);
    }

    #[test]
    fn a_place_straight_ahead_wins_over_a_nearer_one_aside() {
        let from = Place { x: 0.0, y: 0.0, width: 100.0, height: 40.0 };
        let aside = Place { x: 300.0, y: 50.0, ..from };
        let ahead = Place { x: 0.0, y: 200.0, ..from };
        assert_eq!(nearest(from, &[aside, ahead], Arrow::Down), Some(1));
    }
}
