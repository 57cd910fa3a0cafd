//! A source on its way to the server; a new one takes the place of none.

use std::time::Duration;

use domain::api::{SourceDetail, SourceRow};
use leptos::{prelude::*, task::spawn_local};

use console::{
    failure::Failure,
    new_source::{self, NewSource},
};

use super::draft::Draft;
use crate::{api, browser, session::Console};

/// A statement on its way; a handle that is copied freely.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    console: Console,
    /// What is being written.
    pub draft: Draft,
    is_new: bool,
    /// Whether the server is asked now.
    pub busy: RwSignal<bool>,
    /// Why not, the last time.
    pub refused: RwSignal<Option<Failure>>,
    on_done: Callback<SourceRow>,
}

impl Statement {
    /// A statement of what is written, as soon as it is sent.
    pub fn of(draft: Draft, is_new: bool, on_done: Callback<SourceRow>) -> Self {
        Self {
            console: Console::here(),
            draft,
            is_new,
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
            on_done,
        }
    }

    /// States it, unless that is under way.
    pub fn send(self) {
        if self.busy.get_untracked() {
            return;
        }
        let source = self.draft.source.get_untracked();
        self.busy.set(true);
        spawn_local(async move {
            let answer = self.state(source).await;
            if self.busy.try_set(false).is_none() {
                self.take(answer);
            }
        });
    }

    async fn state(self, source: NewSource) -> Result<SourceRow, Failure> {
        let (call, body) = (source.call(), source.body().map_err(new_source::unwritable)?);
        if self.is_new {
            match api::get::<SourceDetail>(self.console, &call).await {
                Ok(_) => return Err(new_source::taken(source.id.trim())),
                Err(Failure::Missing(_)) => {}
                Err(failure) => return Err(failure),
            }
        }
        api::put(self.console, &call, &body).await
    }

    fn take(self, answer: Result<SourceRow, Failure>) {
        match answer {
            Ok(row) => {
                self.refused.set(None);
                self.on_done.run(row);
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
