//! One action after the other: scans that arrive while the engine works wait their turn, in order.
//!
//! Nothing is dropped and nothing is sent twice; what an action means is the engine's business.

use std::collections::VecDeque;

use domain::{
    bridge::{Act, Action, Feedback, Find, Found},
    ids::FulfillmentId,
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    bridge,
    state::{App, Loaded, Place},
};
use app_ui::tones::Tone;

enum Turn {
    Act { fulfillment: FulfillmentId, action: Action, then: Box<dyn FnOnce(bool)> },
    Find { text: String },
}

#[derive(Default)]
struct Line {
    waiting: VecDeque<Turn>,
    busy: bool,
}

/// The line of actions.
#[derive(Clone, Copy)]
pub struct Turns(StoredValue<Line, LocalStorage>);

impl Turns {
    /// An empty line.
    pub fn new() -> Self {
        Self(StoredValue::new_local(Line::default()))
    }

    /// Does something to a fulfillment, in its turn.
    pub fn act(
        self,
        app: App,
        fulfillment: FulfillmentId,
        action: Action,
        then: impl FnOnce(bool) + 'static,
    ) {
        self.push(app, Turn::Act { fulfillment, action, then: Box::new(then) });
    }

    /// Looks up what a scan means, in its turn.
    pub fn find(self, app: App, text: String) {
        self.push(app, Turn::Find { text });
    }

    fn push(self, app: App, turn: Turn) {
        self.0.update_value(|line| line.waiting.push_back(turn));
        if self.0.with_value(|line| line.busy) {
            return;
        }
        self.0.update_value(|line| line.busy = true);
        spawn_local(async move {
            while let Some(turn) = self.next() {
                take(app, turn).await;
            }
        });
    }

    fn next(self) -> Option<Turn> {
        let mut turn = None;
        self.0.update_value(|line| {
            turn = line.waiting.pop_front();
            line.busy = turn.is_some();
        });
        turn
    }
}

async fn take(app: App, turn: Turn) {
    match turn {
        Turn::Act { fulfillment, action, then } => then(act(app, fulfillment, action).await),
        Turn::Find { text } => find(app, text).await,
    }
}

async fn act(app: App, fulfillment: FulfillmentId, action: Action) -> bool {
    let ticket = app.ticket();
    match bridge::call(&Act { fulfillment, action }).await {
        Ok(done) => {
            app.take_work(ticket, done.work);
            app.feed_back(&done.feedback);
            !matches!(done.feedback, Feedback::Refused { .. })
        }
        Err(failed) => {
            app.fail(&failed);
            false
        }
    }
}

async fn find(app: App, text: String) {
    match bridge::call(&Find { text }).await {
        Ok(Found::Work { fulfillment, code_verified }) => {
            app.open(Place::Work(fulfillment));
            let said = if code_verified { "Code verified." } else { "Found." };
            app.say(Tone::Accepted, said, "");
        }
        Ok(Found::Several { cards }) => {
            app.open(Place::Queue);
            app.say(Tone::Attention, &format!("{} orders match: choose one.", cards.len()), "");
            app.choices.set(cards);
        }
        Ok(Found::Nothing { sentence }) => {
            app.say(Tone::Refused, &sentence, "Scan an order, a pickup code, a slot or an item.");
        }
        Err(failed) => app.fail(&failed),
    }
}

/// Opens the most urgent work that is on the queue.
pub fn open_next(app: App) {
    let first = app.queue.with_untracked(|queue| match queue {
        Loaded::Ready(queue) => queue.cards.first().map(|card| card.fulfillment),
        _ => None,
    });
    match first {
        Some(id) => app.open(Place::Work(id)),
        None => app.say(Tone::Attention, "There is no open work.", ""),
    }
}
