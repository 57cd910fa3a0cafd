//! No page has this address.

use leptos::prelude::*;

use crate::components::{Empty, PageHead};

/// The page.
#[component]
pub fn Missing() -> impl IntoView {
    view! {
        <PageHead title="No such page"/>
        <Empty icon="search" title="No page has this address" advice="It may have been cut when it was copied. Find what you look for with Ctrl+K.">
            <a class="button" href="/">"Go to the home page"</a>
        </Empty>
    }
}
