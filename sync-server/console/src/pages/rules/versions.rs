//! Every version of the rules: by whom, why and when.

use domain::api::AtpVersionRow;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use console::{link, live::Shown};

use crate::{
    components::{Empty, Heading, Lines, List, When},
    rows::Rows,
};

fn address(after: &str) -> String {
    link::to("/rules", &[("view", "versions"), ("after", after)])
}

/// The columns.
const HEADINGS: [Heading; 4] = [("Version", ""), ("Why", ""), ("By", ""), ("Stated", "number")];

/// The part of the page.
#[component]
pub fn Versions() -> impl IntoView {
    let query = use_query_map();
    let after = Memo::new(move |_| query.read().get("after").unwrap_or_default());
    let rows = Rows::<AtpVersionRow>::new(move || {
        Some(link::to("/api/v1/atp/rules/versions", &[("after", &after.get())]))
    });
    let page = |after: String| address(&after);
    view! {
        <List
            rows=rows one="version" many="versions" after=after page=page
            nothing=move || view! { <Empty icon="history" title="Nobody has stated any rules" advice="The first version appears here once an administrator states one."/> }
        >
            <Lines rows=rows headings=&HEADINGS line=|row| view! { <Line row=row/> }.into_any()/>
        </List>
    }
}

#[component]
fn Line(row: Memo<Option<Shown<AtpVersionRow>>>) -> impl IntoView {
    move || {
        row.get().map(|Shown { row, gone }| {
            let number = row.version.to_string();
            view! {
                <tr data-row="" data-test="version-row" data-gone=gone.to_string()>
                    <th scope="row">
                        <a class="row-link" href=link::to("/rules", &[("version", &number)])>"Version "{number.clone()}</a>
                    </th>
                    <td>{row.comment}</td>
                    <td>{row.author}</td>
                    <td class="number"><When at=row.created_at/></td>
                </tr>
            }
        })
    }
}
