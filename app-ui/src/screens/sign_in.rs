//! Who works here: people as large cards, then the PIN by finger, keys or scanner.

use domain::{
    bridge::{Person, SignIn},
    ids::AssociateId,
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    bridge,
    components::{
        bars::{SyncBar, role_words},
        icon::Icon,
        pad::Pad,
        parts::{Broken, Empty, Skeleton},
    },
    state::{Loaded, Place, app},
};
use app_ui::tones::Tone;

/// Most digits of a PIN.
const PIN_MAX: usize = 12;
/// Fewest digits of a PIN: shorter is not worth a try that counts.
const PIN_MIN: usize = 4;

/// The sign-in screen.
#[component]
pub fn SignInScreen() -> impl IntoView {
    let app = app();
    let chosen = RwSignal::new(None::<Person>);
    let pin = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let enter = Callback::new(move |()| {
        if let Some(person) = chosen.get_untracked().filter(|_| !busy.get_untracked()) {
            busy.set(true);
            sign_in(person.id, pin.get_untracked(), busy);
            pin.set(String::new());
        }
    });
    app.scans_to.set(Some(Callback::new(move |text: String| {
        let is_pin = text.len() >= PIN_MIN && text.bytes().all(|byte| byte.is_ascii_digit());
        match badge(&text) {
            Some(person) => chosen.set(Some(person)),
            None if is_pin && chosen.get_untracked().is_some() => {
                pin.set(text);
                enter.run(());
            }
            None => app.say(Tone::Refused, "This badge is not known here.", "Tap your name."),
        }
    })));
    on_cleanup(move || app.scans_to.set(None));
    view! {
        <SyncBar />
        <main class="door" data-test="sign-in">
            {move || match chosen.get() {
                None => view! { <Who chosen /> }.into_any(),
                Some(person) => view! { <Pin person chosen pin busy enter /> }.into_any(),
            }}
        </main>
    }
}

/// The person whose badge this is.
fn badge(text: &str) -> Option<Person> {
    app().people.with_untracked(|people| match people {
        Loaded::Ready(people) => {
            people.iter().find(|p| p.id.as_str().eq_ignore_ascii_case(text.trim())).cloned()
        }
        _ => None,
    })
}

fn sign_in(associate: AssociateId, pin: String, busy: RwSignal<bool>) {
    let app = app();
    spawn_local(async move {
        match bridge::call(&SignIn { associate, pin }).await {
            Ok(status) => {
                app.answer.set(None);
                app.take_status(status);
                app.open(Place::Queue);
            }
            Err(failed) => app.fail(&failed),
        }
        busy.set(false);
    });
}

/// Everyone who can sign in.
#[component]
fn Who(chosen: RwSignal<Option<Person>>) -> impl IntoView {
    let app = app();
    let store = move || {
        app.of_status(|status| status.enrolled.as_ref().and_then(|e| e.location_name.clone()))
    };
    let card = move |person: Person| {
        let (test, for_click) = (format!("person-{}", person.id), person.clone());
        view! {
            <li>
                <button class="person" data-test=test
                    on:click=move |_| chosen.set(Some(for_click.clone()))>
                    <span class="monogram" aria-hidden="true">{monogram(&person.name)}</span>
                    <span class="person-words">
                        <span class="person-name">{person.name.clone()}</span>
                        <span class="quiet-text">{role_words(person.role)}" · "{person.id.to_string()}</span>
                    </span>
                </button>
            </li>
        }
    };
    view! {
        <div class="door-wide">
            <p class="brand"><Icon name="scan-barcode" />"Stockhand"</p>
            <h1>"Who is working?"</h1>
            <p class="quiet-text">{store}" · tap your name or scan your badge"</p>
            {move || match app.people.get() {
                Loaded::Waiting => view! { <Skeleton words="Loading people" /> }.into_any(),
                Loaded::Failed(failed) => {
                    let again = Callback::new(move |()| app.ask_people());
                    view! { <Broken failed again /> }.into_any()
                }
                Loaded::Ready(people) if people.is_empty() => view! {
                    <Empty icon="users" test="people-empty" words="Nobody can sign in yet"
                        next="This tablet is still loading, or the store has no people yet." />
                }.into_any(),
                Loaded::Ready(people) => view! {
                    <ul class="people">{people.into_iter().map(card).collect_view()}</ul>
                }.into_any(),
            }}
        </div>
    }
}

/// Up to two letters of a name.
fn monogram(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect()
}

/// The PIN of the chosen person.
#[component]
fn Pin(
    person: Person,
    chosen: RwSignal<Option<Person>>,
    pin: RwSignal<String>,
    busy: RwSignal<bool>,
    enter: Callback<()>,
) -> impl IntoView {
    let back = move |_| {
        pin.set(String::new());
        chosen.set(None);
    };
    let off = Signal::derive(move || busy.get() || pin.with(String::len) < PIN_MIN);
    let dots = move || {
        let length = pin.with(String::len);
        (0..length.max(6))
            .map(|i| view! { <i data-full=(i < length).then_some("") /> })
            .collect_view()
    };
    let said = move || format!("{} digits entered", pin.with(String::len));
    view! {
        <section class="pin card" aria-labelledby="pin-who">
            <button class="button quiet" data-back="" data-test="pin-cancel" on:click=back>
                <Icon name="arrow-left" />"Someone else"
            </button>
            <span class="monogram" aria-hidden="true">{monogram(&person.name)}</span>
            <h1 id="pin-who">{person.name.clone()}</h1>
            <p class="quiet-text">"Enter your PIN"</p>
            <div class="pin-dots" data-test="pin-dots" aria-hidden="true">{dots}</div>
            <p class="hidden" role="status">{said}</p>
            <Pad name="pin" text=pin max=PIN_MAX enter_words="Sign in" enter_off=off on_enter=enter />
        </section>
    }
}
