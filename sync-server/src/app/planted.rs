//! Bugs that can be planted for the simulator to find, by thread. Compiled into tests and under the
//! feature `planted` only; a release has neither. With none set, the code is the one that ships.
//!
//! The engine's bugs (acknowledged before the disk has it, overlay dropped too early, retry not
//! armed) are planted there.

/// A bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// P1: the newest known command is decided again when it is sent again.
    SkipDedupe,
    /// P5: feed cursors as a bare sequence gives them: a row may show up after its followers.
    LateFeedRow,
    /// The handler of `task.release` panics: not one of the six, but the one way to see that a
    /// panic stays with its command.
    PanicOnRelease,
}

#[cfg(any(test, feature = "planted"))]
mod switch {
    use std::cell::Cell;

    use super::Bug;

    thread_local! {
        static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
    }

    /// Plants a bug on this thread, or digs it out.
    pub fn set(bug: Option<Bug>) {
        PLANTED.set(bug);
    }

    /// Whether the bug is planted on this thread.
    pub fn is_planted(bug: Bug) -> bool {
        PLANTED.get() == Some(bug)
    }
}

#[cfg(not(any(test, feature = "planted")))]
mod switch {
    /// Never, in a release.
    pub const fn is_planted(_: super::Bug) -> bool {
        false
    }
}

pub(crate) use switch::is_planted;
#[cfg(any(test, feature = "planted"))]
pub use switch::set;
