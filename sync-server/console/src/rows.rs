//! A list of the API on a page: fetched, refreshed in place, with what is new waiting.

use domain::{api::Page, ids::LocationId};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use console::{
    failure::Failure,
    live::{LiveList, Row, Shown},
};

use crate::{feed::Feed, session::Console};

/// A list; a handle that is copied freely.
#[derive(Debug)]
pub struct Rows<T: Send + Sync + 'static> {
    feed: Feed<Page<T>>,
    list: RwSignal<LiveList<T>>,
    /// Of which address the shown rows are.
    shown_url: RwSignal<Option<String>>,
    /// Counts up when other rows are shown: the identity of a row on the page is this and its place.
    version: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Rows<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Rows<T> {}

impl<T> Rows<T>
where
    T: Row + Serialize + DeserializeOwned + PartialEq + Send + Sync + 'static,
{
    /// Begins to show the list that `url` names.
    pub fn new(url: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        let rows = Self {
            feed: Feed::new(url),
            list: RwSignal::new(LiveList::default()),
            shown_url: RwSignal::new(None),
            version: RwSignal::new(0),
        };
        Effect::new(move |_| rows.take());
        rows
    }

    fn take(self) {
        let Some(answer) = self.feed.answer.get() else { return };
        let items = answer.value.items;
        let is_same_list = self.shown_url.get_untracked().as_ref() == Some(&answer.url);
        let has_rows = self.list.with_untracked(|list| !list.shown().is_empty());
        // Into an empty list rows may come at once: there is nothing that could move.
        if is_same_list && has_rows {
            self.list.update(|list| list.refresh(items));
        } else {
            self.version.update(|version| *version += 1);
            self.list.set(LiveList::new(items));
            self.shown_url.set(Some(answer.url));
        }
    }

    /// Shows the latest list.
    pub fn catch_up(self) {
        self.version.update(|version| *version += 1);
        self.list.update(LiveList::catch_up);
    }

    /// Fetches again now.
    pub fn again(self) {
        self.feed.again();
    }

    /// The identities of the places on the page, for a keyed loop.
    pub fn places(self) -> Vec<(u32, usize)> {
        let version = self.version.get();
        self.list.with(|list| (0..list.shown().len()).map(|index| (version, index)).collect())
    }

    /// The row at a place.
    pub fn at(self, index: usize) -> Memo<Option<Shown<T>>> {
        Memo::new(move |_| self.list.with(|list| list.shown().get(index).cloned()))
    }

    /// Reads the shown rows.
    pub fn with_shown<R>(self, read: impl FnOnce(&[Shown<T>]) -> R) -> R {
        self.list.with(|list| read(list.shown()))
    }

    /// Asks for the name and the zone of the location that each row is about.
    pub fn learn_places(self, of: impl Fn(&T) -> Option<&LocationId> + 'static) {
        let console = Console::here();
        Effect::new(move |_| {
            self.with_shown(|shown| {
                shown.iter().filter_map(|s| of(&s.row)).for_each(|at| console.learn_place(at));
            });
        });
    }

    /// The latest list, shown or not.
    pub fn latest(self) -> Vec<T> {
        self.feed.answer.with(|a| a.as_ref().map(|a| a.value.items.clone()).unwrap_or_default())
    }

    /// How many rows are shown.
    pub fn len(self) -> usize {
        self.list.with(|list| list.shown().len())
    }

    /// How many wait to be shown, and how many shown ones are no longer in the list.
    pub fn waiting(self) -> (usize, usize) {
        self.list.with(|list| (list.new_count(), list.gone_count()))
    }

    /// Where the next page starts.
    pub fn next(self) -> Option<String> {
        self.feed.answer.with(|answer| answer.as_ref().and_then(|a| a.value.next.clone()))
    }

    /// Whether nothing has come yet.
    pub fn is_first_load(self) -> bool {
        self.shown_url.with(Option::is_none)
    }

    /// Whether what is shown is not what was asked for last.
    pub fn is_catching_up(self) -> bool {
        self.shown_url.get() != self.feed.url.get()
    }

    /// The failure that leaves nothing to show.
    pub fn blocking_failure(self) -> Option<Failure> {
        self.feed.blocking_failure()
    }
}
