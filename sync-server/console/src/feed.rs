//! One thing fetched from the API and kept fresh: again when its address changes, and with each beat.
//!
//! Keeps the last good answer while a refresh fails: an old page that says so beats an empty one.

use std::time::Duration;

use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*, task::spawn_local};
use serde::de::DeserializeOwned;

use console::failure::Failure;

use crate::{api, browser, session::Console};

/// How often something is fetched again while it is under way.
const HURRY_MS: u64 = 2_000;

/// A good answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<T> {
    /// What was asked.
    pub url: String,
    /// What came.
    pub value: T,
}

/// Something that is kept fresh; a handle that is copied freely.
#[derive(Debug)]
pub struct Feed<T: Send + Sync + 'static> {
    /// The last good answer.
    pub answer: RwSignal<Option<Answer<T>>>,
    /// Why the last try failed.
    pub failure: RwSignal<Option<Failure>>,
    /// What should be shown; `None` asks nothing.
    pub url: Memo<Option<String>>,
    asked: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Feed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Feed<T> {}

impl<T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static> Feed<T> {
    /// Begins to fetch what `url` names.
    pub fn new(url: impl Fn() -> Option<String> + Send + Sync + 'static) -> Self {
        let feed = Self {
            answer: RwSignal::new(None),
            failure: RwSignal::new(None),
            url: Memo::new(move |_| url()),
            asked: RwSignal::new(0),
        };
        feed.keep_fresh();
        feed
    }

    fn keep_fresh(self) {
        let console = Console::here();
        // The number of the latest request: an answer that another one overtook is dropped.
        let latest = StoredValue::new(0_u32);
        let in_flight = StoredValue::new(None::<String>);
        Effect::new(move |_| {
            console.beat.track();
            self.asked.track();
            let Some(url) = self.url.get() else { return };
            if in_flight.get_value().as_ref() == Some(&url) {
                return;
            }
            latest.update_value(|number| *number += 1);
            in_flight.set_value(Some(url.clone()));
            let number = latest.get_value();
            spawn_local(async move {
                let answer = api::get::<T>(console, &url).await;
                if latest.try_get_value() == Some(number) {
                    in_flight.set_value(None);
                    self.take(url, answer);
                }
            });
        });
    }

    fn take(self, url: String, answer: Result<T, Failure>) {
        match answer {
            Ok(value) => {
                self.note(None);
                let answer = Some(Answer { url, value });
                if self.answer.with_untracked(|known| *known != answer) {
                    self.answer.set(answer);
                }
            }
            Err(failure) => self.note(Some(failure)),
        }
    }

    /// What looks at the failure is drawn again only when there is another.
    fn note(self, failure: Option<Failure>) {
        if self.failure.with_untracked(|known| *known != failure) {
            self.failure.set(failure);
        }
    }

    /// Fetches again now.
    pub fn again(self) {
        self.asked.update(|asked| *asked = asked.wrapping_add(1));
    }

    /// Fetches more often as long as something is under way and somebody looks.
    pub fn hurry(self, is_busy: Memo<bool>) {
        let timer = StoredValue::new(None::<IntervalHandle>);
        let stop = move || {
            let running = timer.try_update_value(Option::take).flatten();
            running.inspect(IntervalHandle::clear);
        };
        let again = move || {
            if browser::is_visible() {
                self.again();
            }
        };
        Effect::new(move |_| {
            stop();
            let begin = || set_interval_with_handle(again, Duration::from_millis(HURRY_MS)).ok();
            timer.set_value(is_busy.get().then(begin).flatten());
        });
        on_cleanup(stop);
    }

    /// The answer to what should be shown now.
    pub fn current(self) -> Option<T> {
        let url = self.url.get();
        self.answer.with(|answer| {
            let answer = answer.as_ref().filter(|answer| Some(&answer.url) == url.as_ref());
            answer.map(|answer| answer.value.clone())
        })
    }

    /// The failure that leaves nothing to show; none while an older answer can stay.
    pub fn blocking_failure(self) -> Option<Failure> {
        let failure = self.failure.get()?;
        (!failure.may_pass() || self.current().is_none()).then_some(failure)
    }
}
