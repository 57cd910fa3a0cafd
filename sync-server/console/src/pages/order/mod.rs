//! One order with everything behind it: stages, goods, history, and why it was sourced so.

mod cancel;
mod fulfillments;
mod history;
mod lines;
mod sourcing;

use domain::{
    api::OrderDetail,
    order::{Destination, OrderStage},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use console::{link, words};

use self::{
    cancel::Cancel, fulfillments::Fulfillments, history::History, lines::Lines, sourcing::Sourcing,
};
use crate::{
    components::{FailureView, Icon, Left, Loading, OrderStageBadge, PageHead, When},
    feed::Feed,
    intl,
    session::Console,
};

/// The page.
#[component]
pub fn Order() -> impl IntoView {
    let params = use_params_map();
    let feed = Feed::<OrderDetail>::new(move || {
        let id = params.read().get("id")?;
        Some(format!("/api/v1/orders/{}", link::encoded(&id)))
    });
    let order = Memo::new(move |_| feed.current());
    let title = Signal::derive(move || {
        order.with(|order| {
            order.as_ref().map_or("Order".to_owned(), |o| format!("Order {}", o.row.short_code))
        })
    });
    let is_open = Memo::new(move |_| order.with(|order| order.as_ref().is_some_and(is_open)));
    view! {
        <PageHead title=title>
            {move || order.with(|o| o.as_ref().map(|o| o.row.stage)).map(|stage| view! {
                <span data-test="order-stage" data-stage=stage.as_str()><OrderStageBadge stage=stage/></span>
            })}
            <Show when=move || is_open.get()>
                <Cancel order=order on_done=move |()| feed.again()/>
            </Show>
        </PageHead>
        {move || match (feed.blocking_failure(), order.get()) {
            (Some(failure), _) => view! { <FailureView failure=failure again=move |()| feed.again()/> }.into_any(),
            (None, None) => view! { <Loading/> }.into_any(),
            (None, Some(order)) => view! { <Body order=order/> }.into_any(),
        }}
    }
}

fn is_open(order: &OrderDetail) -> bool {
    !matches!(order.row.stage, OrderStage::Completed | OrderStage::Cancelled)
}

#[component]
fn Body(order: OrderDetail) -> impl IntoView {
    let console = Console::here();
    order.fulfillments.iter().for_each(|f| console.learn_place(&f.location));
    let currency = order.row.currency.clone();
    let place = order.row.locations.first().cloned();
    view! {
        <Facts order=order.clone()/>
        <div class="order-grid">
            <div class="order-main">
                <Fulfillments method=order.row.method fulfillments=order.fulfillments.clone()/>
                <Lines lines=order.lines.clone() kits=order.kits.clone() currency=currency/>
                <Sourcing tries=order.sourcing.clone() place=place.clone()/>
            </div>
            <div class="order-side">
                <History rows=order.history place=place/>
            </div>
        </div>
    }
}

#[component]
fn Facts(order: OrderDetail) -> impl IntoView {
    let is_open = is_open(&order);
    let row = order.row;
    let place = row.locations.first().cloned();
    let (name, contact) = match order.customer {
        Some(c) => {
            (c.name, [c.phone, c.email].into_iter().flatten().collect::<Vec<_>>().join(" · "))
        }
        None => ("Forgotten".to_owned(), "The customer's data was erased.".to_owned()),
    };
    view! {
        <dl class="facts">
            <div>
                <dt>"Customer"</dt>
                <dd>{name}</dd>
                <dd class="quiet">{contact}</dd>
            </div>
            <Going destination=order.destination/>
            <div>
                <dt>"Promise"</dt>
                <dd>
                    {if is_open {
                        view! { <Left promise=row.promise_at place=place.clone()/> }.into_any()
                    } else {
                        view! { <When at=row.promise_at place=place.clone()/> }.into_any()
                    }}
                </dd>
                <dd class="quiet">{exact(row.promise_at, place.clone())}</dd>
            </div>
            <div>
                <dt>"Placed"</dt>
                <dd><When at=row.placed_at place=place/></dd>
                <dd class="quiet">{row.channel}" · "<span class="select-all">{row.external_number}</span></dd>
            </div>
            <div>
                <dt>"Total"</dt>
                <dd>{intl::money(row.total_minor, &row.currency)}</dd>
                <dd class="quiet">{words::count(u64::from(row.units), "unit", "units")}</dd>
            </div>
        </dl>
    }
}

fn exact(at: domain::clock::TimeMs, place: Option<domain::ids::LocationId>) -> impl Fn() -> String {
    let console = Console::here();
    move || {
        let zone = place.as_ref().and_then(|place| console.zone(place));
        intl::exact(at, zone.as_deref())
    }
}

#[component]
fn Going(destination: Destination) -> impl IntoView {
    let console = Console::here();
    match destination {
        Destination::Pickup { location } => {
            console.learn_place(&location);
            let href = format!("/locations/{}", link::encoded(location.as_str()));
            let id = location.to_string();
            let name = move || console.place(&location).map_or_else(|| location.to_string(), |row| row.name);
            view! {
                <div>
                    <dt><Icon name="store"/>"Pickup at"</dt>
                    <dd><a href=href>{name}</a></dd>
                    <dd class="quiet">{id}</dd>
                </div>
            }
            .into_any()
        }
        Destination::Ship { address: a } => view! {
            <div>
                <dt><Icon name="truck"/>"Ships to"</dt>
                <dd>{a.name}</dd>
                <dd class="quiet">{format!("{}, {} {} {}, {}", a.street, a.city, a.region, a.postcode, a.country)}</dd>
            </div>
        }
        .into_any(),
    }
}
