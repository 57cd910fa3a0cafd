//! Walk and scan: one item as large as it goes, the others small.

use app_ui::words::dotted;
use domain::bridge::{Action, WorkLine};
use leptos::prelude::*;

use super::{
    pick_dialogs::{QuantityDialog, ShortDialog, TypeDialog},
    work::GiveBack,
};
use crate::{
    components::{icon::Icon, picture::Picture},
    state::app,
};

/// The pick screen.
#[component]
pub fn PickStep() -> impl IntoView {
    let app = app();
    // A line that a person taps is shown until nothing of it is left.
    let chosen = RwSignal::new(None::<u32>);
    let current = Memo::new(move |_| {
        let chosen = chosen.get();
        app.of_work(|work| {
            let open = |line: &&WorkLine| line.left > 0;
            let tapped = work.lines.iter().filter(open).find(|line| Some(line.line) == chosen);
            tapped.or_else(|| work.lines.iter().find(open)).cloned()
        })
    });
    let (short, typing, counting) =
        (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    view! {
        <div class="pick">
            {move || current.get().map(|line| view! { <ItemCard line /> })}
            <Lines current chosen />
        </div>
        <div class="actions">
            <button class="button" data-test="undo" aria-keyshortcuts="Alt+U"
                disabled=move || !app.of_work(|work| work.can_undo)
                on:click=move |_| app.act(Action::Undo)><Icon name="undo-2" />"Undo"</button>
            <button class="button" data-test="type-open" aria-keyshortcuts="Alt+T"
                on:click=move |_| typing.set(true)><Icon name="keyboard" />"Type barcode"</button>
            <button class="button" data-test="quantity-open" aria-keyshortcuts="Alt+N"
                disabled=move || current.get().is_none_or(|line| line.left < 2)
                on:click=move |_| counting.set(true)><Icon name="plus" />"Pick several"</button>
            <button class="button warn" data-test="short" aria-keyshortcuts="Alt+M"
                on:click=move |_| short.set(true)><Icon name="package-x" />"Can’t find it"</button>
        </div>
        <ShortDialog open=short line=current />
        <TypeDialog open=typing />
        <QuantityDialog open=counting line=current />
    }
}

/// The item to find now.
#[component]
fn ItemCard(line: WorkLine) -> impl IntoView {
    let on_hand = line.on_hand.map(|there| {
        if there > 0 {
            format!("{there} here by the record")
        } else {
            "None here by the record".into()
        }
    });
    let next = if line.picked > 0 { "Scan one more" } else { "Scan it to pick" };
    let tail = line.barcode_tail.clone();
    view! {
        <article class="item card" data-test="item" data-sku=line.sku.clone() data-line=line.line>
            <Picture picture=line.picture.clone() />
            <div class="item-words">
                <p class="item-place"><Icon name="map-pin" />{line.department.clone()}" › "{line.category.clone()}</p>
                <h1 class="item-name">{line.name.clone()}</h1>
                <p class="item-size">{line.size.clone()}</p>
                {line.kit.clone().map(|kit| view! { <p class="quiet-text" data-test="kit">"Part of kit "{kit}</p> })}
                <p class="quiet-text">{on_hand}</p>
            </div>
            <dl class="item-figures">
                {tail.map(|tail| view! {
                    <div><dt>"Barcode ends"</dt><dd class="figure loud" data-test="barcode-tail">{tail}</dd></div>
                })}
                <div>
                    <dt>"Picked"</dt>
                    <dd class="figure loud" data-test="picked" aria-live="polite">
                        {line.picked}<small>" of "{line.wanted - line.short.min(line.wanted)}</small>
                    </dd>
                </div>
            </dl>
            <p class="armed"><Icon name="scan-barcode" />{next}</p>
        </article>
    }
}

/// Every line with how far it is, in walking order.
#[component]
fn Lines(current: Memo<Option<WorkLine>>, chosen: RwSignal<Option<u32>>) -> impl IntoView {
    let app = app();
    let total = move |part: fn(&WorkLine) -> u32| {
        app.of_work(|work| work.lines.iter().map(part).sum::<u32>())
    };
    let (picked, wanted) =
        (move || total(|l| l.picked + l.short), move || total(|l| l.wanted).max(1));
    let row = move |line: WorkLine| {
        let number = line.line;
        let state = if line.left == 0 { "done" } else { "open" };
        let is_current = move || current.get().is_some_and(|line| line.line == number);
        view! {
            <li>
                <button class="row" data-test=format!("line-{number}") data-state=state
                    aria-current=move || is_current().then_some("true") disabled=line.left == 0
                    on:click=move |_| chosen.set(Some(number))>
                    <Picture picture=line.picture.clone() />
                    <span class="row-words">
                        <b>{line.name.clone()}</b>
                        <span class="quiet-text">{dotted(&[&line.size, &line.department])}</span>
                        {line.kit.clone().map(|kit| view! { <span class="quiet-text">"Part of kit "{kit}</span> })}
                        {(line.short > 0).then(|| view! {
                            <span class="mark warn"><Icon name="package-x" />{line.short}" not found"</span>
                        })}
                    </span>
                    <span class="row-figure">
                        {(line.left == 0).then(|| view! { <Icon name="check" /> })}
                        {line.picked}<small>" of "{line.wanted}</small>
                    </span>
                </button>
            </li>
        }
    };
    view! {
        <section class="lines" aria-label="All items">
            <p class="lines-head">
                <span>"All items"</span>
                <span class="figure">{picked}" of "{wanted}</span>
            </p>
            <progress max=wanted value=picked aria-label="Units found"></progress>
            <ol class="rows">
                {move || app.of_work(|work| work.lines.clone()).into_iter().map(row).collect_view()}
            </ol>
            <GiveBack />
        </section>
    }
}
