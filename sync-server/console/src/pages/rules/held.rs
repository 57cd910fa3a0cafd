//! The rules that hold, or those of one version, in sentences.

use domain::api::AtpVersionRow;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use console::rules::Version;

use super::{cards::Cards, draft::Draft};
use crate::{
    components::{FailureView, Icon, Loading, When},
    feed::Feed,
};

/// The part of the page.
#[component]
pub fn Held(
    /// The version that holds.
    newest: Feed<Version>,
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let query = use_query_map();
    let number = Memo::new(move |_| query.read().get("version").filter(|text| !text.is_empty()));
    let older = Feed::<Version>::new(move || {
        let number = number.get()?;
        Some(format!("/api/v1/atp/rules/versions/{}", console::link::encoded(&number)))
    });
    let feed = move || if number.get().is_some() { older } else { newest };
    let shown = Memo::new(move |_| feed().current());
    let holding = Memo::new(move |_| newest.current().map(|version| version.number()));
    view! {
        {move || match (feed().blocking_failure(), shown.get()) {
            (Some(failure), _) => view! { <FailureView failure=failure again=move |()| feed().again()/> }.into_any(),
            (None, None) => view! { <Loading/> }.into_any(),
            (None, Some(version)) => view! {
                <Stated stated=version.stated.clone()/>
                <Older version=version.clone() holding=holding draft=draft/>
                <Cards version=version/>
            }.into_any(),
        }}
    }
}

/// Which version it is, by whom and why.
#[component]
fn Stated(stated: Option<AtpVersionRow>) -> impl IntoView {
    match stated {
        None => view! {
            <p class="lead" data-test="rules-version">
                "Nobody has stated any rules: whatever is left at a location can be promised."
            </p>
        }
        .into_any(),
        Some(stated) => view! {
            <p class="lead" data-test="rules-version" data-version=stated.version>
                <strong>{format!("Version {}", stated.version)}</strong>
                {format!(", stated by {} ", stated.author)}<When at=stated.created_at/>
                ": " {stated.comment}
            </p>
        }
        .into_any(),
    }
}

/// A version that holds no more can be begun with.
#[component]
fn Older(version: Version, holding: Memo<Option<i64>>, draft: Draft) -> impl IntoView {
    let go = StoredValue::new(use_navigate());
    let number = version.number();
    let version = StoredValue::new(version);
    let begin = move |now: i64| {
        version.with_value(|version| draft.take(version, now));
        go.with_value(|go| go("/rules?view=change", NavigateOptions::default()));
    };
    move || {
        holding.get().filter(|now| *now != number).map(|now| {
            view! {
                <div class="callout big" data-test="older-version">
                    <Icon name="history"/>
                    <div>
                        <p><strong>{format!("Version {now} holds now, not this one.")}</strong></p>
                        <p class="callout-levers">
                            <a class="button small" href="/rules">"See what holds"</a>
                            <button class="button small" data-act="" on:click=move |_| begin(now)>"Begin with this one"</button>
                        </p>
                    </div>
                </div>
            }
        })
    }
}
