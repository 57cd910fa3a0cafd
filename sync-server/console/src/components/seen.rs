//! What an answer about promises was made from, so that two people can say whether they saw the same.

use domain::api::AtpSeen;
use leptos::prelude::*;

use console::words;

use super::When;

/// The time, the place in the log and the version of the rules.
#[component]
pub fn Seen(
    /// As the answer says.
    #[prop(into)]
    seen: Signal<Option<AtpSeen>>,
) -> impl IntoView {
    move || {
        seen.get().map(|seen| {
            let rules = match seen.rules {
                0 => "no rules stated yet".to_owned(),
                version => format!("rules version {version}"),
            };
            view! {
                <p class="seen quiet" data-test="seen" data-place=seen.place data-rules=seen.rules>
                    "As of " <When at=seen.as_of/>" "
                    <span class="code select-all">{seen.as_of.to_rfc3339()}</span>
                    {format!(" · place {} of the log · {rules}", words::number(seen.place))}
                </p>
            }
        })
    }
}
