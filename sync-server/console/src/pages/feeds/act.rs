//! Something that is done to a webhook at once, and what came of it.

use leptos::{prelude::*, task::spawn_local};
use serde::de::DeserializeOwned;
use serde_json::json;

use console::{failure::Failure, link};

use crate::{api, session::Console};

/// An action; a handle that is copied freely.
#[derive(Debug)]
pub struct Act<T: Send + Sync + 'static> {
    console: Console,
    webhook: Memo<String>,
    word: &'static str,
    /// Whether it is under way.
    pub busy: RwSignal<bool>,
    /// What came of it, the last time.
    pub done: RwSignal<Option<Result<T, Failure>>>,
}

impl<T: Send + Sync + 'static> Clone for Act<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Act<T> {}

impl<T: DeserializeOwned + Clone + Send + Sync + 'static> Act<T> {
    /// The action of this word in routes.
    pub fn new(webhook: Memo<String>, word: &'static str) -> Self {
        let console = Console::here();
        let (busy, done) = (RwSignal::new(false), RwSignal::new(None));
        Self { console, webhook, word, busy, done }
    }

    /// Does it, unless it is under way.
    pub fn send(self, then: Callback<()>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let id = self.webhook.with_untracked(|id| link::encoded(id));
        let call = format!("/api/v1/webhooks/{id}/{}", self.word);
        spawn_local(async move {
            let answer = api::post::<T>(self.console, &call, &json!({})).await;
            if self.busy.try_set(false).is_none() {
                self.done.set(Some(answer));
                then.run(());
            }
        });
    }
}
