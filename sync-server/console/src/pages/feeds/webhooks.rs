//! The webhooks, each with how it stands.

use domain::api::WebhookRow;
use leptos::prelude::*;

use console::{link, nav, webhook_words as words};

use crate::{
    components::{Empty, Icon, Listing, Standing, ToneBadge, When},
    feed::Feed,
    session::Console,
};

/// The part of the page.
#[component]
pub fn Webhooks() -> impl IntoView {
    let feed = Feed::<Vec<WebhookRow>>::new(|| Some("/api/v1/webhooks".to_owned()));
    let rows = Memo::new(move |_| feed.current());
    let standing = Memo::new(move |_| {
        Standing::of(feed.blocking_failure(), rows.with(|rows| rows.as_ref().map(Vec::len)))
    });
    feed.hurry(Memo::new(move |_| {
        let moves = |row: &WebhookRow| row.stated.enabled && (row.tries > 0 || row.sequence == 0);
        rows.with(|rows| rows.iter().flatten().any(moves))
    }));
    view! {
        <section aria-labelledby="webhooks">
            <div class="section-head"><h2 id="webhooks">"Webhooks"</h2><Add/></div>
            <Listing
                standing=standing again=move |()| feed.again()
                nothing=|| view! { <Empty icon="external-link" title="No webhook yet" advice="An administrator adds one: a server that is sent what has changed, a moment after it did."/> }
            >
                <Table rows=rows/>
            </Listing>
        </section>
    }
}

#[component]
fn Add() -> impl IntoView {
    let may = Console::here().operator().is_some_and(|who| nav::states_webhooks(&who));
    may.then(|| {
        view! { <a class="button primary" href="/feeds/new" data-test="new-webhook" data-act=""><Icon name="plus"/>"Add a webhook"</a> }
    })
}

#[component]
fn Table(rows: Memo<Option<Vec<WebhookRow>>>) -> impl IntoView {
    let ids = move || {
        rows.with(|rows| rows.iter().flatten().map(|row| row.id.clone()).collect::<Vec<_>>())
    };
    let row = move |id: String| {
        Memo::new(move |_| {
            rows.with(|rows| rows.iter().flatten().find(|row| row.id == id).cloned())
        })
    };
    view! {
        <div class="table-frame">
            <table>
                <thead><tr>
                    <th scope="col">"Webhook"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Is told"</th>
                    <th scope="col" class="extra">"Of"</th>
                    <th scope="col">"Last try"</th>
                    <th scope="col" class="number">"When"</th>
                    <th scope="col" class="number">"Next try"</th>
                </tr></thead>
                <tbody><For each=ids key=|id| id.clone() let:id><Line row=row(id)/></For></tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(row: Memo<Option<WebhookRow>>) -> impl IntoView {
    move || {
        row.get().map(|row| {
            let (tone, state) = words::state(&row);
            let last = row.last.as_ref().map(words::outcome);
            let quiet = || view! { <span class="quiet">"–"</span> }.into_any();
            view! {
                <tr data-row="" data-test="webhook-row" data-state=state>
                    <th scope="row">
                        <a class="row-link" href=format!("/feeds/{}", link::encoded(&row.id))>
                            {row.stated.name.clone()}<span class="quiet">{row.stated.url.clone()}</span>
                        </a>
                    </th>
                    <td><ToneBadge tone=tone words=state/></td>
                    <td>{words::kind(row.stated.kind)}</td>
                    <td class="extra">{words::whom(&row)}</td>
                    <td>{match last {
                        Some((tone, said)) => view! { <span class="toned" data-tone=tone.as_str()>{said}</span> }.into_any(),
                        None => view! { <span class="quiet">"none yet"</span> }.into_any(),
                    }}</td>
                    <td class="number">{row.last.map_or_else(quiet, |last| view! { <When at=last.at/> }.into_any())}</td>
                    <td class="number">{row.next_try_at.map_or_else(quiet, |at| view! { <When at=at/> }.into_any())}</td>
                </tr>
            }
        })
    }
}
