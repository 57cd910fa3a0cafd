//! The root: which page is shown follows from the engine's status and the chosen place.

use std::time::Duration;

use app_ui::prefs::Prefs;
use domain::bridge::Status;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    bridge,
    components::{
        answer::Answers,
        bars::{SyncBar, TopBar},
        parts::{Broken, Skeleton},
    },
    keys,
    screens::{
        enrol::EnrolScreen, inbox::InboxScreen, queue::QueueScreen, settings::SettingsScreen,
        sign_in::SignInScreen, work::WorkScreen,
    },
    state::{App, Loaded, Place},
};

/// Where the settings lie in the page's storage.
const STORED_UNDER: &str = "stockhand.prefs";

/// Which door is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Starting,
    Broken,
    Enrol,
    SignIn,
    Inside,
}

fn door(status: &Loaded<Status>) -> Door {
    match status {
        Loaded::Waiting => Door::Starting,
        Loaded::Failed(_) => Door::Broken,
        Loaded::Ready(status) if status.enrolled.is_none() => Door::Enrol,
        Loaded::Ready(status) if status.session.is_none() => Door::SignIn,
        Loaded::Ready(_) => Door::Inside,
    }
}

/// The whole page.
#[component]
pub fn Root() -> impl IntoView {
    let app = App::new(stored());
    provide_context(app);
    Effect::new(move |_| apply(&app.prefs.get()));
    keys::listen(app);
    set_interval(move || app.tick(), Duration::from_secs(1));
    app.ask_status();
    spawn_local(async move {
        if let Err(failed) = bridge::on_changed(move |changed| app.changed(changed)).await {
            app.status.set(Loaded::Failed(failed));
        }
    });
    let open = Memo::new(move |_| app.status.with(door));
    view! {
        <Answers />
        {move || match open.get() {
            Door::Starting => view! { <main class="page"><Skeleton words="Starting" /></main> }.into_any(),
            Door::Broken => view! { <NotThere /> }.into_any(),
            Door::Enrol => view! { <EnrolScreen /> }.into_any(),
            Door::SignIn => view! { <SignInScreen /> }.into_any(),
            Door::Inside => view! { <Inside /> }.into_any(),
        }}
    }
}

#[component]
fn NotThere() -> impl IntoView {
    let app = crate::state::app();
    let again = Callback::new(move |()| app.ask_status());
    move || match app.status.get() {
        Loaded::Failed(failed) => Some(view! { <main class="page"><Broken failed again /></main> }),
        _ => None,
    }
}

/// The pages of somebody who is signed in.
#[component]
fn Inside() -> impl IntoView {
    let app = crate::state::app();
    view! {
        <TopBar />
        <SyncBar />
        {move || match app.place.get() {
            Place::Queue => view! { <QueueScreen /> }.into_any(),
            Place::Work(id) => view! { <WorkScreen id /> }.into_any(),
            Place::Inbox => view! { <InboxScreen /> }.into_any(),
            Place::Settings => view! { <SettingsScreen /> }.into_any(),
        }}
    }
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

fn stored() -> Prefs {
    let text = storage().and_then(|storage| storage.get_item(STORED_UNDER).ok().flatten());
    text.map_or_else(Prefs::default, |text| Prefs::read(&text))
}

/// Keeps the settings and puts them on the root element, where the style sheets look.
fn apply(prefs: &Prefs) {
    if let Some(storage) = storage() {
        // A full or forbidden storage loses a setting at the next start, nothing else.
        let _ = storage.set_item(STORED_UNDER, &prefs.write());
    }
    let Some(root) = document().document_element() else { return };
    let set = |name: &str, value: &str| root.set_attribute(name, value).expect("a valid name");
    set("data-theme", &prefs.theme);
    set("data-hand", if prefs.left_hand { "left" } else { "right" });
    set("style", &format!("font-size:{}%", prefs.text_percent));
}
