//! Settings of this tablet: printers, light, text, sound, hand, scanner, and what it is.

use app_ui::{prefs::Prefs, tones::Tone};
use leptos::prelude::*;

use super::{printers::Printers, scanner::ScannerTest};
use crate::{components::icon::Icon, state::app};

/// The settings page.
#[component]
pub fn SettingsScreen() -> impl IntoView {
    view! {
        <main class="page" data-test="settings">
            <div class="page-head"><h1>"Settings"</h1></div>
            <div class="settings">
                <Printers />
                <Eyes />
                <Ears />
                <ScannerTest />
                <About />
            </div>
        </main>
    }
}

/// A row of choices of which one holds.
#[component]
pub fn Choice<T: Clone + PartialEq + Send + Sync + 'static>(
    label: &'static str,
    test: &'static str,
    options: Vec<(T, &'static str)>,
    #[prop(into)] value: Signal<T>,
    set: Callback<T>,
) -> impl IntoView {
    let button = move |(option, words): (T, &'static str)| {
        let (held, sent) = (option.clone(), option);
        view! {
            <button class="filter" data-test=format!("{test}-{}", words.to_lowercase().replace([' ', '%'], ""))
                aria-pressed=move || if value.get() == held { "true" } else { "false" }
                on:click=move |_| set.run(sent.clone())>{words}</button>
        }
    };
    view! {
        <div class="choice" role="group" aria-label=label>
            <span>{label}</span>
            <div class="filters">{options.into_iter().map(button).collect_view()}</div>
        </div>
    }
}

fn of_prefs<T: Clone + PartialEq + Send + Sync + 'static>(part: fn(&Prefs) -> T) -> Signal<T> {
    let app = app();
    Signal::derive(move || app.prefs.with(part))
}

#[component]
fn Eyes() -> impl IntoView {
    let app = app();
    let theme = Callback::new(move |theme| app.prefs.update(|prefs| prefs.theme = theme));
    let text = Callback::new(move |percent| app.prefs.update(|prefs| prefs.text_percent = percent));
    let hand = Callback::new(move |left| app.prefs.update(|prefs| prefs.left_hand = left));
    let themes = vec![
        ("system".to_owned(), "Automatic"),
        ("light".into(), "Light"),
        ("dark".into(), "Dark"),
    ];
    let sizes = Prefs::TEXT_PERCENTS.into_iter().zip(["100%", "125%", "150%", "200%"]).collect();
    view! {
        <section class="card setting" aria-label="Screen">
            <h2><Icon name="sun" />"Screen"</h2>
            <Choice label="Colours" test="theme" options=themes value=of_prefs(|p| p.theme.clone()) set=theme />
            <Choice label="Text size" test="text" options=sizes value=of_prefs(|p| p.text_percent) set=text />
            <Choice label="Buttons under" test="hand" value=of_prefs(|p| p.left_hand) set=hand
                options=vec![(false, "Right thumb"), (true, "Left thumb")] />
        </section>
    }
}

#[component]
fn Ears() -> impl IntoView {
    let app = app();
    let volume = Callback::new(move |volume| app.prefs.update(|prefs| prefs.volume = volume));
    let shake = Callback::new(move |shake| app.prefs.update(|prefs| prefs.vibrate = shake));
    let hear = move |tone: Tone, words: &'static str, said: &'static str| {
        view! {
            <button class="button" data-test=format!("hear-{}", tone.name())
                on:click=move |_| app.say(tone, said, "")>{words}</button>
        }
    };
    view! {
        <section class="card setting" aria-label="Sound">
            <h2><Icon name="volume-2" />"Sound"</h2>
            <Choice label="Loudness" test="volume" value=of_prefs(|p| p.volume) set=volume
                options=vec![(0, "Silent"), (1, "Low"), (2, "Middle"), (3, "Loud")] />
            <Choice label="Vibration" test="vibrate" value=of_prefs(|p| p.vibrate) set=shake
                options=vec![(true, "On"), (false, "Off")] />
            <div class="filters">
                {hear(Tone::Accepted, "Hear accepted", "This is how accepted sounds.")}
                {hear(Tone::Refused, "Hear refused", "This is how refused sounds.")}
                {hear(Tone::Attention, "Hear attention", "This is how attention sounds.")}
            </div>
        </section>
    }
}

/// What this tablet is, for support.
#[component]
fn About() -> impl IntoView {
    let app = app();
    let row = move |name: &'static str, value: Option<String>| {
        value.map(|value| view! { <div><dt>{name}</dt><dd>{value}</dd></div> })
    };
    view! {
        <section class="card setting" aria-label="This tablet">
            <h2><Icon name="tablet" />"This tablet"</h2>
            <dl class="facts">
                {move || app.of_status(|status| {
                    let e = status.enrolled.clone();
                    let contact = status.sync.last_contact.map(|at| app.time_of_day(at));
                    Some(view! {
                        {row("Name", e.as_ref().map(|e| e.name.clone()))}
                        {row("Store", e.as_ref().map(|e| e.location.to_string()))}
                        {row("Server", e.as_ref().map(|e| e.url.clone()))}
                        {row("Last contact", contact.or(Some("never".into())))}
                        {row("Waiting to be sent", Some(status.sync.waiting.to_string()))}
                        {row("Tablet number", e.as_ref().map(|e| e.device.to_string()))}
                        {row("Version", Some(status.app.clone()))}
                    }.into_any())
                })}
            </dl>
        </section>
    }
}
