//! Sign-in. It stands in place of the page that was asked for, so the address stays as it is.

use domain::api;
use leptos::{ev, html, prelude::*, task::spawn_local};

use console::failure::Failure;

use crate::{browser, components::Icon, session::Console};

fn said(failure: &Failure) -> String {
    match failure {
        // Which of the two is wrong is nobody's business.
        Failure::SignedOut => {
            "That name and password do not belong together. Try again.".to_owned()
        }
        other => format!("{}. {}", other.title(), other.advice()),
    }
}

/// The page.
#[component]
pub fn SignIn() -> impl IntoView {
    browser::set_title("Sign in");
    let console = Console::here();
    let (login, password) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let (busy, refused) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let (Some(login), Some(secret)) = (login.get_untracked(), password.get_untracked()) else {
            return;
        };
        let who = api::SignIn { login: login.value().trim().to_owned(), password: secret.value() };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let answer = console.sign_in(&who).await;
            if let Err(failure) = answer {
                busy.set(false);
                refused.set(Some(said(&failure)));
                secret.select();
            }
        });
    };
    view! {
        <main class="alone">
            <form class="card sign-in" on:submit=submit>
                <p class="brand"><Icon name="package"/><span>"Stockhand"</span></p>
                <h1>"Sign in to the console"</h1>
                <label class="field">
                    <span>"Name"</span>
                    <input node_ref=login data-test="login" name="login" autocomplete="username" autocapitalize="none" required=true autofocus=true/>
                </label>
                <label class="field">
                    <span>"Password"</span>
                    <input node_ref=password data-test="password" name="password" type="password" autocomplete="current-password" required=true/>
                </label>
                <p class="field-error" role="alert" data-test="sign-in-error">{move || refused.get()}</p>
                <button class="button primary" data-test="sign-in" type="submit" aria-disabled=move || busy.get().to_string()>
                    {move || if busy.get() { "Signing in" } else { "Sign in" }}
                </button>
                <p class="quiet">"No sign-in yet, or forgotten? An administrator can give you a new one."</p>
            </form>
        </main>
    }
}
