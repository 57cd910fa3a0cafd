//! The feeds: what there is, and how whoever fetches them goes on where the last file ended.

use leptos::prelude::*;

use console::feed_formats::{FORMATS, FeedFormat};

use crate::{
    browser,
    components::{Copy, Icon},
};

/// What a file says of itself, by the ends of its headers' names.
const HEADERS: [(&str, &str); 6] = [
    ("sequence", "Its number, from 1 without a gap: a file that is missing is seen by it."),
    ("rows", "How many rows it has."),
    ("sha256", "The hash of the whole file, in hexadecimal digits."),
    ("full", "Whether it begins with everything: then forget what you knew."),
    ("more", "Whether it was cut and goes on: then ask again at once."),
    ("next", "What to ask with the next time, as after=…: then only changes come."),
];

/// The part of the page.
#[component]
pub fn Formats() -> impl IntoView {
    view! {
        <section aria-labelledby="formats">
            <div class="section-head"><h2 id="formats">"Feeds"</h2></div>
            <p class="quiet lead">
                "Fetched with a channel's token, for its customers. Narrow them with method, market, region and buffer."
            </p>
            <div class="table-frame">
                <table>
                    <thead><tr>
                        <th scope="col">"Feed"</th>
                        <th scope="col" class="extra">"Written as"</th>
                        <th scope="col">"Everything, now"</th>
                        <th scope="col">"For a shell"</th>
                    </tr></thead>
                    <tbody>{FORMATS.map(|format| view! { <Line format=format/> }).collect_view()}</tbody>
                </table>
            </div>
            <div class="section-head"><h3 id="feed-headers">"What each file says of itself"</h3></div>
            <div class="table-frame">
                <table aria-labelledby="feed-headers">
                    <thead><tr><th scope="col">"Header"</th><th scope="col">"Says"</th></tr></thead>
                    <tbody>{HEADERS.map(|(name, says)| view! {
                        <tr>
                            <th scope="row"><code class="select-all">{format!("stockhand-feed-{name}")}</code></th>
                            <td class="words">{says}</td>
                        </tr>
                    }).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Line(format: FeedFormat) -> impl IntoView {
    let origin = browser::window().location().origin().unwrap_or_default();
    let (href, line) = (format.href(), format.line(&origin));
    let label = format!("Open {}", format.name);
    view! {
        <tr data-row="" data-test="feed-row" data-format=format.word>
            <th scope="row" class="feed-name">{format.name}<span class="quiet">{format.about}</span></th>
            <td class="extra">{format.form}</td>
            <td>{if format.query.is_empty() {
                view! { <a class="button small" href=href target="_blank" rel="noopener" aria-label=label><Icon name="external-link"/>"Open"</a> }.into_any()
            } else {
                view! { <span class="quiet">"needs your seller id"</span> }.into_any()
            }}</td>
            <td><Copy text=line label="Copy the line" test="copy-feed-line"/></td>
        </tr>
    }
}
