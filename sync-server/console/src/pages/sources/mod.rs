//! Who tells us about stock: every source, with what became of its newest batch.

mod batches;
mod change;
mod draft;
mod form;
mod new;
mod part;
mod running;
mod source;
mod starts;
mod statement;
mod token;
mod transport;
mod waiting;

use domain::api::{BatchRow, SourceRow};
use leptos::prelude::*;

use console::{
    batches::{COLUMNS, is_running},
    link, nav, words,
};

use self::{
    batches::{BatchState, Headings, Numbers},
    waiting::Waiting,
};
pub use self::{new::NewSource, source::Source};
use crate::{
    components::{Empty, Icon, Listing, PageHead, Standing, When},
    feed::Feed,
    session::Console,
};

/// The page.
#[component]
pub fn Sources() -> impl IntoView {
    let feed = Feed::<Vec<SourceRow>>::new(|| Some("/api/v1/sources".to_owned()));
    let sources = Memo::new(move |_| feed.current());
    let standing = Memo::new(move |_| {
        Standing::of(feed.blocking_failure(), sources.with(|all| all.as_ref().map(Vec::len)))
    });
    feed.hurry(Memo::new(move |_| {
        let runs = |source: &SourceRow| source.last.as_ref().is_some_and(is_running);
        sources.with(|sources| sources.iter().flatten().any(runs))
    }));
    view! {
        <PageHead title="Sources"><Waiting source=String::new()/><Add/></PageHead>
        <p class="quiet lead">
            "Systems that send stock in batches: the retailer's books, warehouses, tills, suppliers. What is refused here never reaches a promise."
        </p>
        <Listing
            standing=standing again=move |()| feed.again()
            nothing=|| view! { <Empty icon="truck" title="No source yet" advice="An administrator adds one, with how it writes."/> }
        >
            <Table sources=sources/>
        </Listing>
    }
}

#[component]
fn Add() -> impl IntoView {
    let may = Console::here().operator().is_some_and(|who| nav::states_sources(&who));
    may.then(|| {
        view! { <a class="button primary" href="/sources/new" data-test="new-source"><Icon name="plus"/>"Add a source"</a> }
    })
}

#[component]
fn Table(sources: Memo<Option<Vec<SourceRow>>>) -> impl IntoView {
    let ids = move || {
        sources.with(|rows| rows.iter().flatten().map(|row| row.id.clone()).collect::<Vec<_>>())
    };
    let row = move |id: String| {
        Memo::new(move |_| {
            sources.with(|rows| rows.iter().flatten().find(|row| row.id == id).cloned())
        })
    };
    view! {
        <div class="table-frame">
            <table>
                <thead><tr>
                    <th scope="col">"Source"</th>
                    <th scope="col" class="extra">"Kind"</th>
                    <th scope="col" class="extra">"Format"</th>
                    <th scope="col">"Newest batch"</th>
                    <Headings/>
                    <th scope="col" class="number">"Last word"</th>
                </tr></thead>
                <tbody>
                    <For each=ids key=|id| id.clone() let:id><Line row=row(id)/></For>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(row: Memo<Option<SourceRow>>) -> impl IntoView {
    move || {
        row.get().map(|row| {
            view! {
                <tr data-row="" data-test="source-row">
                    <th scope="row">
                        <a class="row-link" href=format!("/sources/{}", link::encoded(&row.id))>
                            {row.name}<span class="quiet">{row.id.clone()}</span>
                        </a>
                    </th>
                    <td class="extra">{words::source_kind(&row.kind)}</td>
                    <td class="extra">{words::source_format(&row.format)}</td>
                    <Newest batch=row.last/>
                </tr>
            }
        })
    }
}

/// The cells of the newest batch.
#[component]
fn Newest(batch: Option<BatchRow>) -> impl IntoView {
    let columns = (COLUMNS.len() + 2).to_string();
    match batch {
        None => {
            view! { <td colspan=columns class="quiet">"It has sent nothing yet"</td> }.into_any()
        }
        Some(batch) => view! {
            <td><BatchState batch=batch.clone()/></td>
            <Numbers batch=batch.clone()/>
            <td class="number"><When at=batch.touched_at/></td>
        }
        .into_any(),
    }
}
