//! The associate's app, as it starts in the window.
//!
//! Holds no rule about orders and never talks to the network: the shell does.

mod bridge;

use leptos::prelude::*;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(App);
}

/// The whole screen.
#[component]
fn App() -> impl IntoView {
    let version = LocalResource::new(bridge::about);
    view! {
        <main>
            <h1>"Stockhand"</h1>
            <p id="version">{move || version.get()}</p>
        </main>
    }
}
