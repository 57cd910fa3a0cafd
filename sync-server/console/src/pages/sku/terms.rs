//! How an item is sold beyond what is there and coming; nothing for most items.

use domain::api::ItemTerms;
use leptos::prelude::*;

use console::{link, terms};

use crate::{feed::Feed, intl};

/// A sentence for each of its terms.
#[component]
pub fn Terms(sku: Memo<String>) -> impl IntoView {
    let path = move || Some(format!("/api/v1/items/{}/terms", link::encoded(&sku.get())));
    let feed = Feed::<ItemTerms>::new(path);
    let said = Memo::new(move |_| {
        let terms = feed.current().unwrap_or_default();
        terms::said(&terms, |at| intl::exact(at, None))
    });
    move || {
        let one = |one| view! { <p class="notes" data-test="terms">{one}</p> };
        said.get().into_iter().map(one).collect_view()
    }
}
