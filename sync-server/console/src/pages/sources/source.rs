//! One source: what it sends now, what became of its newest batches, and how it writes.

use domain::api::{BatchRow, SourceDetail, SourceRow};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use console::{batches::is_running, link, nav, words};

use super::{
    batches::Batches,
    change::Change,
    draft::Draft,
    part::{Part, Parts},
    running::Running,
    token::Token,
    waiting::Waiting,
};
use crate::{
    components::{Empty, FailureView, Loading, PageHead, When},
    feed::Feed,
    session::Console,
};

/// The page.
#[component]
pub fn Source() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let may_state = Console::here().operator().is_some_and(|who| nav::states_sources(&who));
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
    let part =
        Memo::new(move |_| Part::read(query.read().get("view").as_deref().filter(|_| may_state)));
    // Compared before it is drawn: a lost connection would draw a token away that is shown once.
    let failure = Memo::new(move |_| feed.blocking_failure());
    // Outlives the parts: what was typed is there after a look at what the source sends.
    let draft = Draft::of(detail);
    view! {
        <PageHead title=title><Waiting source=id/></PageHead>
        {may_state.then(|| view! { <Parts id=id part=part/> })}
        {move || match (failure.get(), is_here.get(), part.get()) {
            (Some(failure), _, _) => view! { <FailureView failure=failure again=move |()| feed.again()/> }.into_any(),
            (None, false, _) => view! { <Loading/> }.into_any(),
            (None, true, Part::Sends) => view! { <Body id=id detail=detail batches=batches/> }.into_any(),
            (None, true, Part::Change) => view! { <Change detail=detail draft=draft on_done=move |()| feed.again()/> }.into_any(),
            (None, true, Part::Token) => view! { <ItsToken detail=detail/> }.into_any(),
        }}
    }
}

/// Not drawn again by a refresh: a token that was made is shown once.
#[component]
fn ItsToken(detail: Memo<Option<SourceDetail>>) -> impl IntoView {
    detail.get_untracked().map(|detail| {
        let has_sent = !detail.batches.is_empty();
        view! { <Token source=detail.source has_sent=has_sent/> }
    })
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
    let reached = source.reached.map(|state| {
        let tone = if state.is_up { None } else { Some("warn") };
        let last = state.last_at.map(|at| view! { <span class="quiet">", last "<When at=at/></span> });
        let told = words::reached(&source.transport, &state);
        view! { <div><dt>"Reached"</dt><dd data-test="source-reached"><span class="toned" data-tone=tone>{told}</span>{last}</dd></div> }
    });
    view! {
        <dl class="facts" data-test="source-facts">
            <div><dt>"Number"</dt><dd class="select-all">{source.id}</dd></div>
            <div><dt>"Kind"</dt><dd>{words::source_kind(&source.kind)}</dd></div>
            <div><dt>"Format"</dt><dd>{words::source_format(&source.format)}</dd></div>
            <div><dt>"Profile"</dt><dd>{format!("version {}", source.profile_version)}</dd></div>
            <div><dt>"Wait for a person"</dt><dd>{held}</dd></div>
            <div><dt>"Gets here"</dt><dd data-test="source-transport">{words::transport(&source.transport)}</dd></div>
            {reached}
        </dl>
    }
}
