//! A list of the API, as every page shows one: how many there are, the rows, or why there are none, and the
//! way to the next page.

use domain::api::Page;
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use console::{
    failure::Failure,
    live::{Row, Shown},
};

use super::{FailureView, Loading, list_head::ListHead, list_head::Pager};
use crate::rows::Rows;

/// A heading of a table: its words, and the classes of its column.
pub type Heading = (&'static str, &'static str);

/// What there is to show.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// It could not be fetched.
    Failed(Failure),
    /// It is on its way.
    Awaited,
    /// There are no rows.
    Empty,
    /// There are rows.
    Listed,
}

impl Standing {
    /// From what blocks it, and how many rows have come.
    pub fn of(failure: Option<Failure>, count: Option<usize>) -> Self {
        match (failure, count) {
            (Some(failure), _) => Self::Failed(failure),
            (None, None) => Self::Awaited,
            (None, Some(0)) => Self::Empty,
            (None, Some(_)) => Self::Listed,
        }
    }
}

/// The rows, or why there are none. Drawn anew only when it is another of these: a refresh leaves what
/// somebody types in or has opened.
#[component]
pub fn Listing(
    /// Which of them.
    #[prop(into)]
    standing: Memo<Standing>,
    /// Tries again.
    #[prop(into)]
    again: Callback<()>,
    /// What is shown in the place of no rows.
    #[prop(into)]
    nothing: ViewFn,
    /// The rows.
    children: ChildrenFn,
) -> impl IntoView {
    move || match standing.get() {
        Standing::Failed(failure) => {
            view! { <FailureView failure=failure again=again/> }.into_any()
        }
        Standing::Awaited => view! { <Loading/> }.into_any(),
        Standing::Empty => nothing.run(),
        Standing::Listed => children().into_any(),
    }
}

/// The list.
#[component]
pub fn List<T>(
    /// Its rows.
    rows: Rows<T>,
    /// One of them.
    one: &'static str,
    /// Several.
    many: &'static str,
    /// What is shown in the place of no rows.
    #[prop(into)]
    nothing: ViewFn,
    /// Where its page begins, as the address says; empty on the first.
    #[prop(optional, into)]
    after: Signal<String>,
    /// The address of a page, by where it begins; absent where there is only one page.
    #[prop(optional, into)]
    page: Option<Callback<String, String>>,
    /// The rows as they are drawn.
    children: ChildrenFn,
) -> impl IntoView
where
    T: Row + Serialize + DeserializeOwned + PartialEq + Send + Sync + 'static,
    Page<T>: DeserializeOwned,
{
    let standing = Memo::new(move |_| {
        Standing::of(rows.blocking_failure(), (!rows.is_first_load()).then(|| rows.len()))
    });
    let first = move |page: Callback<String, String>| {
        Signal::derive(move || (!after.get().is_empty()).then(|| page.run(String::new())))
    };
    let next = move |page: Callback<String, String>| {
        Signal::derive(move || rows.next().map(|after| page.run(after)))
    };
    view! {
        <ListHead rows=rows one=one many=many/>
        <Listing standing=standing again=move |()| rows.again() nothing=nothing children=children/>
        {page.map(|page| view! { <Pager first=first(page) next=next(page)/> })}
    }
}

/// Rows as a table, one line each.
#[component]
pub fn Lines<T>(
    /// The rows.
    rows: Rows<T>,
    /// The columns.
    headings: &'static [Heading],
    /// Draws one.
    line: fn(Memo<Option<Shown<T>>>) -> AnyView,
) -> impl IntoView
where
    T: Row + Serialize + DeserializeOwned + PartialEq + Send + Sync + 'static,
    Page<T>: DeserializeOwned,
{
    let is_old = move || rows.is_catching_up().then_some("true");
    view! {
        <div class="table-frame" aria-busy=is_old>
            <table>
                <Headings of=headings/>
                <tbody>
                    <For each=move || rows.places() key=|place| *place let:place>
                        {line(rows.at(place.1))}
                    </For>
                </tbody>
            </table>
        </div>
    }
}

/// The head of a table.
#[component]
pub fn Headings(
    /// The columns.
    of: &'static [Heading],
) -> impl IntoView {
    view! {
        <thead><tr>
            {of.iter().map(|(words, class)| view! { <th scope="col" class=*class>{*words}</th> }).collect_view()}
        </tr></thead>
    }
}
