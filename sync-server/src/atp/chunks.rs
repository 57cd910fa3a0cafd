//! An array that grows while it is read: parts of a fixed size that never move. Elements are atomics,
//! so whoever has a reference may read or write them. What it deliberately does not do: shrink, or
//! keep two elements consistent with each other.
//!
//! Parts come zeroed from the system, which gives a page when it is first touched: what a small array
//! does not use costs nothing. An array of more than one part asks for large pages, because looks at
//! items are scattered, and with small pages each would wait for the page tables as well.

#![expect(unsafe_code, reason = "elements are looked at in memory that the system gave")]

use std::{
    marker::PhantomData,
    slice,
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use memmap2::{Advice, MmapMut};
use zerocopy::FromZeros;

/// A run of elements never crosses a multiple of this.
pub const PART: usize = 1 << 20;
/// Bytes of a large page.
const LARGE: usize = 2 << 20;
/// Bytes of a small one.
const SMALL: usize = 4 << 10;

/// An array of some maximal length.
#[derive(Debug)]
pub struct Chunks<T> {
    parts: Box<[OnceLock<Part<T>>]>,
    len: AtomicUsize,
}

impl<T: FromZeros + Sync> Chunks<T> {
    /// An empty array that can hold `len_max` elements.
    #[must_use]
    pub fn with_max(len_max: usize) -> Self {
        let parts = (0..len_max.div_ceil(Part::<T>::LEN)).map(|_| OnceLock::new()).collect();
        Self { parts, len: AtomicUsize::new(0) }
    }

    /// Makes the elements below `len` exist; new ones are zero.
    ///
    /// # Panics
    /// `len` is over the maximum, or the system has no memory.
    pub fn grow(&self, len: usize) {
        let wanted = len.div_ceil(Part::<T>::LEN);
        assert!(wanted <= self.parts.len(), "the array is as long as it may become");
        for (at, part) in self.parts[..wanted].iter().enumerate().rev() {
            // Parts are made in order: behind the first that exists, all do.
            if part.get().is_some() {
                break;
            }
            part.get_or_init(|| Part::new(at > 0));
        }
        self.len.fetch_max(len, Relaxed);
    }

    /// One element.
    ///
    /// # Panics
    /// It does not exist.
    #[must_use]
    pub fn at(&self, at: usize) -> &T {
        &self.part(at / Part::<T>::LEN)[at % Part::<T>::LEN]
    }

    /// Elements next to each other, which cross no multiple of [`PART`].
    ///
    /// # Panics
    /// They do not exist, or cross a part's end.
    #[must_use]
    pub fn run(&self, start: usize, len: usize) -> &[T] {
        if len == 0 {
            return &[];
        }
        &self.part(start / Part::<T>::LEN)[start % Part::<T>::LEN..][..len]
    }

    /// Bytes in memory, the unused end of the last page included.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let len = self.len.load(Relaxed);
        let page = if len > Part::<T>::LEN { LARGE } else { SMALL };
        let table = self.parts.len() * size_of::<OnceLock<Part<T>>>();
        (len * size_of::<T>()).next_multiple_of(page) + table
    }

    fn part(&self, part: usize) -> &[T] {
        let part = self.parts[part].get();
        part.expect("an element is asked for after the array has grown to it").elements()
    }
}

/// Elements next to each other.
#[derive(Debug)]
struct Part<T> {
    memory: MmapMut,
    elements: PhantomData<T>,
}

impl<T: FromZeros> Part<T> {
    /// How many: at least a large page of them.
    const LEN: usize = {
        let large = LARGE / size_of::<T>();
        if large > PART { large } else { PART }
    };

    fn new(large: bool) -> Self {
        let memory = MmapMut::map_anon(Self::LEN * size_of::<T>());
        let memory = memory.expect("the system gives memory");
        #[cfg(target_os = "linux")]
        if large {
            // Where the system has none, small ones do.
            _ = memory.advise(Advice::HugePage);
        }
        Self { memory, elements: PhantomData }
    }

    fn elements(&self) -> &[T] {
        // SAFETY: the mapping begins at a page, holds so many elements, and stays where it is until `self`
        // is dropped. It began as zeros, which are an element, and only elements were written to it.
        unsafe { slice::from_raw_parts(self.memory.as_ptr().cast(), Self::LEN) }
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
        assert!(chunks.bytes() > 2 * PART * size_of::<AtomicU32>());
    }
}
