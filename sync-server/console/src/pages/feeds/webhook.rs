//! One webhook: how it stands, what became of its newest tries, and what can be done.

use domain::api::{WebhookDetail, WebhookRow};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use console::{link, nav, new_webhook::seconds, webhook_words, words};

use super::{draft::Writing, form::Form, levers::WebhookLevers, tries::Tries};
use crate::{
    components::{FailureView, Icon, Loading, PageHead, ToneBadge, When},
    feed::Feed,
    session::Console,
};

/// The page.
#[component]
pub fn Webhook() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let feed = Feed::<WebhookDetail>::new(move || {
        Some(format!("/api/v1/webhooks/{}", link::encoded(&id.get())))
    });
    let detail = Memo::new(move |_| feed.current());
    let is_here = Memo::new(move |_| detail.with(Option::is_some));
    let title = Signal::derive(move || {
        detail.with(|d| d.as_ref().map_or_else(|| id.get(), |d| d.webhook.stated.name.clone()))
    });
    feed.hurry(Memo::new(move |_| {
        let moves = |d: &WebhookDetail| d.webhook.tries > 0 || d.webhook.sequence == 0;
        detail.with(|d| d.as_ref().is_some_and(|d| d.webhook.stated.enabled && moves(d)))
    }));
    // Compared before it is drawn: a lost connection would draw a secret away that is shown once.
    let failure = Memo::new(move |_| feed.blocking_failure());
    view! {
        <PageHead title=title/>
        {move || match (failure.get(), is_here.get()) {
            (Some(failure), _) => view! { <FailureView failure=failure again=move |()| feed.again()/> }.into_any(),
            (None, false) => view! { <Loading/> }.into_any(),
            (None, true) => view! { <Body id=id detail=detail again=move |()| feed.again()/> }.into_any(),
        }}
    }
}

#[component]
fn Body(
    id: Memo<String>,
    detail: Memo<Option<WebhookDetail>>,
    #[prop(into)] again: Callback<()>,
) -> impl IntoView {
    let may_state = Console::here().operator().is_some_and(|who| nav::states_webhooks(&who));
    let row = Memo::new(move |_| detail.with(|d| d.as_ref().map(|d| d.webhook.clone())));
    let tries = Memo::new(move |_| {
        detail.with(|d| d.as_ref().map(|d| d.tries.clone()).unwrap_or_default())
    });
    view! {
        {move || row.get().map(|row| view! { <Facts row=row/> })}
        <WebhookLevers id=id row=row may_state=may_state changed=again/>
        <Tries tries=tries/>
        {may_state.then(|| view! { <Change id=id detail=detail again=again/> })}
    }
}

#[component]
fn Facts(row: WebhookRow) -> impl IntoView {
    let (tone, state) = webhook_words::state(&row);
    let whom = webhook_words::whom(&row);
    let advice = webhook_words::advice(&row).map(|advice| {
        view! { <div class="callout" data-tone="bad" role="alert"><Icon name="triangle-alert"/><p>{advice}</p></div> }
    });
    let (wait, most) =
        (seconds(row.stated.debounce_ms), words::thousands(row.stated.batch_max.into()));
    let collects = format!("for {wait} s, at most {most} items");
    let tried = words::count(row.tries.into(), "try has failed", "tries have failed");
    view! {
        {advice}
        <dl class="facts" data-test="webhook-facts" data-state=state>
            <div><dt>"State"</dt><dd><ToneBadge tone=tone words=state/></dd></div>
            <div><dt>"Goes to"</dt><dd class="select-all">{row.stated.url}</dd></div>
            <div><dt>"Is told"</dt><dd>{webhook_words::kind(row.stated.kind)}</dd></div>
            <div><dt>"Of"</dt><dd>{whom}</dd></div>
            <div><dt>"Pool"</dt><dd>{row.pool.unwrap_or_else(|| "none".to_owned())}</dd></div>
            <div><dt>"Collects"</dt><dd>{collects}</dd></div>
            <div><dt>"Deliveries"</dt><dd>{words::thousands(row.sequence)}</dd></div>
            {row.failing_since.map(|at| view! { <div><dt>"Failing since"</dt><dd><When at=at/></dd></div> })}
            {row.next_try_at.map(|at| view! { <div><dt>"Next try"</dt><dd><When at=at/>", "{tried}</dd></div> })}
            {row.old_secret_until.map(|at| view! { <div><dt>"Old secret"</dt><dd>"signs until "<When at=at/></dd></div> })}
        </dl>
    }
}

/// Changing it. What was typed stays while the page is kept fresh.
#[component]
fn Change(
    id: Memo<String>,
    detail: Memo<Option<WebhookDetail>>,
    again: Callback<()>,
) -> impl IntoView {
    let it = Writing::of(detail);
    let changed = RwSignal::new(false);
    let done = Callback::new(move |_: WebhookRow| {
        changed.set(true);
        again.run(());
    });
    let send = move |()| {
        changed.set(false);
        // Switching is another lever's: it stays as it is now.
        let on = detail.with_untracked(|d| d.as_ref().is_none_or(|d| d.webhook.stated.enabled));
        it.draft.update(|draft| draft.enabled = on);
        let call = format!("/api/v1/webhooks/{}", link::encoded(&id.get_untracked()));
        it.send(call, false, done);
    };
    view! {
        <section aria-labelledby="change">
            <div class="section-head"><h2 id="change">"Change it"</h2></div>
            <Form it=it lever="Change it" note="Another address, kind or pool is told everything." send=send/>
            <div role="status">
                {move || changed.get().then(|| view! {
                    <div class="callout" data-tone="good" data-test="webhook-changed"><Icon name="circle-check"/><p>"It is changed."</p></div>
                })}
            </div>
        </section>
    }
}
