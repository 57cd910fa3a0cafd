//! Changing what a source is and how it is read.

use domain::api::{SourceDetail, SourceRow};
use leptos::prelude::*;

use super::{draft::Draft, form::Form};
use crate::components::Icon;

/// The part of the page.
#[component]
pub fn Change(
    /// The source as it is.
    detail: Memo<Option<SourceDetail>>,
    /// What is being written.
    draft: Draft,
    /// Called once it is changed.
    #[prop(into)]
    on_done: Callback<()>,
) -> impl IntoView {
    let changed = RwSignal::new(None::<i64>);
    let done = move |row: SourceRow| {
        draft.is_based_on(&row.id, row.profile_version);
        changed.set(Some(row.profile_version));
        on_done.run(());
    };
    view! {
        <Meanwhile detail=detail draft=draft changed=changed/>
        <Form draft=draft lever="Change it" on_done=done/>
        <div role="status">
            {move || changed.get().map(|version| view! {
                <div class="callout" data-tone="good" data-test="source-changed">
                    <Icon name="circle-check"/>
                    <p><strong>"It is changed. "</strong>{format!("Version {version} of how it writes holds.")}</p>
                </div>
            })}
        </div>
    }
}

/// Somebody else changed it since the draft was begun.
#[component]
fn Meanwhile(
    detail: Memo<Option<SourceDetail>>,
    draft: Draft,
    /// The version that was made here last, which the page may not know yet.
    changed: RwSignal<Option<i64>>,
) -> impl IntoView {
    let newer = Memo::new(move |_| {
        let known = changed.get().unwrap_or_default();
        detail.get().filter(|d| draft.is_overtaken(d) && d.source.profile_version > known)
    });
    move || {
        newer.get().map(|detail| {
            let version = detail.source.profile_version;
            view! {
                <div class="callout" data-tone="bad" role="alert" data-test="source-overtaken">
                    <Icon name="triangle-alert"/>
                    <div>
                        <p><strong>{format!("Version {version} holds meanwhile.")}</strong>" What you write was made from an older one."</p>
                        <p class="callout-levers">
                            <button class="button small" on:click=move |_| draft.take(&detail)>"Begin again with it"</button>
                        </p>
                    </div>
                </div>
            }
        })
    }
}
