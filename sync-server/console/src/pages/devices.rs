//! The tablets: who speaks, who is silent, and the two levers: add one, remove one.

use domain::{
    api::{DeviceRow, DeviceState},
    ids::LocationId,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_query_map;
use serde::de::IgnoredAny;

use console::{link, live::Shown, nav, tone::Tone, words};

use super::pairing::Pairing;
use crate::{
    api,
    components::{Dialog, Empty, Icon, List, LocationFilter, PageHead, ToneBadge, When},
    rows::Rows,
    session::Console,
};

fn address(location: &str, add: &str) -> String {
    link::to("/devices", &[("location", location), ("add", add)])
}

/// The page.
#[component]
pub fn Devices() -> impl IntoView {
    let (console, query) = (Console::here(), use_query_map());
    let location = Memo::new(move |_| query.read().get("location").unwrap_or_default());
    let adding = Memo::new(move |_| query.read().get("add").is_some());
    let may_steer =
        move || console.operator().is_some_and(|operator| nav::steers_devices(&operator));
    let rows = Rows::<DeviceRow>::new(move || {
        Some(link::to("/api/v1/devices", &[("location", &location.get())]))
    });
    let by_location = Callback::new(|chosen: Option<LocationId>| {
        address(chosen.as_ref().map_or("", LocationId::as_str), "")
    });
    let nothing = move || {
        let advice = if may_steer() {
            "Add one: choose its store, then type the code that you get into the tablet."
        } else {
            "An administrator can add one."
        };
        view! { <Empty icon="tablet" title="No tablet yet" advice=advice/> }
    };
    view! {
        <PageHead title="Tablets">
            <Show when=move || may_steer() && !adding.get()>
                <a class="button primary" data-test="new-pairing-code" data-act="" href=move || address(&location.get(), "1")>
                    <Icon name="plus"/>"Add a tablet"
                </a>
            </Show>
        </PageHead>
        <Show when=move || may_steer() && adding.get()>
            <Pairing rows=rows location=location.get_untracked() close=address(&location.get_untracked(), "")/>
        </Show>
        <Show when=move || !adding.get()>
            <div class="filters"><LocationFilter id="devices-location" href=by_location/></div>
        </Show>
        <List rows=rows one="tablet" many="tablets" nothing=nothing>
            <Table rows=rows may_steer=may_steer()/>
        </List>
    }
}

#[component]
fn Table(rows: Rows<DeviceRow>, may_steer: bool) -> impl IntoView {
    view! {
        <div class="table-frame">
            <table>
                <thead><tr>
                    <th scope="col">"Tablet"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Store"</th>
                    <th scope="col" class="number">"Last heard"</th>
                    <th scope="col" class="number">"Waiting there"</th>
                    <th scope="col" class="extra">"App"</th>
                    {may_steer.then(|| view! { <th scope="col"><span class="unseen">"Levers"</span></th> })}
                </tr></thead>
                <tbody>
                    <For each=move || rows.places() key=|place| *place let:place>
                        <Line row=rows.at(place.1) may_steer=may_steer on_done=move |()| rows.again()/>
                    </For>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Line(
    row: Memo<Option<Shown<DeviceRow>>>,
    may_steer: bool,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    move || {
        row.get().map(|Shown { row, gone }| {
        let href = format!("/locations/{}", link::encoded(row.location.as_str()));
        let can_revoke = may_steer && row.state != DeviceState::Revoked;
        let waiting = (row.waiting > 0).then_some("warn");
        view! {
            <tr data-row="" data-test="device-row" data-gone=gone.to_string()>
                <th scope="row" class="name">{row.name.clone()}<span class="quiet extra">{row.platform.clone()}</span></th>
                <td>
                    <ToneBadge tone=Tone::of_device(row.state) words=words::device_state(row.state)/>
                    {row.reason.clone().map(|reason| view! { <span class="under quiet">{reason}</span> })}
                </td>
                <td class="name">
                    <a href=href>{row.location_name.clone()}</a>
                    <span class="quiet extra">{row.location.to_string()}</span>
                </td>
                <td class="number">
                    {match row.last_seen {
                        Some(at) => view! { <When at=at place=row.location.clone()/> }.into_any(),
                        None => view! { <span class="quiet">"never"</span> }.into_any(),
                    }}
                </td>
                <td class="number"><span class="toned" data-tone=waiting>{words::thousands(row.waiting)}</span></td>
                <td class="quiet extra">{row.app.clone()}</td>
                {may_steer.then(|| view! {
                    <td class="lever-cell">{can_revoke.then(|| view! { <Revoke row=row on_done=on_done/> })}</td>
                })}
            </tr>
        }
    })
    }
}

#[component]
fn Revoke(row: DeviceRow, on_done: Callback<()>) -> impl IntoView {
    let console = Console::here();
    let (open, refused) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let (name, waiting, id) = (row.name, row.waiting, row.id);
    let revoke = move |_| {
        spawn_local(async move {
            let call = format!("/api/v1/devices/{id}/revoke");
            match api::post::<IgnoredAny>(console, &call, &serde_json::json!({})).await {
                Ok(_) => {
                    open.set(false);
                    on_done.run(());
                }
                Err(failure) => {
                    refused.set(Some(format!("{} {}", failure.title(), failure.advice())));
                }
            }
        });
    };
    let title = format!("Remove {name}?");
    let lever = format!("Remove {name}");
    let waits = (waiting > 0).then(|| {
        format!(
            "{} waited on it when it last spoke; they will not be taken any more.",
            words::count(waiting, "change", "changes")
        )
    });
    view! {
        <button class="button small" data-test="revoke" data-act="" on:click=move |_| open.set(true)>"Remove"</button>
        <Dialog open=open label="Remove a tablet">
            <h2>{title.clone()}</h2>
            <ul class="consequences">
                <li>"It can no longer sync, from now on. Do this when it is lost or leaves the store."</li>
                {waits.clone().map(|waits| view! { <li>{waits}</li> })}
                <li>"To use it again, it has to be added anew."</li>
            </ul>
            <p class="field-error" role="alert">{move || refused.get()}</p>
            <div class="dialog-levers">
                <button class="button" on:click=move |_| open.set(false)>"Keep it"</button>
                <button class="button bad" data-test="revoke-confirm" on:click=revoke>{lever.clone()}</button>
            </div>
        </Dialog>
    }
}
