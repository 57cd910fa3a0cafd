//! What is wrong now, with the lever beside it; then the worst; then how much there is at all.

use domain::api::{Overview, QueueRow};
use leptos::prelude::*;

use console::{link, problems, words};

use crate::{
    components::{FailureView, Icon, Left, Loading, PageHead, StageBadge, When},
    feed::Feed,
    session::Console,
};

/// The page.
#[component]
pub fn Home() -> impl IntoView {
    let feed = Feed::<Overview>::new(|| Some("/api/v1/overview".to_owned()));
    let overview = Memo::new(move |_| feed.current());
    view! {
        <PageHead title="What needs you"/>
        {move || match (feed.blocking_failure(), overview.get()) {
            (Some(failure), _) => view! { <FailureView failure=failure again=move |()| feed.again()/> }.into_any(),
            (None, None) => view! { <Loading/> }.into_any(),
            (None, Some(overview)) => view! { <Body overview=overview/> }.into_any(),
        }}
    }
}

#[component]
fn Body(overview: Overview) -> impl IntoView {
    let problems = problems::of(&overview);
    let is_well = problems.is_empty();
    view! {
        {is_well.then(|| view! {
            <div class="callout big" data-tone="good">
                <Icon name="circle-check"/>
                <div>
                    <p><strong>"Nothing needs you now."</strong></p>
                    <p>"Every promise can be kept and every tablet speaks. Problems appear here by themselves."</p>
                </div>
            </div>
        })}
        <ul class="problems">
            {problems.into_iter().map(|problem| view! {
                <li data-test="problem" data-tone=problem.tone.as_str()>
                    <Icon name=problem.icon/>
                    <div>
                        <p class="problem-title">{problem.title}</p>
                        <p class="quiet">{problem.why}</p>
                    </div>
                    <a class="button" href=problem.href>{problem.lever}<Icon name="arrow-right"/></a>
                </li>
            }).collect_view()}
        </ul>
        <Amounts overview=overview.clone()/>
        {(!overview.worst.is_empty()).then(|| view! { <Worst rows=overview.worst/> })}
    }
}

#[component]
fn Amounts(overview: Overview) -> impl IntoView {
    let own = Console::here().own_location();
    let open = own
        .as_ref()
        .map_or("/locations".to_owned(), |id| format!("/locations/{}", link::encoded(id.as_str())));
    let mut amounts = vec![
        (overview.orders_day, ["order in 24 hours", "orders in 24 hours"], "/orders".to_owned()),
        (overview.open, ["fulfillment open", "fulfillments open"], open),
        (overview.ready, ["order ready", "orders ready"], "/orders?stage=ready".to_owned()),
        (overview.devices, ["tablet", "tablets"], "/devices".to_owned()),
    ];
    if own.is_none() {
        amounts.push((overview.locations, ["store", "stores"], "/locations".to_owned()));
    }
    view! {
        <ul class="amounts" aria-label="How much there is">
            {amounts.into_iter().map(|(number, what, href)| view! {
                <li><a href=href><strong>{words::thousands(u64::from(number))}</strong>" "{what[usize::from(number != 1)]}</a></li>
            }).collect_view()}
        </ul>
    }
}

#[component]
fn Worst(rows: Vec<QueueRow>) -> impl IntoView {
    view! {
        <section aria-labelledby="worst">
            <div class="section-head">
                <h2 id="worst">"The worst"</h2>
                <a href="/at-risk">"All that is at risk"</a>
            </div>
            <div class="table-frame">
                <table>
                    <thead><tr>
                        <th scope="col">"Order"</th>
                        <th scope="col">"Store"</th>
                        <th scope="col">"Stage"</th>
                        <th scope="col" class="number">"Promise"</th>
                        <th scope="col" class="number extra">"Sourced"</th>
                        <th scope="col">"Why"</th>
                    </tr></thead>
                    <tbody>{rows.into_iter().map(|row| view! { <Line row=row/> }).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Line(row: QueueRow) -> impl IntoView {
    view! {
        <tr data-row="" data-test="worst-row">
            <th scope="row">
                <a class="row-link" href=format!("/orders/{}", row.order)>
                    <span class="code">{row.short_code}</span><span class="quiet">{row.external_number}</span>
                </a>
            </th>
            <td class="name"><a class="above" href=format!("/locations/{}", link::encoded(row.location.as_str()))>{row.location_name}</a></td>
            <td><StageBadge stage=row.stage words=row.stage_words/></td>
            <td class="number"><Left promise=row.promise_at place=row.location.clone()/></td>
            <td class="number extra"><When at=row.created_at place=row.location/></td>
            <td>{row.risk.unwrap_or_else(|| "—".to_owned())}</td>
        </tr>
    }
}
