//! The bars above every page: pages, person, and the truth about sync.

use app_ui::truth;
use domain::{bridge::SignOut, people::Role};
use leptos::{prelude::*, task::spawn_local};

use super::icon::Icon;
use crate::{
    bridge,
    state::{Place, app},
};

/// The sync bar: a thin line while all is well, a sentence when not. Always there.
#[component]
pub fn SyncBar() -> impl IntoView {
    let app = app();
    let bar = Memo::new(move |_| {
        app.of_status(|status| Some(truth::bar(&status.sync, |at| app.time_of_day(at))))
    });
    let icon = move || match bar.get().map(|bar| bar.state) {
        Some("offline") => "wifi-off",
        _ => "refresh-cw",
    };
    view! {
        <div class="sync-bar" data-test="sync-bar" role="status"
            data-state=move || bar.get().map(|bar| bar.state)>
            {move || bar.get().map(|bar| view! {
                <Icon name=icon() />
                <span class="sync-words">{bar.words}</span>
                {bar.offers_retry.then(|| view! {
                    <button class="button quiet small" data-test="sync-now"
                        on:click=move |_| app.sync_now()>"Try now"</button>
                })}
            })}
        </div>
        <Alarm />
    }
}

/// What everyone at this tablet must know.
#[component]
fn Alarm() -> impl IntoView {
    let app = app();
    let alarm = Memo::new(move |_| app.of_status(|status| status.sync.alarm.clone()));
    move || {
        alarm.get().map(|words| {
            view! {
                <div class="alarm" role="alert" data-test="alarm">
                    <Icon name="triangle-alert" /><p>{words}</p>
                </div>
            }
        })
    }
}

/// The bar of the pages: where one is, what needs you, who one is.
#[component]
pub fn TopBar() -> impl IntoView {
    let app = app();
    let store = move || {
        app.of_status(|status| {
            let enrolled = status.enrolled.as_ref();
            enrolled.map(|e| e.location_name.clone().unwrap_or_else(|| e.location.to_string()))
        })
    };
    let needs_you = Memo::new(move |_| app.of_status(|status| status.sync.needs_you));
    let current = move |place: Place| (app.place.get() == place).then_some("page");
    let queue_current = move || match app.place.get() {
        Place::Work(_) => Some("true"),
        place => (place == Place::Queue).then_some("page"),
    };
    view! {
        <header class="top-bar">
            <p class="top-store"><Icon name="store" /><span>{store}</span></p>
            <nav class="top-nav" aria-label="Pages">
                <button class="nav" data-test="nav-queue" aria-current=queue_current
                    on:click=move |_| app.open(Place::Queue)>
                    <Icon name="list" /><span>"Queue"</span>
                </button>
                <button class="nav" data-test="inbox-open"
                    aria-current=move || current(Place::Inbox)
                    on:click=move |_| app.open(Place::Inbox)>
                    <Icon name="inbox" /><span>"Needs you"</span>
                    {move || (needs_you.get() > 0).then(|| view! {
                        <span class="count" data-test="needs-you">{needs_you.get()}</span>
                    })}
                </button>
                <button class="nav" data-test="nav-settings"
                    aria-current=move || current(Place::Settings)
                    on:click=move |_| app.open(Place::Settings)>
                    <Icon name="settings" /><span>"Settings"</span>
                </button>
            </nav>
            <Who />
        </header>
    }
}

/// Who works here, and the way out.
#[component]
fn Who() -> impl IntoView {
    let app = app();
    let person = Memo::new(move |_| app.person());
    let leave = move |_| {
        spawn_local(async move {
            match bridge::call(&SignOut {}).await {
                Ok(status) => {
                    app.place.set(Place::Queue);
                    app.answer.set(None);
                    app.take_status(status);
                    app.ask_people();
                }
                Err(failed) => app.fail(&failed),
            }
        });
    };
    move || {
        person.get().map(|person| {
            view! {
                <button class="nav who" data-test="sign-out" on:click=leave>
                    <Icon name="log-out" />
                    <span class="who-words">
                        <span data-test="who">{person.name}</span>
                        <span class="quiet-text">{role_words(person.role)}" · sign out"</span>
                    </span>
                </button>
            }
        })
    }
}

/// A role in words.
pub const fn role_words(role: Role) -> &'static str {
    match role {
        Role::Associate => "Associate",
        Role::Lead => "Lead",
        Role::Manager => "Manager",
    }
}
