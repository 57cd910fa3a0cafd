//! Rules that somebody writes and nobody has stated yet.

use domain::problem::Problem;
use leptos::prelude::*;
use serde_json::Value;

use console::{
    failure::Failure,
    rules::{self, Version},
};

use crate::feed::Feed;

/// The draft; a handle that is copied freely.
#[derive(Debug, Clone, Copy)]
pub struct Draft {
    /// As it was typed.
    pub text: RwSignal<String>,
    /// The version that it was made from; none before the first one came.
    pub based_on: RwSignal<Option<i64>>,
}

impl Draft {
    /// A draft that begins with the rules that hold. A refresh does not write over it.
    pub fn of(newest: Feed<Version>) -> Self {
        let draft = Self { text: RwSignal::default(), based_on: RwSignal::new(None) };
        Effect::new(move |_| {
            if let Some(version) = newest.current()
                && draft.based_on.get_untracked().is_none()
            {
                draft.take(&version, version.number());
            }
        });
        draft
    }

    /// Begins again with the text of a version, to take the place of another.
    pub fn take(self, version: &Version, based_on: i64) {
        self.text.set(version.text());
        self.based_on.set(Some(based_on));
    }

    /// What was typed, as it is sent.
    pub fn read(self) -> Result<Value, Failure> {
        let read = self.text.with_untracked(|text| rules::parse(text));
        let wrong = |at: String| Problem::new(400, "malformed", "This is not JSON.").advise(at);
        read.map_err(|at| Failure::Refused(wrong(at)))
    }
}
