//! A signature while it is drawn: pointer positions in, strokes within the domain's bound out.
//!
//! Knows no canvas; positions are fractions of the field, stored in thousandths.

use domain::{handoff::Signature, limits::SIGNATURE_POINTS_MAX};

/// Shortest step worth a point, in thousandths of the field: a hair on any screen.
const STEP_MIN: u16 = 4;

/// The drawing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drawing {
    strokes: Vec<Vec<[u16; 2]>>,
    points: usize,
    down: bool,
}

impl Drawing {
    /// The pen touches the field.
    pub fn press(&mut self, x: f64, y: f64) {
        self.down = true;
        self.strokes.push(Vec::new());
        self.add(point(x, y));
    }

    /// The pen moves; without contact, nothing happens. Says whether there is something to draw.
    pub fn draw(&mut self, x: f64, y: f64) -> bool {
        let next = point(x, y);
        let last = self.strokes.last().and_then(|stroke| stroke.last());
        let far = last.is_none_or(|last| {
            last[0].abs_diff(next[0]).max(last[1].abs_diff(next[1])) >= STEP_MIN
        });
        self.down && far && self.add(next)
    }

    /// The pen leaves the field.
    pub fn lift(&mut self) {
        self.down = false;
    }

    /// Starts over.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Whether nothing worth keeping was drawn: a single touch is no signature.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.strokes.iter().all(|stroke| stroke.len() < 2)
    }

    /// The strokes so far.
    #[must_use]
    pub fn strokes(&self) -> &[Vec<[u16; 2]>] {
        &self.strokes
    }

    /// The signature, where there is one; never more points than the domain takes.
    #[must_use]
    pub fn signature(&self) -> Option<Signature> {
        (!self.is_empty()).then(|| Signature { strokes: self.strokes.clone() })
    }

    fn add(&mut self, point: [u16; 2]) -> bool {
        if self.points >= SIGNATURE_POINTS_MAX {
            return false;
        }
        self.points += 1;
        if let Some(stroke) = self.strokes.last_mut() {
            stroke.push(point);
        }
        true
    }
}

/// Thousandths of the field; outside of it, its edge.
fn point(x: f64, y: f64) -> [u16; 2] {
    [x, y].map(|part| {
        let thousandths = (part.clamp(0.0, 1.0) * 1000.0).round();
        // A fraction clamped to 0..=1 fits.
        format!("{thousandths:.0}").parse().unwrap_or(0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stroke_is_kept_in_thousandths_of_the_field() {
        let mut drawing = Drawing::default();
        drawing.press(0.1, 0.2);
        assert!(drawing.draw(0.5, 2.0));
        assert!(!drawing.draw(0.5005, 2.0), "a hair is no step");
        drawing.lift();
        assert!(!drawing.draw(0.9, 0.9), "the pen is up");
        let signature = drawing.signature().expect("two points");
        assert_eq!(signature.strokes, vec![vec![[100, 200], [500, 1000]]]);
    }

    #[test]
    fn a_touch_is_no_signature_and_clearing_starts_over() {
        let mut drawing = Drawing::default();
        drawing.press(0.5, 0.5);
        assert_eq!(drawing.signature(), None);
        drawing.draw(0.7, 0.5);
        assert!(!drawing.is_empty());
        drawing.clear();
        assert_eq!(drawing, Drawing::default());
    }

    #[test]
    fn an_endless_signature_stays_within_the_bound() {
        let mut drawing = Drawing::default();
        for turn in 0..10 {
            drawing.press(0.0, 0.0);
            for step in 0..250 {
                let x = if step % 2 == 0 { 0.9 } else { 0.1 };
                drawing.draw(x, f64::from(turn) / 10.0);
            }
        }
        let signature = drawing.signature().expect("drawn");
        assert_eq!(signature.points(), SIGNATURE_POINTS_MAX);
    }
}
