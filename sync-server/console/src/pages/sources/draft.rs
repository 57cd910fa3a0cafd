//! A source that somebody writes down and has not stated yet.

use domain::api::SourceDetail;
use leptos::prelude::*;

use console::{new_source::NewSource, starts::STARTS};

/// The draft; a handle that is copied freely.
#[derive(Debug, Clone, Copy)]
pub struct Draft {
    /// As it was typed.
    pub source: RwSignal<NewSource>,
    /// The source and the version of its profile that it was made from; none for a new one.
    based_on: RwSignal<Option<(String, i64)>>,
}

impl Draft {
    /// A new source; it begins with the first of the starting points.
    pub fn blank() -> Self {
        let profile = STARTS[0].profile.to_owned();
        let source = NewSource { profile, ..NewSource::default() };
        Self { source: RwSignal::new(source), based_on: RwSignal::new(None) }
    }

    /// A draft that begins with the source that is shown. A refresh does not write over it.
    pub fn of(detail: Memo<Option<SourceDetail>>) -> Self {
        let draft =
            Self { source: RwSignal::new(NewSource::default()), based_on: RwSignal::new(None) };
        Effect::new(move |_| {
            let Some(detail) = detail.get() else { return };
            let based_on = draft.based_on.get_untracked();
            if based_on.is_none_or(|(id, _)| id != detail.source.id) {
                draft.take(&detail);
            }
        });
        draft
    }

    /// Begins again with a source as it is.
    pub fn take(self, detail: &SourceDetail) {
        self.source.set(NewSource::of(detail));
        self.is_based_on(&detail.source.id, detail.source.profile_version);
    }

    /// What is typed takes the place of this version.
    pub fn is_based_on(self, id: &str, version: i64) {
        self.based_on.set(Some((id.to_owned(), version)));
    }

    /// Whether somebody changed how the source writes since the draft was begun.
    pub fn is_overtaken(self, detail: &SourceDetail) -> bool {
        let source = &detail.source;
        self.based_on.with(|based_on| {
            based_on
                .as_ref()
                .is_some_and(|(id, version)| *id == source.id && *version != source.profile_version)
        })
    }
}
