//! The work of the location, the most urgent first, in the engine's order.

use app_ui::time;
use domain::{
    bridge::{Card, Sent},
    fulfillment::Method,
    measure::counted,
};
use leptos::prelude::*;

use crate::{
    components::{
        icon::Icon,
        parts::{Broken, Empty, MethodBadge, SentMark, Skeleton},
    },
    state::{Loaded, Place, app},
};

/// Cards at first, and more at each wish: nobody reads two thousand, and every tablet must hold them.
const CARDS_STEP: usize = 60;

/// What is left out of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filter {
    All,
    Pickup,
    Ship,
    Mine,
}

impl Filter {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::All, "All", "filter-all"),
        (Self::Pickup, "Pickup", "filter-pickup"),
        (Self::Ship, "Ship", "filter-ship"),
        (Self::Mine, "Mine", "filter-mine"),
    ];

    fn takes(self, card: &Card) -> bool {
        match self {
            Self::All => true,
            Self::Pickup => card.method == Method::Pickup,
            Self::Ship => card.method == Method::Ship,
            Self::Mine => card.mine,
        }
    }
}

/// The queue screen.
#[component]
pub fn QueueScreen() -> impl IntoView {
    let app = app();
    let filter = RwSignal::new(Filter::All);
    let shown = RwSignal::new(CARDS_STEP);
    Effect::new(move |_| {
        filter.track();
        shown.set(CARDS_STEP);
    });
    let again = Callback::new(move |()| app.ask_queue());
    view! {
        <main class="page" data-test="queue">
            <Head filter />
            <Choices />
            {move || match app.queue.get() {
                Loaded::Waiting => view! { <Skeleton words="Loading the queue" /> }.into_any(),
                Loaded::Failed(failed) => view! { <Broken failed again /> }.into_any(),
                Loaded::Ready(queue) => {
                    let cards: Vec<Card> =
                        queue.cards.into_iter().filter(|card| filter.get().takes(card)).collect();
                    if cards.is_empty() {
                        view! { <Nothing filter=filter.get() /> }.into_any()
                    } else {
                        view! { <Cards cards shown /> }.into_any()
                    }
                }
            }}
        </main>
    }
}

/// The most urgent cards, and a button for more of them.
#[component]
fn Cards(cards: Vec<Card>, shown: RwSignal<usize>) -> impl IntoView {
    let count = cards.len();
    let visible = move || {
        let cards = cards.iter().take(shown.get()).cloned();
        cards.map(|card| view! { <QueueCard card /> }).collect_view()
    };
    let more = move || {
        let left = count.saturating_sub(shown.get());
        (left > 0).then(|| {
            view! {
                <button class="button quiet queue-more" data-test="queue-more"
                    on:click=move |_| shown.update(|cards| *cards += CARDS_STEP)>
                    "Show more ("{left}" later)"
                </button>
            }
        })
    };
    view! {
        <ol class="queue">{visible}</ol>
        {more}
    }
}

#[component]
fn Nothing(filter: Filter) -> impl IntoView {
    let app = app();
    let (words, next) = match filter {
        _ if app.of_status(|status| status.sync.loading) => {
            ("Loading this store’s work", "Orders appear here as they arrive.")
        }
        Filter::All => ("All done", "New orders appear here by themselves."),
        Filter::Mine => ("You have no work open", "Take the most urgent order from All."),
        Filter::Pickup | Filter::Ship => ("Nothing of this kind", "Look at All."),
    };
    view! { <Empty icon="package-check" test="queue-empty" words next /> }
}

/// The heading with its counts and filters.
#[component]
fn Head(filter: RwSignal<Filter>) -> impl IntoView {
    let app = app();
    let count = move |wanted: Filter| {
        app.queue.with(|queue| match queue {
            Loaded::Ready(queue) => queue.cards.iter().filter(|card| wanted.takes(card)).count(),
            _ => 0,
        })
    };
    let others = move || {
        app.queue.with(|queue| match queue {
            Loaded::Ready(queue) if queue.with_others > 0 => {
                Some(format!("{} with others", queue.with_others))
            }
            _ => None,
        })
    };
    let button = move |(wanted, words, test): (Filter, &'static str, &'static str)| {
        view! {
            <button class="filter" data-test=test
                aria-pressed=move || if filter.get() == wanted { "true" } else { "false" }
                on:click=move |_| filter.set(wanted)>
                {words}" "<span class="filter-count">{move || count(wanted)}</span>
            </button>
        }
    };
    view! {
        <div class="page-head">
            <h1>"Queue"</h1>
            <p class="quiet-text" data-test="with-others">{others}</p>
            <p class="armed"><Icon name="scan-barcode" />"Scan an order, a pickup code or an item to open it"</p>
            <div class="filters" role="group" aria-label="Show">
                {Filter::ALL.into_iter().map(button).collect_view()}
            </div>
        </div>
    }
}

/// Several fulfillments that one scan meant.
#[component]
fn Choices() -> impl IntoView {
    let app = app();
    move || {
        let cards = app.choices.get();
        (!cards.is_empty()).then(|| {
            view! {
                <section class="choices" data-test="choices" aria-label="Choose one">
                    <div class="choices-head">
                        <h2>"This scan means more than one order: choose"</h2>
                        <button class="button quiet" data-test="choices-away"
                            on:click=move |_| app.choices.set(Vec::new())>"None of these"</button>
                    </div>
                    <ol class="queue">
                        {cards.into_iter().map(|card| view! { <QueueCard card /> }).collect_view()}
                    </ol>
                </section>
            }
        })
    }
}

/// One fulfillment: time left, code, how far, who has it.
#[component]
fn QueueCard(card: Card) -> impl IntoView {
    let app = app();
    let (id, promise) = (card.fulfillment, card.promise_at);
    let left = Memo::new(move |_| time::left(promise, app.now.get()));
    let who = match (card.mine, card.claimed_by.clone()) {
        (true, _) => Some("On this tablet".to_owned()),
        (false, by) => by.map(|by| format!("With {by}")),
    };
    let slots = card.slots.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let marks = view! {
        {who.map(|who| view! { <span class="mark"><Icon name="user" />{who}</span> })}
        {(!slots.is_empty()).then(|| view! { <span class="mark"><Icon name="map-pin" />{slots}</span> })}
        {(card.exceptions > 0).then(|| view! {
            <span class="mark warn"><Icon name="triangle-alert" />{card.exceptions}" to look at"</span>
        })}
        {(card.sent != Sent::Confirmed).then(|| view! { <SentMark sent=card.sent /> })}
    };
    view! {
        <li>
            <button class="queue-card" data-test="queue-card" data-code=card.short_code.clone()
                data-stage=card.stage.as_str() data-mine=card.mine.then_some("")
                on:click=move |_| app.open(Place::Work(id))>
                <span class="time" data-urgency=move || left.get().urgency.name()>
                    <Icon name="clock" />
                    <b class="time-figure">{move || left.get().figure}</b>
                    <span class="time-word">{move || left.get().word}</span>
                </span>
                <span class="queue-main">
                    <span class="queue-top">
                        <b class="code">{card.short_code.clone()}</b>
                        <span class="initials">{card.initials.clone()}</span>
                        <MethodBadge method=card.method />
                    </span>
                    <span class="queue-stage">
                        <b>{first_upper(&card.stage_words)}</b>
                        <span class="quiet-text">{card.external_number.clone()}</span>
                    </span>
                    <span class="marks">{marks}</span>
                </span>
                <span class="queue-units">
                    <b class="figure">{card.units_done}<small>" of "{card.units}</small></b>
                    <span class="quiet-text">{lines_words(card.lines)}</span>
                    <progress max=card.units.max(1) value=card.units_done></progress>
                </span>
            </button>
        </li>
    }
}

/// A number of lines in words.
pub fn lines_words(lines: u32) -> String {
    counted(lines.into(), "item", "items")
}

/// The sentence with a capital first letter.
pub fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
