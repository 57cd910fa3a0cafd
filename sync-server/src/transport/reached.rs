//! Whether what each source writes reaches this process, for whoever looks at the source. In memory:
//! another process, or this one after a restart, finds it out again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{api::TransportState, clock::TimeMs};

/// What is known of each source that is looked after, by its id. As many as there are sources.
#[derive(Debug, Default)]
pub struct Reached(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    /// By kind of transport and source.
    sources: BTreeMap<(&'static str, String), TransportState>,
    /// Whether there is a connection to NATS.
    is_connected: bool,
}

impl Reached {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of a source.
    #[must_use]
    pub fn of(&self, kind: &'static str, source: &str) -> Option<TransportState> {
        self.lock().sources.get(&(kind, source.to_owned())).cloned()
    }

    /// A source can be looked at, and so much waits.
    pub fn is_up(&self, kind: &'static str, source: &str, waiting: u64) {
        self.change(kind, source, |state| {
            (state.is_up, state.waiting) = (true, waiting);
            state.trouble.clear();
        });
    }

    /// A source cannot be looked at; `true` when that is news.
    pub fn is_down(&self, kind: &'static str, source: &str, trouble: &str) -> bool {
        let mut is_news = false;
        self.change(kind, source, |state| {
            is_news = state.is_up || state.trouble != trouble;
            state.is_up = false;
            trouble.clone_into(&mut state.trouble);
        });
        is_news
    }

    /// Something of a source was taken.
    pub fn took(&self, kind: &'static str, source: &str, at: TimeMs) {
        self.change(kind, source, |state| state.last_at = Some(at));
    }

    /// Forgets sources that are not of this kind any more.
    pub fn keep(&self, kind: &'static str, sources: &BTreeSet<&str>) {
        self.lock().sources.retain(|(of, id), _| *of != kind || sources.contains(id.as_str()));
    }

    /// Files or messages that wait, of all sources of a kind.
    #[must_use]
    pub fn waiting(&self, kind: &'static str) -> u64 {
        let known = self.lock();
        known.sources.iter().filter(|((of, _), _)| *of == kind).map(|(_, s)| s.waiting).sum()
    }

    /// Sources of a kind that cannot be looked at.
    #[must_use]
    pub fn down(&self, kind: &'static str) -> u64 {
        let known = self.lock();
        let down = known.sources.iter().filter(|((of, _), s)| *of == kind && !s.is_up);
        down.count() as u64
    }

    /// Whether there is a connection to NATS.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.lock().is_connected
    }

    /// Notes that the connection to NATS came or went.
    pub fn connected(&self, is_connected: bool) {
        self.lock().is_connected = is_connected;
    }

    fn change(&self, kind: &'static str, source: &str, change: impl FnOnce(&mut TransportState)) {
        change(self.lock().sources.entry((kind, source.to_owned())).or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_known_as_it_was_last_seen() {
        let reached = Reached::default();
        assert_eq!(reached.of("nats", "till"), None);
        assert!(reached.is_down("nats", "till", "no stream"));
        assert!(!reached.is_down("nats", "till", "no stream"), "no news");
        reached.is_up("nats", "till", 7);
        reached.took("nats", "till", TimeMs(5));
        let state = reached.of("nats", "till").expect("seen");
        assert_eq!((state.is_up, state.waiting, state.last_at), (true, 7, Some(TimeMs(5))));
        assert_eq!((reached.waiting("nats"), reached.waiting("folder")), (7, 0));
        reached.keep("folder", &BTreeSet::new());
        assert_eq!(reached.down("nats"), 0);
        reached.keep("nats", &BTreeSet::new());
        assert_eq!(reached.of("nats", "till"), None);
    }
}
