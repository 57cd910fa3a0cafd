//! What the screens show, and how it is asked for again: every signal of the app in one copyable value.
//!
//! Decides nothing about orders: it keeps the engine's last answers and which page is open.

use app_ui::{prefs::Prefs, tones::Tone};
use domain::{
    bridge::{
        Action, Card, Changed, Feedback, GetInbox, GetPeople, GetPrinting, GetQueue, GetStatus,
        GetWork, InboxEntry, Person, Printing, Queue, Status, SyncNow, Work,
    },
    clock::TimeMs,
    ids::FulfillmentId,
};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    bridge::{self, Failed},
    clock,
    sound::Speaker,
    turn::Turns,
};

/// Something asked of the engine: on the way, there, or why not.
#[derive(Debug, Clone, PartialEq)]
pub enum Loaded<T> {
    /// Asked, no answer yet.
    Waiting,
    /// The last answer.
    Ready(T),
    /// No answer.
    Failed(Failed),
}

/// Which page is open; sign-in and enrolment follow from the status instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The queue.
    Queue,
    /// One fulfillment.
    Work(FulfillmentId),
    /// What needs a person.
    Inbox,
    /// Printers, sound, hand, scanner.
    Settings,
}

/// The answer that is on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Counts up: the same words twice are two answers.
    pub id: u64,
    /// How it sounds and looks.
    pub tone: Tone,
    /// What happened, or what was wrong.
    pub sentence: String,
    /// What to do now; empty when nothing.
    pub next_action: String,
}

/// Everything the screens share.
#[derive(Clone, Copy)]
pub struct App {
    /// The tablet.
    pub status: RwSignal<Loaded<Status>>,
    /// Now, by the engine's clock; ticks every second.
    pub now: RwSignal<TimeMs>,
    /// The open page.
    pub place: RwSignal<Place>,
    /// Who can sign in.
    pub people: RwSignal<Loaded<Vec<Person>>>,
    /// The queue.
    pub queue: RwSignal<Loaded<Queue>>,
    /// Several fulfillments that one scan meant.
    pub choices: RwSignal<Vec<Card>>,
    /// The open fulfillment.
    pub work: RwSignal<Loaded<Work>>,
    /// What needs a person.
    pub inbox: RwSignal<Loaded<Vec<InboxEntry>>>,
    /// Printers and their queue.
    pub printing: RwSignal<Loaded<Printing>>,
    /// The answer on the screen.
    pub answer: RwSignal<Option<Answer>>,
    /// Settings of this tablet.
    pub prefs: RwSignal<Prefs>,
    /// Where scans go instead of the engine, while a screen wants them (sign-in, scanner test).
    pub scans_to: RwSignal<Option<Callback<String>>>,
    /// Where digits go that are typed outside of text boxes.
    pub digits_to: RwSignal<Option<Callback<crate::components::pad::Pressed>>>,
    ahead_ms: StoredValue<i64>,
    speaker: Speaker,
    pub(crate) turns: Turns,
    asked: StoredValue<u64>,
    shown: StoredValue<u64>,
}

impl App {
    /// The app before the engine has said anything.
    pub fn new(prefs: Prefs) -> Self {
        Self {
            status: RwSignal::new(Loaded::Waiting),
            now: RwSignal::new(clock::machine_now()),
            place: RwSignal::new(Place::Queue),
            people: RwSignal::new(Loaded::Waiting),
            queue: RwSignal::new(Loaded::Waiting),
            choices: RwSignal::new(Vec::new()),
            work: RwSignal::new(Loaded::Waiting),
            inbox: RwSignal::new(Loaded::Waiting),
            printing: RwSignal::new(Loaded::Waiting),
            answer: RwSignal::new(None),
            prefs: RwSignal::new(prefs),
            scans_to: RwSignal::new(None),
            digits_to: RwSignal::new(None),
            ahead_ms: StoredValue::new(0),
            speaker: Speaker::new(),
            turns: Turns::new(),
            asked: StoredValue::new(0),
            shown: StoredValue::new(0),
        }
    }

    /// Moves the countdowns on.
    pub fn tick(self) {
        self.now.set(clock::machine_now().plus_ms(self.ahead_ms.get_value()));
    }

    /// Takes the engine's word about the tablet, its clock included.
    pub fn take_status(self, status: Status) {
        self.ahead_ms.set_value(status.now.since_ms(clock::machine_now()));
        self.tick();
        self.status.set(Loaded::Ready(status));
    }

    /// A part of the status, or its default before there is one.
    pub fn of_status<T: Default>(self, part: impl Fn(&Status) -> T) -> T {
        self.status.with(|status| match status {
            Loaded::Ready(status) => part(status),
            _ => T::default(),
        })
    }

    /// A part of the open fulfillment, or its default before there is one.
    pub fn of_work<T: Default>(self, part: impl Fn(&Work) -> T) -> T {
        self.work.with(|work| match work {
            Loaded::Ready(work) => part(work),
            _ => T::default(),
        })
    }

    /// Who is signed in.
    pub fn person(self) -> Option<Person> {
        self.of_status(|status| status.session.clone())
    }

    /// The store's time of day.
    pub fn time_of_day(self, at: TimeMs) -> String {
        let zone = self.of_status(|status| {
            status.enrolled.as_ref().and_then(|enrolled| enrolled.time_zone.clone())
        });
        clock::time_of_day(at, zone.as_deref())
    }

    /// Opens a page and asks for what it shows.
    pub fn open(self, place: Place) {
        if let Place::Work(id) = place
            && self.of_work(|work| Some(work.card.fulfillment)) != Some(id)
        {
            self.work.set(Loaded::Waiting);
        }
        self.choices.set(Vec::new());
        self.place.set(place);
        self.refresh(None);
    }

    /// Hears that something changed.
    pub fn changed(self, changed: Changed) {
        let Changed { sync, fulfillments } = changed;
        self.status.update(|status| {
            if let Loaded::Ready(status) = status {
                status.sync = sync;
            }
        });
        self.refresh(Some(&fulfillments));
    }

    /// Asks again for what is on the screen; `of` says which fulfillments changed, none is any.
    pub fn refresh(self, of: Option<&[FulfillmentId]>) {
        if self.person().is_none() {
            if of.is_some() {
                self.ask_status();
            }
            self.ask_people();
            return;
        }
        match self.place.get_untracked() {
            Place::Queue => self.ask_queue(),
            Place::Work(id) if of.is_none_or(|of| of.is_empty() || of.contains(&id)) => {
                self.ask_work(id);
            }
            Place::Work(_) => {}
            Place::Inbox => ask(self.inbox, GetInbox {}),
            Place::Settings => ask(self.printing, GetPrinting {}),
        }
    }

    /// Asks for the status.
    pub fn ask_status(self) {
        spawn_local(async move {
            match bridge::call(&GetStatus {}).await {
                Ok(status) => {
                    let first = self.status.with_untracked(|old| !matches!(old, Loaded::Ready(_)));
                    self.take_status(status);
                    if first {
                        self.refresh(None);
                    }
                }
                Err(failed) => self.status.set(Loaded::Failed(failed)),
            }
        });
    }

    /// Asks who can sign in.
    pub fn ask_people(self) {
        if self.of_status(|status| status.enrolled.is_some()) {
            ask(self.people, GetPeople {});
        }
    }

    /// Asks for the queue.
    pub fn ask_queue(self) {
        ask(self.queue, GetQueue {});
    }

    fn ask_work(self, id: FulfillmentId) {
        let ticket = self.ticket();
        spawn_local(async move {
            match bridge::call(&GetWork { fulfillment: id }).await {
                Ok(work) => self.take_work(ticket, work),
                Err(failed) if self.place.get_untracked() == Place::Work(id) => {
                    self.work.set(Loaded::Failed(failed));
                }
                Err(_) => {}
            }
        });
    }

    /// Exchanges with the server now.
    pub fn sync_now(self) {
        spawn_local(async move {
            match bridge::call(&SyncNow {}).await {
                Ok(status) => self.take_status(status),
                Err(failed) => self.fail(&failed),
            }
        });
    }

    /// A number for a question: a later question's answer is never overwritten by an earlier one's.
    pub(crate) fn ticket(self) -> u64 {
        self.asked.update_value(|asked| *asked += 1);
        self.asked.get_value()
    }

    /// Takes a fulfillment's state, unless a later one, or another page, is already shown.
    pub(crate) fn take_work(self, ticket: u64, work: Work) {
        let open = self.place.get_untracked() == Place::Work(work.card.fulfillment);
        if open && ticket >= self.shown.get_value() {
            self.shown.set_value(ticket);
            self.work.set(Loaded::Ready(work));
        }
    }

    /// Does something to the open fulfillment.
    pub fn act(self, action: Action) {
        self.act_then(action, |_| {});
    }

    /// The same, and says afterwards whether it was done.
    pub fn act_then(self, action: Action, then: impl FnOnce(bool) + 'static) {
        if let Place::Work(id) = self.place.get_untracked() {
            self.turns.act(self, id, action, then);
        }
    }

    /// Sounds and shows what the engine answered.
    pub fn feed_back(self, feedback: &Feedback) {
        let tone = Tone::of(feedback);
        match feedback {
            Feedback::Accepted { sentence } | Feedback::Attention { sentence } => {
                self.say(tone, sentence, "");
            }
            Feedback::Refused { sentence, next_action, .. } => {
                self.say(tone, sentence, next_action);
            }
        }
    }

    /// Sounds and shows that a call failed.
    pub fn fail(self, failed: &Failed) {
        self.say(Tone::Refused, &failed.sentence(), &failed.next_action());
    }

    /// Sounds and shows an answer.
    pub fn say(self, tone: Tone, sentence: &str, next_action: &str) {
        let prefs = self.prefs.get_untracked();
        self.speaker.play(tone, prefs.volume, prefs.vibrate);
        let id = self.answer.with_untracked(|last| last.as_ref().map_or(0, |last| last.id)) + 1;
        let (sentence, next_action) = (sentence.to_owned(), next_action.to_owned());
        self.answer.set(Some(Answer { id, tone, sentence, next_action }));
    }
}

/// Asks the engine and keeps the last good answer on the screen until the next one is there.
pub fn ask<C>(into: RwSignal<Loaded<C::Reply>>, question: C)
where
    C: domain::bridge::Call + 'static,
    C::Reply: Send + Sync + 'static,
{
    spawn_local(async move {
        match bridge::call(&question).await {
            Ok(reply) => into.set(Loaded::Ready(reply)),
            Err(failed) => into.set(Loaded::Failed(failed)),
        }
    });
}

/// The app, from any component.
pub fn app() -> App {
    use_context().expect("the root component provides it")
}
