//! An array that grows while it is read: parts of a fixed size that never move. Elements are atomics,
//! so whoever has a reference may read or write them. What it deliberately does not do: shrink, or
//! keep two elements consistent with each other.

use std::sync::OnceLock;

/// Elements of a part. A run of elements never crosses from one into the next.
pub const PART: usize = 1 << 16;

/// An array of at most `parts × PART` elements.
#[derive(Debug)]
pub struct Chunks<T> {
    parts: Box<[OnceLock<Box<[T]>>]>,
}

impl<T: Default> Chunks<T> {
    /// An empty array that can hold `len_max` elements.
    #[must_use]
    pub fn with_max(len_max: usize) -> Self {
        Self { parts: (0..len_max.div_ceil(PART)).map(|_| OnceLock::new()).collect() }
    }

    /// Makes the elements below `len` exist; new ones are zero.
    ///
    /// # Panics
    /// `len` is over the maximum.
    pub fn grow(&self, len: usize) {
        let wanted = len.div_ceil(PART);
        assert!(wanted <= self.parts.len(), "the array is as long as it may become");
        for part in self.parts[..wanted].iter().rev() {
            // Parts are made in order: behind the first that exists, all do.
            if part.get().is_some() {
                break;
            }
            part.get_or_init(|| (0..PART).map(|_| T::default()).collect());
        }
    }

    /// One element.
    ///
    /// # Panics
    /// It does not exist.
    #[must_use]
    pub fn at(&self, at: usize) -> &T {
        &self.part(at / PART)[at % PART]
    }

    /// Elements next to each other, all in one part.
    ///
    /// # Panics
    /// They do not exist, or cross a part's end.
    #[must_use]
    pub fn run(&self, start: usize, len: usize) -> &[T] {
        if len == 0 {
            return &[];
        }
        &self.part(start / PART)[start % PART..][..len]
    }

    /// Bytes in memory, the unused end of the last part included.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let made = self.parts.iter().take_while(|part| part.get().is_some()).count();
        made * PART * size_of::<T>() + self.parts.len() * size_of::<OnceLock<Box<[T]>>>()
    }

    fn part(&self, part: usize) -> &[T] {
        self.parts[part].get().expect("an element is asked for after the array has grown to it")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    use super::*;

    #[test]
    fn elements_stay_where_they_are() {
        let chunks = Chunks::<AtomicU32>::with_max(3 * PART);
        chunks.grow(1);
        let first = chunks.at(0);
        first.store(7, Relaxed);
        chunks.grow(2 * PART + 1);
        chunks.at(2 * PART).store(9, Relaxed);
        assert_eq!(first.load(Relaxed), 7);
        assert_eq!(chunks.run(2 * PART, 2)[0].load(Relaxed), 9);
        assert_eq!(chunks.at(PART).load(Relaxed), 0);
        assert!(chunks.run(9 * PART, 0).is_empty());
    }
}
