//! The console for operations and store managers, as it starts in the browser.
//!
//! Reaches the data through the public API only.

use leptos::prelude::*;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(App);
}

/// The whole page.
#[component]
fn App() -> impl IntoView {
    view! {
        <main>
            <h1>"Stockhand console"</h1>
        </main>
    }
}
