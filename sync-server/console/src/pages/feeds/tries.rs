//! The newest tries of a webhook.

use domain::api::WebhookTry;
use leptos::prelude::*;

use console::{webhook_words, words};

use crate::components::{Empty, ToneBadge, When};

/// The part of the page.
#[component]
pub fn Tries(
    /// The newest first.
    tries: Memo<Vec<WebhookTry>>,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| tries.with(Vec::is_empty));
    view! {
        <section aria-labelledby="tries">
            <div class="section-head"><h2 id="tries">"Newest tries"</h2></div>
            {move || if is_empty.get() {
                view! { <Empty icon="inbox" title="Nothing was sent yet" advice="Tries appear here by themselves. A test is sent at once."/> }.into_any()
            } else {
                view! { <Table tries=tries/> }.into_any()
            }}
        </section>
    }
}

#[component]
fn Table(tries: Memo<Vec<WebhookTry>>) -> impl IntoView {
    let lines = move || tries.get().into_iter().map(|tried| view! { <Line tried=tried/> });
    view! {
        <div class="table-frame">
            <table>
                <thead><tr>
                    <th scope="col">"Outcome"</th>
                    <th scope="col">"What"</th>
                    <th scope="col" class="number">"Items"</th>
                    <th scope="col" class="number">"Took"</th>
                    <th scope="col" class="number">"When"</th>
                    <th scope="col" class="extra">"webhook-id"</th>
                </tr></thead>
                <tbody>{move || lines().collect_view()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(tried: WebhookTry) -> impl IntoView {
    let (tone, said) = webhook_words::outcome(&tried);
    let is_test = tried.what == "test";
    view! {
        <tr data-row="" data-test="try-row" data-outcome=tried.outcome.as_str()>
            <th scope="row"><ToneBadge tone=tone words=said/></th>
            <td>{if is_test { "Test" } else { "Changes" }}</td>
            <td class="number">{if is_test { "–".to_owned() } else { words::thousands(tried.items.into()) }}</td>
            <td class="number">{format!("{} ms", words::thousands(tried.took_ms.into()))}</td>
            <td class="number"><When at=tried.at/></td>
            <td class="extra"><code class="select-all">{tried.message}</code></td>
        </tr>
    }
}
