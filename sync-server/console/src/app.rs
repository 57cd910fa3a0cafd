//! The program: who is signed in decides what is shown, the address decides which page.

use domain::api::Operator;
use leptos::prelude::*;
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

use crate::{
    components::{FailureView, Frame, Loading},
    pages,
    session::{Console, Session},
    theme,
};

/// Everything.
#[component]
pub fn App() -> impl IntoView {
    theme::restore();
    let console = Console::start();
    provide_context(console);
    // Only another person is a reason to draw everything again.
    let session = Memo::new(move |_| console.session.get());
    view! {
        <Router>
            {move || match session.get() {
                Session::Unknown => view! { <main class="alone"><Loading/></main> }.into_any(),
                Session::Unreachable(failure) => view! {
                    <main class="alone">
                        <FailureView failure=failure again=move |()| console.ask_again()/>
                    </main>
                }.into_any(),
                Session::SignedOut => view! { <pages::SignIn/> }.into_any(),
                Session::SignedIn(operator) => view! { <Pages operator=operator/> }.into_any(),
            }}
        </Router>
    }
}

#[component]
fn Pages(operator: Operator) -> impl IntoView {
    view! {
        <Frame operator=operator>
            <Routes fallback=pages::Missing>
                <Route path=path!("/") view=pages::Home/>
                <Route path=path!("/orders") view=pages::Orders/>
                <Route path=path!("/orders/:id") view=pages::Order/>
                <Route path=path!("/at-risk") view=pages::AtRisk/>
                <Route path=path!("/exceptions") view=pages::Exceptions/>
                <Route path=path!("/locations") view=pages::Locations/>
                <Route path=path!("/locations/:id") view=pages::Queue/>
                <Route path=path!("/stock") view=pages::Stock/>
                <Route path=path!("/stock/:sku") view=pages::Sku/>
                <Route path=path!("/doubts") view=pages::Doubts/>
                <Route path=path!("/promises") view=pages::Promises/>
                <Route path=path!("/promises/basket") view=pages::BasketPage/>
                <Route path=path!("/rules") view=pages::Rules/>
                <Route path=path!("/sources") view=pages::Sources/>
                <Route path=path!("/sources/new") view=pages::NewSource/>
                <Route path=path!("/sources/:id") view=pages::Source/>
                <Route path=path!("/feeds") view=pages::Feeds/>
                <Route path=path!("/feeds/new") view=pages::NewWebhook/>
                <Route path=path!("/feeds/:id") view=pages::Webhook/>
                <Route path=path!("/dead-rows") view=pages::DeadRows/>
                <Route path=path!("/devices") view=pages::Devices/>
                <Route path=path!("/parked") view=pages::Parked/>
            </Routes>
        </Frame>
    }
}
