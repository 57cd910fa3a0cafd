//! A new source.

use domain::api::SourceRow;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use console::nav;

use super::{draft::Draft, form::Form, part::Part};
use crate::{
    components::{Empty, PageHead},
    session::Console,
};

/// The page.
#[component]
pub fn NewSource() -> impl IntoView {
    let may = Console::here().operator().is_some_and(|who| nav::states_sources(&who));
    view! {
        <PageHead title="Add a source"/>
        {if may {
            view! { <Adding/> }.into_any()
        } else {
            view! { <Empty icon="lock" title="Only an administrator adds sources" advice="Ask one of them, or go back to the sources."><a class="button" href="/sources">"See the sources"</a></Empty> }.into_any()
        }}
    }
}

#[component]
fn Adding() -> impl IntoView {
    let go = use_navigate();
    let done = Callback::new(move |row: SourceRow| {
        go(&Part::Token.page(&row.id), NavigateOptions::default());
    });
    view! {
        <p class="quiet lead">"First what it is and how it writes; then it gets its token."</p>
        <Form draft=Draft::blank() is_new=true lever="Add it" on_done=done/>
    }
}
