//! The list of orders: searched as one types, filtered and paged by the address.

use domain::{api::OrderRow, fulfillment::Method, order::OrderStage};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use console::{filters::OrderFilters, live::Shown, words};

use crate::{
    components::{
        Choice, Empty, FailureView, Icon, Left, ListHead, Loading, LocationFilter, OrderStageBadge,
        PageHead, Pager, SearchBox, When,
    },
    intl,
    rows::Rows,
    session::Console,
};

/// The page.
#[component]
pub fn Orders() -> impl IntoView {
    let query = use_query_map();
    let filters = Memo::new(move |_| {
        let query = query.read();
        OrderFilters::read(|key| query.get(key))
    });
    let rows = Rows::<OrderRow>::new(move || Some(filters.get().call()));
    let first = Signal::derive(move || {
        let filters = filters.get();
        (!filters.after.is_empty()).then(|| filters.with(|_| {}).page())
    });
    let next = Signal::derive(move || {
        rows.next().map(|after| OrderFilters { after, ..filters.get() }.page())
    });
    view! {
        <PageHead title="Orders"/>
        <Filters filters=filters/>
        <ListHead rows=rows one="order" many="orders"/>
        {move || match (rows.blocking_failure(), rows.is_first_load(), rows.len()) {
            (Some(failure), _, _) => view! { <FailureView failure=failure again=move |()| rows.again()/> }.into_any(),
            (_, true, _) => view! { <Loading/> }.into_any(),
            (_, _, 0) => view! { <NoOrders filters=filters/> }.into_any(),
            _ => view! { <Table rows=rows/> }.into_any(),
        }}
        <Pager first=first next=next/>
    }
}

#[component]
fn NoOrders(filters: Memo<OrderFilters>) -> impl IntoView {
    if filters.get_untracked().narrows() {
        view! {
            <Empty icon="search" title="No order is like that" advice="Numbers, names, e-mail addresses, telephone numbers and SKUs are searched. Take a filter away to see more.">
                <a class="button" href="/orders">"Show all orders"</a>
            </Empty>
        }.into_any()
    } else {
        view! {
            <Empty icon="shopping-bag" title="No orders yet" advice="They appear here as soon as a sales channel places the first one."/>
        }.into_any()
    }
}

#[component]
fn Filters(filters: Memo<OrderFilters>) -> impl IntoView {
    let go = use_navigate();
    let apply = Callback::new(move |(changed, replace): (OrderFilters, bool)| {
        go(
            &changed.page(),
            NavigateOptions { replace, scroll: false, ..NavigateOptions::default() },
        );
    });
    let search = Callback::new(move |search: String| {
        apply.run((filters.get_untracked().with(|f| f.search = search), true));
    });
    let stages = OrderStage::ALL.map(|stage| (stage.as_str(), words::order_stage(stage)));
    let methods = [Method::Pickup, Method::Ship].map(|m| (m.as_str(), words::method(m)));
    let by_location = Callback::new(move |location: Option<domain::ids::LocationId>| {
        let location = location.map(String::from).unwrap_or_default();
        filters.get_untracked().with(|f| f.location = location).page()
    });
    view! {
        <form class="filters" role="search" aria-label="Orders" on:submit=move |event| event.prevent_default()>
            <SearchBox
                value=Signal::derive(move || filters.get().search)
                on_change=search
                label="Number, customer, e-mail, telephone or SKU"
                test="search"
            />
            <Choice
                label="Stage" all="Any stage" choices=stages.to_vec()
                chosen=Signal::derive(move || filters.get().stage)
                on_choose=move |stage| apply.run((filters.get_untracked().with(|f| f.stage = stage), false))
            />
            <Choice
                label="Way out" all="Pickup and ship" choices=methods.to_vec()
                chosen=Signal::derive(move || filters.get().method)
                on_choose=move |method| apply.run((filters.get_untracked().with(|f| f.method = method), false))
            />
            <LocationFilter id="orders-location" href=by_location/>
        </form>
    }
}

#[component]
fn Table(rows: Rows<OrderRow>) -> impl IntoView {
    let is_old = move || rows.is_catching_up().then_some("true");
    view! {
        <div class="table-frame" aria-busy=is_old>
            <table>
                <thead><tr>
                    <th scope="col">"Order"</th>
                    <th scope="col">"Customer"</th>
                    <th scope="col">"Stage"</th>
                    <th scope="col" class="extra">"Way out"</th>
                    <th scope="col">"Store"</th>
                    <th scope="col" class="number extra">"Units"</th>
                    <th scope="col" class="number">"Total"</th>
                    <th scope="col" class="number">"Promise"</th>
                    <th scope="col" class="number extra">"Placed"</th>
                </tr></thead>
                <tbody>
                    <For each=move || rows.places() key=|place| *place let:place>
                        <Line row=rows.at(place.1)/>
                    </For>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(row: Memo<Option<Shown<OrderRow>>>) -> impl IntoView {
    let console = Console::here();
    move || {
        row.get().map(|Shown { row, gone }| {
        let place = row.locations.first().cloned();
        let stores = place.clone().map(|id| {
            let more = row.locations.len().saturating_sub(1);
            let name = console.place(&id).map_or_else(|| id.to_string(), |place| place.name);
            if more > 0 { format!("{name} +{more}") } else { name }
        });
        let is_open = !matches!(row.stage, OrderStage::Completed | OrderStage::Cancelled);
        view! {
            <tr data-row="" data-test="order-row" data-gone=gone.to_string()>
                <th scope="row">
                    <a class="row-link" href=format!("/orders/{}", row.id)>
                        <span class="code">{row.short_code}</span>
                        <span class="quiet">{row.external_number}</span>
                    </a>
                </th>
                <td>{row.customer}</td>
                <td>
                    <OrderStageBadge stage=row.stage/>
                    {(row.exceptions > 0).then(|| view! {
                        <span class="flag"><Icon name="triangle-alert"/>{words::count(u64::from(row.exceptions), "exception", "exceptions")}</span>
                    })}
                </td>
                <td class="extra">{words::method(row.method)}</td>
                <td>{stores.unwrap_or_else(|| "—".to_owned())}</td>
                <td class="number extra">{row.units}</td>
                <td class="number">{intl::money(row.total_minor, &row.currency)}</td>
                <td class="number">
                    {if is_open {
                        view! { <Left promise=row.promise_at place=place.clone()/> }.into_any()
                    } else {
                        view! { <span class="quiet">"—"</span> }.into_any()
                    }}
                </td>
                <td class="number extra"><When at=row.placed_at place=place/></td>
            </tr>
        }
    })
    }
}
