//! A webhook on its way to the server.

use std::time::Duration;

use domain::api::{NewWebhook, WebhookDetail};
use leptos::{prelude::*, task::spawn_local};
use serde::de::DeserializeOwned;

use console::{
    failure::Failure,
    new_webhook::{Draft, unwritable},
};

use crate::{api, browser, session::Console};

/// What is being written; a handle that is copied freely.
#[derive(Debug, Clone, Copy)]
pub struct Writing {
    console: Console,
    /// As it was typed.
    pub draft: RwSignal<Draft>,
    /// The webhook that it was begun with.
    of: RwSignal<Option<String>>,
    /// Whether the server is asked now.
    pub busy: RwSignal<bool>,
    /// Why not, the last time.
    pub refused: RwSignal<Option<Failure>>,
}

impl Writing {
    /// A new webhook.
    pub fn blank() -> Self {
        Self {
            console: Console::here(),
            draft: RwSignal::default(),
            of: RwSignal::new(None),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
        }
    }

    /// One that begins with the webhook that is shown. A refresh does not write over it.
    pub fn of(detail: Memo<Option<WebhookDetail>>) -> Self {
        let writing = Self::blank();
        Effect::new(move |_| {
            let Some(detail) = detail.get() else { return };
            if writing.of.get_untracked().as_ref() != Some(&detail.webhook.id) {
                writing.draft.set(Draft::of(&detail.webhook.stated));
                writing.of.set(Some(detail.webhook.id));
            }
        });
        writing
    }

    /// Sends what is written, unless that is under way.
    pub fn send<T>(self, call: String, is_new: bool, done: Callback<T>)
    where
        T: DeserializeOwned + Send + Sync + 'static,
    {
        if self.busy.get_untracked() {
            return;
        }
        match self.draft.get_untracked().body() {
            Ok(body) => {
                self.busy.set(true);
                spawn_local(async move {
                    let answer = self.state::<T>(&call, is_new, &body).await;
                    if self.busy.try_set(false).is_none() {
                        self.take(answer, done);
                    }
                });
            }
            Err(errors) => self.take(Err(unwritable(errors)), done),
        }
    }

    async fn state<T: DeserializeOwned>(
        self,
        call: &str,
        is_new: bool,
        body: &NewWebhook,
    ) -> Result<T, Failure> {
        if is_new {
            api::post(self.console, call, body).await
        } else {
            api::put(self.console, call, body).await
        }
    }

    fn take<T: Send + Sync + 'static>(self, answer: Result<T, Failure>, done: Callback<T>) {
        match answer {
            Ok(made) => {
                self.refused.set(None);
                done.run(made);
            }
            Err(failure) => {
                self.refused.set(Some(failure));
                set_timeout(focus_wrong, Duration::ZERO);
            }
        }
    }
}

/// To the first field that is wrong, once it is marked.
fn focus_wrong() {
    browser::focus("form.source [aria-invalid='true']");
}
