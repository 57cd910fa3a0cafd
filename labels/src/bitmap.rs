//! Black and white dots, eight to a byte: what a thermal printer prints.
//!
//! No greys and no colour; whoever has them decides before they come here.

use crate::doc::LabelError;

/// A picture of `width` by `height` dots; a set bit is black. Rows are padded to whole bytes with white.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

impl Bitmap {
    /// A white picture.
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, bytes: vec![0; width.div_ceil(8) * height] }
    }

    /// A picture from its rows, each padded to whole bytes, most significant bit leftmost, 1 black.
    ///
    /// # Errors
    /// [`LabelError::Picture`] when the number of bytes does not match the size.
    pub fn from_bytes(width: usize, height: usize, bytes: Vec<u8>) -> Result<Self, LabelError> {
        if width.div_ceil(8).checked_mul(height) != Some(bytes.len()) {
            return Err(LabelError::Picture { width, height, bytes: bytes.len() });
        }
        Ok(Self { width, height, bytes })
    }

    /// Dots in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// Bytes in a row.
    pub fn stride(&self) -> usize {
        self.width.div_ceil(8)
    }

    /// All rows, top to bottom.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// True for a black dot; outside is white.
    pub fn is_black(&self, x: usize, y: usize) -> bool {
        x < self.width
            && y < self.height
            && self.bytes[y * self.stride() + x / 8] & (0x80 >> (x % 8)) != 0
    }

    /// Sets one dot; outside nothing happens.
    pub fn set(&mut self, x: usize, y: usize, black: bool) {
        if x >= self.width || y >= self.height {
            return;
        }
        let at = y * self.stride() + x / 8;
        let bit = 0x80 >> (x % 8);
        if black {
            self.bytes[at] |= bit;
        } else {
            self.bytes[at] &= !bit;
        }
    }

    /// Blackens a rectangle, clipped to the picture.
    pub fn fill(&mut self, x: i32, y: i32, width: i32, height: i32) {
        for row in clip(y, height, self.height) {
            for column in clip(x, width, self.width) {
                self.set(column, row, true);
            }
        }
    }

    /// Draws the black dots of `other` at `x`, `y`, in black or in white, clipped to the picture.
    pub fn stamp(&mut self, other: &Self, x: i32, y: i32, black: bool) {
        for row in 0..other.height {
            for column in 0..other.width {
                if !other.is_black(column, row) {
                    continue;
                }
                let (to_x, to_y) = (offset(x, column), offset(y, row));
                if let (Some(to_x), Some(to_y)) = (to_x, to_y) {
                    self.set(to_x, to_y, black);
                }
            }
        }
    }

    /// The same picture with other numbers of dots, each taken from its nearest neighbour.
    pub fn scaled(&self, width: usize, height: usize) -> Self {
        let mut scaled = Self::new(width, height);
        for y in 0..height {
            for x in 0..width {
                scaled.set(x, y, self.is_black(x * self.width / width, y * self.height / height));
            }
        }
        scaled
    }
}

fn clip(start: i32, length: i32, limit: usize) -> std::ops::Range<usize> {
    let from = usize::try_from(start.max(0)).unwrap_or(0);
    let to = usize::try_from(start.saturating_add(length).max(0)).unwrap_or(0);
    from.min(limit)..to.min(limit)
}

fn offset(base: i32, step: usize) -> Option<usize> {
    usize::try_from(base.checked_add(i32::try_from(step).ok()?)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_outside_is_clipped() {
        let mut picture = Bitmap::new(10, 4);
        picture.fill(-5, -5, 7, 7);
        picture.fill(9, 3, 100, i32::MAX);
        assert!(picture.is_black(1, 1) && !picture.is_black(2, 1) && picture.is_black(9, 3));
        let mut stamped = Bitmap::new(4, 4);
        stamped.stamp(&picture, -1, -1, true);
        assert!(stamped.is_black(0, 0) && !stamped.is_black(1, 1));
        stamped.stamp(&picture, -1, -1, false);
        assert_eq!(stamped, Bitmap::new(4, 4));
    }

    #[test]
    fn sizes_must_match() {
        assert!(Bitmap::from_bytes(9, 2, vec![0; 4]).is_ok());
        assert!(Bitmap::from_bytes(9, 2, vec![0; 3]).is_err());
        assert!(Bitmap::from_bytes(usize::MAX, usize::MAX, vec![]).is_err());
    }

    #[test]
    fn scaling_keeps_the_picture() {
        let mut picture = Bitmap::new(2, 2);
        picture.set(1, 0, true);
        let large = picture.scaled(6, 4);
        assert!(large.is_black(3, 0) && large.is_black(5, 1) && !large.is_black(2, 0));
        assert_eq!(large.scaled(2, 2), picture);
    }
}
