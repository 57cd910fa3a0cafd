//! What is around every page: the bar at the side, the state of the connection, the person.

use domain::api::Operator;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

use console::{nav, words};

use super::{Icon, KeysHelp, Palette};
use crate::{api, browser, keys, keys::Overlays, session::Console, theme};

/// The frame; `children` is the page.
#[component]
pub fn Frame(
    /// Who is signed in.
    operator: Operator,
    /// The page.
    children: Children,
) -> impl IntoView {
    let overlays = Overlays { palette: RwSignal::new(false), help: RwSignal::new(false) };
    keys::listen(overlays);
    focus_each_page();
    let console = Console::here();
    let offline = move || console.offline_since_ms.get().map(api::offline_words);
    view! {
        <a class="skip" href="#content">"Skip to the page"</a>
        <div class="frame">
            <Side operator=operator overlays=overlays/>
            <div class="stage">
                <div role="status">
                    {move || offline().map(|words| view! {
                        <p class="offline" data-test="offline"><Icon name="wifi-off"/>{words}</p>
                    })}
                </div>
                <main id="content" tabindex="-1">{children()}</main>
            </div>
        </div>
        <Palette open=overlays.palette/>
        <KeysHelp open=overlays.help/>
    }
}

/// Another page is announced by moving the focus into it; another filter of the same page is not.
fn focus_each_page() {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if before.is_some_and(|before| before != path) {
            browser::focus("#content");
            browser::window().scroll_to_with_x_and_y(0.0, 0.0);
        }
        path
    });
}

#[component]
fn Side(operator: Operator, overlays: Overlays) -> impl IntoView {
    let places = nav::places(&operator);
    let path = use_location().pathname;
    let current = Memo::new({
        let places = places.clone();
        move |_| nav::current(&places, &path.get()).map(str::to_owned)
    });
    view! {
        <header class="side">
            <a class="brand" href="/" aria-label="Stockhand"><Icon name="package"/><span>"Stockhand"</span></a>
            <button class="find" on:click=move |_| overlays.palette.set(true)>
                <Icon name="search"/><span>"Find"</span><kbd>"Ctrl K"</kbd>
            </button>
            <nav aria-label="Pages">
                {places.into_iter().map(|place| {
                    let name = place.name;
                    let is_here = move || (current.get().as_deref() == Some(name)).then_some("page");
                    view! {
                        <a href=place.href aria-current=is_here data-test=format!("nav-{name}")>
                            <Icon name=place.icon/><span>{place.words}</span>
                        </a>
                    }
                }).collect_view()}
            </nav>
            <Person operator=operator overlays=overlays/>
        </header>
    }
}

#[component]
fn Person(operator: Operator, overlays: Overlays) -> impl IntoView {
    let console = Console::here();
    let refused = RwSignal::new(None::<String>);
    let sign_out = move |_| {
        spawn_local(async move {
            refused.set(console.sign_out().await.err().map(|failure| failure.advice()));
        });
    };
    let chosen = theme::chosen();
    let store = operator.location.clone();
    let works_at = move || {
        let store = store.clone()?;
        Some(console.place(&store).map_or_else(|| store.to_string(), |row| row.name))
    };
    view! {
        <div class="person">
            <p class="person-name">
                <Icon name="user"/>
                <span>
                    <strong>{operator.name}</strong>
                    <span class="quiet">{words::role(operator.role)}</span>
                    {move || works_at().map(|name| view! { <span class="quiet">{name}</span> })}
                </span>
            </p>
            <label class="theme">
                <span class="unseen">"Light or dark"</span>
                <select on:change=move |event| theme::choose(&event_target_value(&event))>
                    {theme::CHOICES.map(|(value, words)| view! {
                        <option value=value selected=chosen == value>{words}</option>
                    }).collect_view()}
                </select>
            </label>
            <button class="plain" on:click=move |_| overlays.help.set(true)>
                <Icon name="keyboard"/><span>"Keys"</span>
            </button>
            <button class="plain" data-test="sign-out" on:click=sign_out>
                <Icon name="log-out"/><span>"Sign out"</span>
            </button>
            <p class="field-error" role="alert">{move || refused.get()}</p>
        </div>
    }
}
