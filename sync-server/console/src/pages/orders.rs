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
        Choice, Empty, Heading, Icon, Left, Lines, List, LocationFilter, OrderStageBadge, PageHead,
        SearchBox, When,
    },
    intl,
    rows::Rows,
    session::Console,
};

/// The columns.
const HEADINGS: [Heading; 9] = [
    ("Order", ""),
    ("Customer", ""),
    ("Stage", ""),
    ("Way out", "extra"),
    ("Store", ""),
    ("Units", "number extra"),
    ("Total", "number"),
    ("Promise", "number"),
    ("Placed", "number extra"),
];

/// The page.
#[component]
pub fn Orders() -> impl IntoView {
    let query = use_query_map();
    let filters = Memo::new(move |_| {
        let query = query.read();
        OrderFilters::read(|key| query.get(key))
    });
    let rows = Rows::<OrderRow>::new(move || Some(filters.get().call()));
    // Only the first is named, and its zone is that of the times.
    rows.learn_places(|row| row.locations.first());
    let after = Signal::derive(move || filters.get().after);
    let page = move |after: String| OrderFilters { after, ..filters.get() }.page();
    view! {
        <PageHead title="Orders"/>
        <Filters filters=filters/>
        <List
            rows=rows one="order" many="orders" after=after page=page
            nothing=move || view! { <NoOrders narrows=filters.with(OrderFilters::narrows)/> }
        >
            <Lines rows=rows headings=&HEADINGS line=|row| view! { <Line row=row/> }.into_any()/>
        </List>
    }
}

#[component]
fn NoOrders(narrows: bool) -> impl IntoView {
    if narrows {
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
