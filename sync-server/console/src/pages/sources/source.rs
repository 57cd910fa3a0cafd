//! One source: what it sends now, what became of its newest batches, and how it writes.

use domain::api::{BatchRow, SourceDetail, SourceRow};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use console::{batches::is_running, link, words};

use super::{batches::Batches, running::Running};
use crate::{
    components::{Empty, FailureView, Loading, PageHead},
    feed::Feed,
};

/// The page.
#[component]
pub fn Source() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let feed = Feed::<SourceDetail>::new(move || {
        Some(format!("/api/v1/sources/{}", link::encoded(&id.get())))
    });
    let detail = Memo::new(move |_| feed.current());
    let is_here = Memo::new(move |_| detail.with(Option::is_some));
    let title = Signal::derive(move || {
        detail.with(|d| d.as_ref().map_or_else(|| id.get(), |d| d.source.name.clone()))
    });
    let batches = Memo::new(move |_| {
        detail.with(|d| d.as_ref().map(|d| d.batches.clone()).unwrap_or_default())
    });
    feed.hurry(Memo::new(move |_| batches.with(|rows| rows.iter().any(is_running))));
    view! {
        <PageHead title=title/>
        {move || match (feed.blocking_failure(), is_here.get()) {
            (Some(failure), _) => view! { <FailureView failure=failure again=move |()| feed.again()/> }.into_any(),
            (None, false) => view! { <Loading/> }.into_any(),
            (None, true) => view! { <Body id=id detail=detail batches=batches/> }.into_any(),
        }}
    }
}

#[component]
fn Body(
    id: Memo<String>,
    detail: Memo<Option<SourceDetail>>,
    batches: Memo<Vec<BatchRow>>,
) -> impl IntoView {
    let source = Memo::new(move |_| {
        // What it sent last is told below.
        detail.get().map(|detail| SourceRow { last: None, ..detail.source })
    });
    let profile = Memo::new(move |_| {
        detail.get().map(|detail| format!("{:#}", detail.profile)).unwrap_or_default()
    });
    let is_empty = Memo::new(move |_| batches.with(Vec::is_empty));
    view! {
        {move || source.get().map(|source| view! { <Facts source=source/> })}
        <Running batches=batches/>
        <section aria-labelledby="batches">
            <div class="section-head"><h2 id="batches">"Newest batches"</h2></div>
            {move || if is_empty.get() {
                view! { <Empty icon="inbox" title="It has sent nothing yet" advice="Batches appear here by themselves as soon as the first one comes."/> }.into_any()
            } else {
                view! { <Batches source=id batches=batches/> }.into_any()
            }}
        </section>
        <section aria-labelledby="profile">
            <div class="section-head"><h2 id="profile">"How it writes"</h2></div>
            <pre class="document" tabindex="0" role="region" aria-labelledby="profile" data-test="profile">{profile}</pre>
        </section>
    }
}

#[component]
fn Facts(source: SourceRow) -> impl IntoView {
    let held = match source.hold_above {
        Some(units) => {
            let units = words::count(units.into(), "unit", "units");
            format!("Counts that differ by more than {units}")
        }
        None => "No counts".to_owned(),
    };
    view! {
        <dl class="facts" data-test="source-facts">
            <div><dt>"Number"</dt><dd class="select-all">{source.id}</dd></div>
            <div><dt>"Kind"</dt><dd>{words::source_kind(&source.kind)}</dd></div>
            <div><dt>"Format"</dt><dd>{words::source_format(&source.format)}</dd></div>
            <div><dt>"Profile"</dt><dd>{format!("version {}", source.profile_version)}</dd></div>
            <div><dt>"Wait for a person"</dt><dd>{held}</dd></div>
        </dl>
    }
}
